import { PermissionFlagsBits } from 'discord-api-types/v10';
import { expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { ask, sees, setStage, type Song } from './stage.ts';

const DAY_MS = 24 * 60 * 60_000;
const bytesOf = async (song: Song) => new Uint8Array(await (await fetch(song.url)).arrayBuffer());

/** A bot that opens nothing private but where the double keeps what people send. */
async function attaching() {
  const stage = await setStage();
  const { loopback } = stage;
  const host = (url: string) => new URL(url).host;
  const bot = await stage.startBot({ ALLOW_PRIVATE_HOSTS: `${host(loopback.cdn.url)},${host(stage.media.url)}` });
  const ada = loopback.user('ada');
  ada.join('Lounge');
  const playFile = async (name: string, bytes: Uint8Array, more: Record<string, boolean> = {}) =>
    await (await ada.slash('play', { file: { name, bytes }, ...more })).answered();
  return { stage, loopback, bot, ada, playFile };
}

it('plays a file that was attached, packet by packet, and shows nobody its signed link', async () => {
  const { stage, ada, playFile } = await attaching();
  const song = await stage.song('song.webm');
  const answer = await playFile('my song.webm', await bytesOf(song));
  expect(answer).toMatchObject({ content: 'Playing **Long Note** by Tenuto Demo (0:30).', ephemeral: false });
  await until('the song to be heard', () => stage.match('ada', song).matched.length === song.frames.length, 60_000);
  expect(stage.match('ada', song)).toMatchObject({ exact: true });
  expect(JSON.stringify(ada.sees())).not.toContain('ephemeral-attachments');
});

it('goes on with a file where a voice fault interrupted it', async () => {
  const { stage, loopback, ada, playFile } = await attaching();
  const song = await stage.song('song.webm');
  await playFile('song.webm', await bytesOf(song));
  await loopback.ears('ada').waitFor(50, 30_000);
  loopback.faults.throw('close-voice', { guildId: loopback.guild.id, code: 4006 });
  const opus = await stage.song('third.opus');
  // Another file, given while the connection is being mended.
  expect((await playFile('b.opus', await bytesOf(opus))).content).toMatch(/^Added \*\*Third Time\*\*/);
  await until('the song to go on', () => stage.match('ada', song).matched.length > 150, 30_000);
  expect(stage.match('ada', song).repeats).toEqual([]);
  await ask(ada, 'skip');
  await until('the second one', () => stage.match('ada', opus).matched.length > 25, 30_000);
});

it('says in one line what is wrong with a file, to who gave it', async () => {
  const { playFile, ada, bot } = await attaching();
  const page = Buffer.from('<!DOCTYPE html><html><body>song</body></html>');
  const none = 'There is no sound in that file that I can play.';
  expect(await playFile('song.mp3', page)).toMatchObject({ content: none, ephemeral: true });
  expect((await playFile('notes.txt', Buffer.from('la la la'))).content).toBe(none);
  expect((await playFile('picture.png', Buffer.from('89504e470d0a1a0a0000000d', 'hex'))).content).toBe(none);
  expect((await playFile('a.mp3', new Uint8Array())).content).toBe('That track cannot be played: the file is empty.');
  expect((await playFile('large.bin', new Uint8Array(10 * 1024 * 1024))).content).toBe(none);
  const hostile = [
    '../../etc/passwd',
    '@everyone.mp3',
    'x'.repeat(260),
    '\u202Egnos\u202C.mp3',
    '-o PROOF.mp3',
    '%00.mp3',
  ];
  for (const name of hostile) expect((await playFile(name, page)).content, name).toBe(none);
  expect(bot.log()).not.toContain('"level":50');

  expect((await ask(ada, 'play')).content).toBe('Give a link, words to search for, or a file.');
  const both = await (await ada.slash('play', { query: 'a', file: { name: 'a.mp3', bytes: page } })).answered();
  expect(both).toMatchObject({ content: 'Give a query or a file, not both.', ephemeral: true });
});

it('holds who attaches a file to the same guard as everybody', async () => {
  const { stage, loopback, ada, playFile } = await attaching();
  const bytes = await bytesOf(await stage.song('song.webm'));
  const { guild, world } = loopback;
  world.setRolePermissions(
    guild.id,
    guild.id,
    (guild.roles.get(guild.id)?.permissions ?? 0n) & ~PermissionFlagsBits.Speak,
  );
  expect(await playFile('a.webm', bytes)).toMatchObject({
    content: expect.stringMatching(/^I may not speak/),
    ephemeral: true,
  });
  ada.leave();
  expect((await playFile('a.webm', bytes)).content).toBe('Join a voice channel first, then try again.');
});

it('says that the time of a link is over when its turn comes too late, and plays what follows', async () => {
  const { stage, loopback, ada, playFile } = await attaching();
  const [song, last] = [await stage.song('song.webm'), await stage.song('third.opus')];
  // Given a day ago, as its link says.
  loopback.world.uploads.advance(-DAY_MS - 60_000);
  await ask(ada, 'play', { query: song.url });
  await playFile('late.webm', await bytesOf(await stage.song('second.webm')));
  await ask(ada, 'play', { query: last.url });
  loopback.world.uploads.advance(DAY_MS + 60_000);
  await ask(ada, 'skip');
  await sees(ada, 'why it is passed over', ({ content }) => content.includes('its link was good for a time only'));
  await until('the next one', () => stage.match('ada', last).matched.length > 25, 30_000);
});
