import { expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { ask, sees, setStage, type Song } from './stage.ts';

const bytesOf = async (song: Song) => new Uint8Array(await (await fetch(song.url)).arrayBuffer());

async function reading() {
  const stage = await setStage();
  const bot = await stage.startBot();
  const { loopback } = stage;
  const [ada, ben] = [loopback.user('ada'), loopback.user('ben')];
  const use = async (messageId: string) => await (await ada.useOn(messageId, 'Play this')).answered();
  return { stage, loopback, bot, ada, ben, use };
}

it('plays the links and files of a message of somebody else, in their order, while voice is mended', async () => {
  const { stage, loopback, ada, ben, use } = await reading();
  const [first, second, third] = [
    await stage.song('song.webm'),
    await stage.song('second.webm'),
    await stage.song('third.opus'),
  ];
  ada.join('Lounge');
  await ask(ada, 'play', { query: first.url });
  await loopback.ears('ada').waitFor(25, 30_000);
  loopback.faults.throw('close-voice', { guildId: loopback.guild.id, code: 4006 });

  const files = [
    { name: 'cover.png', bytes: Buffer.from('89504e470d0a1a0a', 'hex') },
    { name: 'c.opus', bytes: await bytesOf(third) },
  ];
  const message = ben.say(`hear [this](${second.url}) and <${stage.media.urlOf('404')}>`, { files });
  const answer = await use(message.id);
  expect(answer.content).toMatch(
    /^Added \*\*2\*\* songs from that message\..* Left out 1: That track cannot be played/,
  );
  expect(answer.ephemeral).toBe(false);
  const queue = (await ask(ada, 'queue')).embeds[0]?.description ?? '';
  expect(queue.indexOf('Second Wind')).toBeGreaterThan(-1);
  expect(queue.indexOf('Third Time')).toBeGreaterThan(queue.indexOf('Second Wind'));
  await ask(ada, 'skip', { amount: 2 });
  await until('the file', () => stage.match('ada', third).matched.length > 25, 30_000);
  expect(JSON.stringify(ada.sees().filter(({ authorId }) => authorId !== ben.id))).not.toContain('hm=');
});

it('answers in one line, to the asker alone, what it cannot play and who may not', async () => {
  const { stage, ada, ben, use } = await reading();
  const song = await stage.song('song.webm');
  const good = ben.say(song.url);
  expect(await use(good.id)).toMatchObject({ content: 'Join a voice channel first, then try again.', ephemeral: true });
  ada.join('Lounge');
  const nothing = 'There is no link and no sound file in that message.';
  expect(await use(ben.say('@everyone listen').id)).toMatchObject({ content: nothing, ephemeral: true });
  expect((await use(ben.say('', { files: [{ name: 'a.txt', bytes: Buffer.from(song.url) }] }).id)).content).toBe(
    nothing,
  );
  const inside = ben.say('http://169.254.169.254/latest/meta-data/ http://[::1]/a.mp3');
  expect((await use(inside.id)).content).toMatch(/not on the public Internet/);

  expect((await use(good.id)).content).toMatch(/^Playing \*\*Long Note\*\*/);
  ben.join('Studio');
  const elsewhere = await (await ben.useOn(good.id, 'Play this')).answered();
  expect(elsewhere).toMatchObject({ content: expect.stringContaining('I am playing there'), ephemeral: true });
  await sees(ada, 'the song', ({ content }) => content.includes('Long Note'));
});
