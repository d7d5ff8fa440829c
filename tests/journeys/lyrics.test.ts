import type { APIEmbed } from 'discord-api-types/v10';
import { expect, it, onTestFinished } from 'vitest';
import { startMusicServices, type LrclibSong } from '../../loopback/services.ts';
import { until } from '../../loopback/until.ts';
import { ask, sees, setStage } from './stage.ts';

const HOSTILE = '@everyone <@81384788765712384> [free](https://evil.example) **x** \u202eevil discord.gg/evil';
/** A line each 500 ms; the song of the stage is 30 s long. */
const TIMED = Array.from({ length: 59 }, (_, n) => `[00:${(n / 2 + 0.5).toFixed(2).padStart(5, '0')}]line ${n}`);

const song = (fields: Partial<LrclibSong>): LrclibSong => ({
  trackName: 'Long Note',
  artistName: 'Tenuto Demo',
  albumName: 'Demo',
  duration: 30,
  instrumental: false,
  plainLyrics: Array.from({ length: 59 }, (_, n) => `line ${n}`).join('\n'),
  syncedLyrics: TIMED.join('\n'),
  ...fields,
});

async function setLyricsStage(settings: Readonly<Record<string, string>> = {}) {
  const services = await startMusicServices({
    songs: [
      song({}),
      song({
        trackName: HOSTILE,
        artistName: 'Mallory',
        plainLyrics: `${HOSTILE}\n`.repeat(3_000),
        syncedLyrics: null,
      }),
    ],
  });
  const stage = await setStage();
  onTestFinished(() => services.close());
  await stage.startBot({ LYRICS_URL: services.url, ...settings });
  const ada = stage.loopback.user('ada');
  const told = (text: string) => sees(ada, text, ({ content }) => content.includes(text));
  return { stage, services, ada, told };
}
const lengthOf = ({ title = '', description = '', footer }: APIEmbed) =>
  title.length + description.length + (footer?.text.length ?? 0);

it('shows the words of the current track, and marks the line that is sung now', async () => {
  const { stage, ada, told } = await setLyricsStage();
  ada.join('Lounge');
  const long = await stage.song('song.webm');
  const heard = () => stage.match('ada', long).matched.length;
  await ask(ada, 'play', { query: long.url });
  await until('three seconds of the song', () => heard() > 150, 60_000);
  await ask(ada, 'pause');

  const { embeds } = await ask(ada, 'lyrics');
  const [now, page] = embeds;
  const place = Number(/^Sung at 0:(\d\d)$/.exec(now?.title ?? '')?.[1]);
  const marked = Number(/^\*\*▶ line (\d+)\*\*$/m.exec(now?.description ?? '')?.[1]);
  // Line n begins at (n + 1) / 2 seconds.
  expect([place * 2 - 1, place * 2]).toContain(marked);
  expect(now?.description?.split('\n')).toHaveLength(7);
  expect(page).toMatchObject({ title: 'Lyrics: Long Note', footer: { text: 'Tenuto Demo · Page 1/1' } });
  expect(page?.description?.split('\n')).toHaveLength(59);
  // Of a page, or of another song, nothing is sung now.
  expect((await ask(ada, 'lyrics', { page: 2 })).embeds).toHaveLength(1);
  expect((await ask(ada, 'lyrics', { query: 'long note' })).embeds).toHaveLength(1);
  await ada.slash('lyrics', { query: 'xyzzy' });
  expect(await told('I found no lyrics for **xyzzy**.')).toMatchObject({ ephemeral: true });
});

it('pages what is long, and lets nothing of it do anything', async () => {
  const { ada } = await setLyricsStage();
  const first = await ask(ada, 'lyrics', { query: 'evil' });
  const pages = Number(/Page 1\/(\d+)$/.exec(first.embeds[0]?.footer?.text ?? '')?.[1]);
  expect(pages).toBeGreaterThan(1);
  const last = await ask(ada, 'lyrics', { query: 'evil', page: 9_999 });
  expect(last.embeds[0]?.footer?.text).toBe(`Mallory · Page ${pages}/${pages}`);
  for (const embed of [...first.embeds, ...last.embeds]) {
    expect(lengthOf(embed)).toBeLessThan(6_000);
    const text = `${embed.title} ${embed.description}`;
    expect(text).not.toMatch(/(?<!\\)[@<[\]*]|\u202e|gg\//);
  }
});

it('says in one line, to the asker alone, that it cannot reach the service or that it answers nonsense', async () => {
  const { ada, services, told } = await setLyricsStage();
  await ada.slash('lyrics');
  await told('Nothing is playing. Say which song: /lyrics query.');
  services.misbehave('web page');
  await ada.slash('lyrics', { query: 'one' });
  await told('I got nothing from 127.0.0.1: its answer makes no sense.');
  services.misbehave('too many requests');
  await ada.slash('lyrics', { query: 'two' });
  await told('I got nothing from 127.0.0.1: the server says that there were too many requests.');
  await services.close();
  await ada.slash('lyrics', { query: 'three' });
  const answer = await told('I got nothing from 127.0.0.1: it cannot be reached. Try again in a minute.');
  expect(answer.ephemeral).toBe(true);
});

it('reaches no private address unless the operator allows it, and nothing where it is off', async () => {
  const { ada, told, services } = await setLyricsStage({ ALLOW_PRIVATE_HOSTS: 'nas.local' });
  await ada.slash('lyrics', { query: 'one' });
  await told('I got nothing from 127.0.0.1: its address is not on the public Internet.');
  expect(services.requests).toEqual([]);
});

it('is off where the operator wants none', async () => {
  const { ada, told } = await setLyricsStage({ LYRICS_URL: 'none' });
  await ada.slash('lyrics', { query: 'one' });
  await told('Lyrics are turned off here.');
});
