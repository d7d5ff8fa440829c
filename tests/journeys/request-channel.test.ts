import { ChannelType, GatewayIntentBits } from 'discord-api-types/v10';
import { expect, it } from 'vitest';
import type { Person } from '../../loopback/people.ts';
import { until } from '../../loopback/until.ts';
import { ask, setStage, type Song } from './stage.ts';

const bytesOf = async (song: Song) => new Uint8Array(await (await fetch(song.url)).arrayBuffer());

/** A server whose channel #requests takes requests, unless it has not been chosen. */
async function requesting(choose = true) {
  const stage = await setStage({ gateway: { privilegedIntents: GatewayIntentBits.MessageContent } });
  const { loopback } = stage;
  const bot = await stage.startBot({ REQUEST_CHANNELS: 'true' });
  const room = loopback.world.addChannel(loopback.guild.id, 'requests', ChannelType.GuildText);
  const [owner, ada, ben] = [loopback.user('owner'), loopback.user('ada'), loopback.user('ben')];
  if (choose) await ask(owner, 'settings requests', { channel: room.id });
  const write = (person: Person, content: string, files: Parameters<Person['say']>[1] = {}) =>
    person.say(content, { channel: 'requests', ...files });
  /** The replies of the bot, the last one last. */
  const replies = () =>
    ada
      .sees('requests')
      .filter(({ authorId }) => authorId === loopback.application.bot.id)
      .map(({ content }) => content);
  const reads = (line: string | RegExp) =>
    until(`the reply ${line}`, () => replies().find((content) => content.match(line)) ?? null, 20_000);
  return { stage, loopback, bot, room, ada, ben, write, replies, reads };
}

it('plays a link, a file and words that are written there, also while voice is mended', async () => {
  const { stage, loopback, ada, write, reads } = await requesting();
  const [song, third] = [await stage.song('song.webm'), await stage.song('third.opus')];
  ada.join('Lounge');
  write(ada, `please ${song.url} !`);
  await reads(/^Playing \*\*Long Note\*\* by Tenuto Demo/);
  await loopback.ears('ada').waitFor(25, 30_000);
  loopback.faults.throw('close-voice', { guildId: loopback.guild.id, code: 4006 });
  write(ada, '', { files: [{ name: 'c.opus', bytes: await bytesOf(third) }] });
  await reads(/^Added \*\*Third Time\*\*/);
  write(ada, 'file:///etc/passwd');
  await reads(/^I cannot use that/);
  await until('the song to go on', () => stage.match('ada', song).matched.length > 100, 30_000);
  expect(stage.match('ada', song).repeats).toEqual([]);
});

it('answers who may not as /play does, and pings nobody', async () => {
  const { stage, ada, ben, loopback, write, reads, room } = await requesting();
  const song = await stage.song('song.webm');
  write(ada, song.url);
  await reads('Join a voice channel first, then try again.');
  ada.join('Lounge');
  write(ada, song.url);
  await reads(/^Playing/);
  ben.join('Studio');
  write(ben, song.url);
  await reads(/I am playing there/);
  write(ada, 'http://169.254.169.254/ @everyone');
  await reads(/not on the public Internet/);
  const sent = [...(loopback.world.messages.get(room.id)?.values() ?? [])];
  const mine = sent.filter(({ message }) => message.author.id === loopback.application.bot.id);
  expect(mine.length).toBeGreaterThan(3);
  expect(mine.flatMap(({ pinged }) => pinged)).toEqual([]);
});

it('listens to nothing elsewhere, to no bot, and to nobody who floods it', async () => {
  const { stage, loopback, bot, room, ada, write, replies, reads } = await requesting();
  const song = await stage.song('song.webm');
  ada.say(song.url, { channel: 'music' });
  const robot = loopback.world.addUser('robot', { bot: true });
  loopback.world.addMember(loopback.guild.id, robot.id);
  const template = ada.say('x', { channel: 'music' });
  const whole = loopback.world.messages.get(template.channelId)?.get(template.id);
  if (!whole) throw new Error('there is no template');
  const of = (author: typeof robot, more: object = {}) =>
    loopback.world.createMessage({
      ...whole,
      message: {
        ...whole.message,
        id: loopback.world.nextId(),
        channel_id: room.id,
        content: song.url,
        author,
        ...more,
      },
    });
  of(robot);
  of(whole.message.author, { webhook_id: '1' });
  of(whole.message.author, { type: 7 });
  for (let count = 0; count < 9; count++) write(ada, `${song.url}?${count}`);
  await reads(/^That was a lot at once\. Try again in \d+ s\.$/);
  await until('five answers and one line', () => replies().length === 6 || null, 20_000);
  write(ada, song.url);
  write(loopback.user('ben'), song.url);
  await until('an answer to somebody else', () => replies().length === 7 || null, 20_000);
  expect(bot.log()).not.toContain('"level":50');
});

it('does nothing until a channel was chosen', async () => {
  const { stage, loopback, ada, write, replies } = await requesting(false);
  ada.join('Lounge');
  write(ada, (await stage.song('song.webm')).url);
  await ask(ada, 'play', { query: (await stage.song('third.opus')).url });
  await loopback.ears('ada').waitFor(25, 30_000);
  expect(replies()).toEqual([]);
  expect(JSON.stringify((await ask(ada, 'queue')).embeds)).not.toContain('Long Note');
});

it('reads nothing, and asks for nothing privileged, where the operator has not wanted it', async () => {
  const stage = await setStage();
  await stage.startBot();
  expect(stage.loopback.problems()).toEqual([]);
});
