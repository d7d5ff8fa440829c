import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  startMusicServices,
  type LrclibSong,
  type MusicServices,
  type ServiceManner,
} from '../../loopback/services.ts';
import type { TenutoError } from '../../src/lib/errors.ts';
import { HttpClient } from '../../src/sources/http-client.ts';
import { Lyrics, type LyricsOf } from '../../src/sources/lyrics.ts';
import { USER_AGENT } from '../../src/sources/small-answer.ts';
import { songOf } from '../../src/sources/song-name.ts';
import { timedLines } from '../../src/sources/timed-lines.ts';
import { UrlGuard } from '../../src/sources/url-guard.ts';
import { track } from '../commands/fixtures/music.ts';

const signal = new AbortController().signal;
const song = (fields: Partial<LrclibSong> = {}): LrclibSong => ({
  trackName: 'Long Note',
  artistName: 'Ada',
  albumName: 'Notes',
  duration: 180,
  instrumental: false,
  plainLyrics: 'One\nTwo',
  syncedLyrics: '[00:01.00]One\n[00:02.00]Two',
  ...fields,
});
const current = (fields: Parameters<typeof track>[0] = {}): LyricsOf => ({
  kind: 'track',
  track: track({ title: 'Ada - Long Note (Official Video)', artist: 'AdaVEVO', ...fields }),
});

async function asking(songs: readonly LrclibSong[]) {
  const services = await startMusicServices({ songs });
  onTestFinished(() => services.close());
  let now = 0;
  const http = new HttpClient(new UrlGuard({ allowedHosts: [new URL(services.url).host] }));
  const lyrics = new Lyrics({ http, url: new URL(services.url), now: () => now });
  const find = (of: LyricsOf, userId = '42') => lyrics.find(of, userId, signal);
  return { services, find, pass: (ms: number) => (now += ms) };
}
const paths = ({ requests }: MusicServices) => requests.map(({ path }) => decodeURIComponent(path));
const failure = (work: Promise<unknown>) =>
  work.then(
    () => 'no failure',
    (error: TenutoError) => error.say,
  );

describe('the name of a song', () => {
  it.each<[string, string | null, string, string | null]>([
    ['Ada - Long Note (Official Video)', 'AdaVEVO', 'Long Note', 'Ada'],
    ['Long Note', 'Ada - Topic', 'Long Note', 'Ada'],
    ['Long Note - 2011 Remaster', 'Ada', 'Long Note', 'Ada'],
    ['Ada – Long Note [HD] (Lyrics)', 'somebody', 'Long Note', 'Ada'],
    ['Ada ft. Bob - Long Note', 'Ada', 'Long Note', 'Ada'],
    ['Ada - Long Note (feat. Bob) [Official Music Video]', null, 'Long Note', 'Ada'],
    ['Ada - Long Note ft. Bob & Carol', null, 'Long Note', 'Ada'],
    ['Ada - "Long Note" | Notes Records', null, 'Long Note', 'Ada'],
    ['Lana Del Rey - Video Games', 'LanaDelReyVEVO', 'Video Games', 'Lana Del Rey'],
    ['Ada - Long Note (Acoustic)', null, 'Long Note (Acoustic)', 'Ada'],
    ['(Official Video)', 'Ada', '(Official Video)', 'Ada'],
    ['Long\u202e Note', null, 'Long Note', null],
  ])('in "%s" by %s is %s by %s', (title, artist, cleaned, by) => {
    expect(songOf({ title, artist, source: 'youtube' })).toEqual({ title: cleaned, artist: by });
  });

  it('is what the tags of a file say', () => {
    const file = { title: 'One - Two', artist: 'Ada', source: 'library' } as const;
    expect(songOf(file)).toEqual({ title: 'One - Two', artist: 'Ada' });
  });
});

describe('lines with times', () => {
  it.each<[string, string, readonly (readonly [number, string])[]]>([
    [
      'in order',
      '[00:02.50]b\n[00:01.5]a\r\n[01:00]c',
      [
        [1_500, 'a'],
        [2_500, 'b'],
        [60_000, 'c'],
      ],
    ],
    [
      'that return',
      '[00:01.00][00:03.00]a\n[00:02.00]b',
      [
        [1_000, 'a'],
        [2_000, 'b'],
        [3_000, 'a'],
      ],
    ],
    ['sooner', '[offset:+500]\n[00:01.00]a', [[500, 'a']]],
    ['with times of words', '[00:01.00]<00:01.00> a <00:01.50> b', [[1_000, 'a b']]],
    ['with what is none', '[ar:Ada]\nwords\n[xx:yy]z\n[00:01.00]', [[1_000, '']]],
    ['of nothing', '', []],
  ])('%s', (_name, lrc, lines) => {
    expect(timedLines(lrc).map(({ atMs, text }) => [atMs, text])).toEqual(lines);
  });

  it('are at most a thousand, and read at once also where somebody wrote them to be slow', () => {
    expect(timedLines('[00:01.00]a\n'.repeat(100_000))).toHaveLength(1_000);
    expect(timedLines(`${'[00:01.00]'.repeat(50_000)}x`).length).toBeLessThanOrEqual(1_000);
    expect(timedLines(`[00:01.00${' '.repeat(400_000)}`)).toEqual([]);
  });
});

