import { expect, it } from 'vitest';
import type { Person } from '../../loopback/people.ts';
import { until } from '../../loopback/until.ts';
import { ask, sees, setStage } from './stage.ts';

async function exported() {
  const stage = await setStage();
  const song = await stage.song('song.webm');
  await stage.startBot({ NOW_PLAYING_REFRESH_MS: '60000' });
  const [ada, ben] = [stage.loopback.user('ada'), stage.loopback.user('ben')];
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  await ask(ada, 'playlist save', { name: 'Late & slow' });
  await ask(ada, 'favorites add');
  const answer = await ask(ada, 'playlist export', { name: 'late & slow' });
  const [attachment] = answer.attachments;
  const written = attachment === undefined ? '' : await (await fetch(attachment.url)).text();
  return { stage, song, ada, ben, answer, attachment, written };
}

async function give(person: Person, contents: string | Uint8Array, options: Readonly<Record<string, string>> = {}) {
  const file = { name: 'list.json', bytes: Buffer.from(contents) };
  const interaction = await person.slash('playlist import', { file, ...options });
  return await interaction.answered();
}

const withTracks = (tracks: readonly unknown[], name = 'made up') =>
  JSON.stringify({ format: 'tenuto-playlist', version: 1, name, tracks });
const entry = (fields: object) => ({
  source: 'direct-url',
  identifier: 'https://example.org/a.mp3',
  title: 'A',
  artist: null,
  link: null,
  thumbnail: null,
  durationMs: null,
  live: false,
  ...fields,
});

it('gives a playlist as a file to the asker alone, and takes it from another, who can play it', async () => {
  const { stage, song, ben, answer, attachment, written } = await exported();
  expect([answer.ephemeral, attachment?.filename]).toEqual([true, 'Late_slow.json']);
  expect(ben.sees().some(({ attachments }) => attachments.length > 0)).toBe(false);
  expect(JSON.parse(written)).toMatchObject({ name: 'Late & slow', tracks: [{ title: 'Long Note' }] });
  const imported = await give(ben, written);
  expect([imported.ephemeral, imported.content]).toEqual([
    true,
    'Imported 1 track as *Late & slow*. Only you see it, until you use /playlist share.',
  ]);
  ben.join('Lounge');
  await ask(ben, 'stop');
  expect((await ask(ben, 'playlist load', { name: 'late & slow' })).content).toBe(
    'Added **1 track** of *Late & slow*.',
  );
  await until('the song', () => stage.match('ben', song).matched.length > 50, 20_000);
  expect((await give(ben, written)).content).toMatch(/^You already have a playlist "Late & slow"/);
  expect((await give(ben, written, { name: 'another' })).content).toMatch(/^Imported 1 track as \*another\*/);
});

it.each<[string, string | Uint8Array]>([
  ['no JSON', 'not a playlist'],
  ['random bytes', Uint8Array.from({ length: 5_000 }, (_, n) => (n * 7_919) % 256)],
  ['nothing', ''],
  ['other JSON', '[1, 2, 3]'],
  ['a playlist of nothing', withTracks([])],
  ['no track that we know', withTracks([1, null, { title: 'x' }, entry({ source: 'tape' })])],
  ['no addresses of the web', withTracks([entry({ identifier: 'file:///etc/passwd' }), entry({ identifier: '' })])],
  ['more than 2 MB', withTracks([entry({ title: 'x'.repeat(2_100_000) })])],
])('takes no file with %s, and keeps nothing', async (_what, contents) => {
  const stage = await setStage();
  await stage.startBot();
  const ada = stage.loopback.user('ada');
  const answer = await give(ada, contents);
  expect([answer.ephemeral, answer.content]).toEqual([true, expect.stringMatching(/^I cannot read that file/)]);
  expect((await ask(ada, 'playlist list')).content).toMatch(/^There is no playlist yet/);
});

it('opens no address in a file that it would not open when it was typed', async () => {
  const stage = await setStage();
  await stage.startBot({ NOW_PLAYING_REFRESH_MS: '60000' });
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');
  const hostile = [
    entry({ identifier: 'http://169.254.169.254/latest/meta-data', title: '@everyone **a**\u202e' }),
    entry({ source: 'library', identifier: '../../../etc/passwd', title: 'B' }),
    entry({ source: 'site', identifier: 'http://[::1]:22/', title: 'C' }),
    entry({ source: 'youtube', identifier: 'https://u:p@example.org/', title: 'D' }),
  ];
  const answer = await give(ada, withTracks(hostile, '# <@1> `x`'));
  expect(answer.content).toMatch(/^Imported 3 tracks as .*I left out 1 that I cannot read\./);
  expect(answer.pinged).toEqual([]);
  await ask(ada, 'playlist load', { name: '# <@1> `x`' });
  await expect
    .poll(async () => (await ask(ada, 'queue')).content, { timeout: 30_000, interval: 500 })
    .toMatch(/^The queue is empty/);
  await sees(ada, 'why', ({ content }) => content.includes('not on the public Internet'));
  expect(stage.loopback.heard('ada')).toEqual([]);
  expect(ada.sees().flatMap(({ pinged }) => pinged)).toEqual([]);
});
