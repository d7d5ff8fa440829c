import { PermissionFlagsBits } from 'discord-api-types/v10';
import { expect, it } from 'vitest';
import type { Person } from '../../loopback/people.ts';
import { until } from '../../loopback/until.ts';
import { ask, sees, setStage } from './stage.ts';

/** Ada's songs play to her, Ben, Cleo and Dan; Ada manages the server, Cleo has the role of DJs. */
async function party() {
  const stage = await setStage();
  const { loopback } = stage;
  const { world, guild } = loopback;
  const people = ['ada', 'ben', 'cleo', 'dan'].map((name) => loopback.user(name));
  const [ada, ben, cleo, dan] = people as [Person, Person, Person, Person];
  guild.members.get(ada.id)?.roles.push(world.addRole(guild.id, 'staff', PermissionFlagsBits.ManageGuild).id);
  const djs = world.addRole(guild.id, 'Plattenleger', 0n);
  guild.members.get(cleo.id)?.roles.push(djs.id);
  const [song, second] = [await stage.song('song.webm'), await stage.song('second.webm')];
  const bot = await stage.startBot();
  for (const person of people) person.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  await loopback.ears('ben').waitFor(10, 20_000);
  await ask(ada, 'play', { query: second.url });
  return { stage, loopback, guild, bot, song, second, ada, ben, cleo, dan, djs };
}

const dropVoice = ({ loopback }: Awaited<ReturnType<typeof party>>) =>
  loopback.faults.throw('close-voice', { guildId: loopback.guild.id, code: 4006 });

it('leaves what is done to the music of all to DJs where the server has a role for them, also while voice is being mended', async () => {
  const scene = await party();
  const { ada, ben, cleo, dan, djs, song } = scene;
  // Without a role everybody decides, as in a server that never set anything.
  expect((await ask(ben, 'volume', { level: 90 })).ephemeral).toBe(false);
  await ask(ada, 'settings dj', { role: djs.id });
  const display = await sees(ben, 'the display', ({ embeds }) => embeds[0]?.author?.name === 'Now playing');
  dropVoice(scene);

  for (const command of ['stop', 'clear', 'leave', 'shuffle', 'pause', 'skip', 'undo']) {
    const refusal = await ask(ben, command);
    expect(refusal.ephemeral, command).toBe(true);
    expect(refusal.content, command).toContain(`that is for <@&${djs.id}>`);
    expect(refusal.pinged, command).toEqual([]);
  }
  const stop = /np:stop:[^"]+/.exec(JSON.stringify(display.components))?.[0] ?? '';
  expect((await (await ben.press(display.id, stop)).answered()).content).toContain('that is for');
  expect((await ask(ben, 'remove', { position: 1 })).content).toContain('take out your own');

  await ask(ben, 'play', { query: song.url });
  expect((await ask(ben, 'remove', { position: 2 })).content).toContain('Removed');
  expect((await ask(cleo, 'volume', { level: 80 })).ephemeral).toBe(false);
  expect((await ask(ada, 'skip')).content).toContain('Skipped');

  for (const person of [ada, cleo, dan]) person.leave();
  await until('Ben to be alone with it', async () => (await ask(ben, 'stop')).content.startsWith('Stopped'), 20_000);
});

it('skips what somebody else asked for when enough of those who listen want it, also while voice is being mended', async () => {
  const scene = await party();
  const { ada, ben, cleo, dan, loopback, guild } = scene;
  await ask(ada, 'settings vote', { percent: 60 });
  expect((await ask(ben, 'skip')).content).toBe('1 of 3 votes to skip. /skip adds yours.');
  dropVoice(scene);
  expect((await ask(ben, 'skip')).content).toBe('1 of 3 votes to skip. /skip adds yours.');
  expect((await ask(ben, 'skip', { amount: 2 })).content).toContain('that is for');
  expect((await ask(dan, 'skip')).content).toBe('2 of 3 votes to skip. /skip adds yours.');
  // Who leaves takes the vote along: three are left, of whom two must want it, and one does.
  dan.leave();
  await until('Dan to be gone', () => !guild.voiceStates.has(dan.id), 10_000);
  await until('the bot to know', async () => (await ask(ben, 'skip')).content.startsWith('1 of 2'), 20_000);
  expect((await ask(cleo, 'skip')).content).toContain('Skipped');
  expect((await ask(ada, 'skip')).content).toContain('Skipped. The queue is empty');
  expect(loopback.problems()).toEqual([]);
});