it('names itself with its version', () => {
  const { version }: { version: string } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(USER_AGENT).toBe(`Tenuto/${version}`);
});

it('finds the song that has the length of the track, and says when its lines are sung', async () => {
  const { services, find } = await asking([
    song({ duration: 240, plainLyrics: 'another' }),
    song({ duration: 181, syncedLyrics: null, plainLyrics: 'without times' }),
    song(),
  ]);
  expect(await find(current())).toEqual({
    title: 'Long Note',
    artist: 'Ada',
    instrumental: false,
    lines: ['One', 'Two'],
    timed: [
      { atMs: 1_000, text: 'One' },
      { atMs: 2_000, text: 'Two' },
    ],
  });
  expect(services.requests).toMatchObject([
    { path: '/api/search?track_name=Long+Note&artist_name=Ada', userAgent: USER_AGENT },
  ]);
});

it('trusts no times of a song that has another length', async () => {
  const { find } = await asking([song({ duration: 240 })]);
  expect(await find(current())).toMatchObject({ lines: ['One', 'Two'], timed: null });
  expect(await find({ kind: 'words', words: 'long note' })).toMatchObject({ lines: ['One', 'Two'], timed: null });
});

it('asks with all words when title and artist lead to nothing, keeps what it found, and what it did not find', async () => {
  const { services, find, pass } = await asking([song({ trackName: 'Note', artistName: 'Long Ada' })]);
  expect(await find(current())).toMatchObject({ artist: 'Long Ada' });
  expect(await find(current())).toMatchObject({ artist: 'Long Ada' });
  const nothing: LyricsOf = { kind: 'words', words: 'xyzzy' };
  expect([await find(nothing), await find(nothing)]).toEqual([null, null]);
  expect(paths(services)).toEqual([
    '/api/search?track_name=Long+Note&artist_name=Ada',
    '/api/search?q=Ada+Long+Note',
    '/api/search?q=xyzzy',
  ]);
  pass(60 * 60_000);
  await find(nothing);
  expect(services.requests).toHaveLength(4);
});

it('makes the plain words of those with times where there are no others, and says what is instrumental', async () => {
  const { find } = await asking([
    song({ plainLyrics: null }),
    song({ trackName: 'Silence', instrumental: true, plainLyrics: null, syncedLyrics: null }),
    song({ trackName: 'Empty', plainLyrics: ' \n', syncedLyrics: '' }),
  ]);
  expect(await find(current())).toMatchObject({ lines: ['One', 'Two'] });
  expect(await find({ kind: 'words', words: 'silence' })).toMatchObject({ instrumental: true });
  expect(await find({ kind: 'words', words: 'empty' })).toBeNull();
});

it('lets one person ask only so often, and others meanwhile', async () => {
  const { find } = await asking([song()]);
  const words = (n: number): LyricsOf => ({ kind: 'words', words: `${n}` });
  for (let n = 0; n < 6; n += 1) await find(words(n));
  expect(await failure(find(words(6)))).toBe('That was a lot at once. Try again in 10 s.');
  expect(await find(words(6), '43')).toBeNull();
});

it('says that it is off where the operator turned it off', async () => {
  const lyrics = new Lyrics({ http: new HttpClient(new UrlGuard()), url: null });
  expect(await failure(lyrics.find(current(), '42', signal))).toContain('LYRICS_URL');
});

it.each<[ServiceManner, string]>([
  ['too many requests', 'the server says that there were too many requests'],
  ['server error', 'the server answered with error 500'],
  ['web page', 'its answer makes no sense'],
  ['broken JSON', 'its answer makes no sense'],
  ['another shape', 'its answer makes no sense'],
  ['redirect inside', 'its address is not on the public Internet'],
  ['cut off', 'the connection to the server broke'],
  ['silent', 'it did not answer in time'],
  ['drip', 'it did not answer in time'],
  ['endless', 'its answer is too long'],
])('ends in one line when the service is in trouble: %s', { timeout: 40_000 }, async (manner, why) => {
  const { services, find } = await asking([song()]);
  services.misbehave(manner);
  expect(await failure(find(current()))).toBe(`I got nothing from 127.0.0.1: ${why}. Try again in a minute.`);
  services.misbehave(null);
  expect(await find(current())).not.toBeNull();
});

it('says that the service cannot be reached', async () => {
  const { services, find } = await asking([]);
  await services.close();
  expect(await failure(find(current()))).toBe(
    'I got nothing from 127.0.0.1: it cannot be reached. Try again in a minute.',
  );
});
