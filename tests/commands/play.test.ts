import { describe, expect, it } from 'vitest';
import { play } from '../../src/commands/play.ts';
import type { Reply } from '../../src/commands/command.ts';
import { TenutoError, type ErrorCode } from '../../src/lib/errors.ts';
import type { PlaylistAdded } from '../../src/player/players.ts';
import type { Resolution, Track } from '../../src/sources/source.ts';
import { EMPTY_QUEUE } from '../../src/queue/queue.ts';
import { chunksOf } from '../sources/playlists.ts';
import { entry, playback, track } from './fixtures/music.ts';
import { context, services, type Script } from './fixtures/services.ts';

async function run(script: Script, query = 'blue train') {
  const { services: parts, asked } = services(script);
  return { said: await play.run(context({ query }), parts), asked };
}

const found = (title: string, count: number): Resolution => ({
  kind: 'playlist',
  title,
  chunks: chunksOf([
    { tracks: Array.from({ length: count }, (_, index) => track({ title: `${index}` })), unplayable: 0 },
  ]),
});
const stopped = (code: ErrorCode, detail = '') => new TenutoError(code, detail);

describe('/play', () => {
  it('joins beside the search, then adds what was found', async () => {
    const { said, asked } = await run({ enqueued: { entries: [entry('1')], place: 0 } });
    expect(asked).toEqual(['check blue train', 'resolve blue train', 'prepare G V', 'play G V T 42 Blue Train']);
    expect(said).toBe('Playing **Song 1** (3:00).');
  });

  it('lets the track be opened as soon as it is found, while the channel is still being joined', async () => {
    const joined = Promise.withResolvers<void>();
    const { services: parts, asked } = services({ joining: joined.promise });
    const expected: string[] = [];
    const players = { ...parts.players, expect: (_guildId: string, { title }: Track) => void expected.push(title) };
    const answer = play.run(context({ query: 'blue train' }), { ...parts, players });
    await expect.poll(() => expected).toEqual(['Blue Train']);
    expect(asked).not.toContain('play G V T 42 Blue Train');
    joined.resolve();
    await answer.catch(() => undefined);
    expect(asked).toContain('play G V T 42 Blue Train');
  });

  it('opens nothing that is found when the channel could not be joined', async () => {
    const found = Promise.withResolvers<Resolution>();
    const { services: parts } = services({});
    const expected: Track[] = [];
    const players = {
      ...parts.players,
      prepare: () => Promise.reject(new Error('refused')),
      expect: (_guildId: string, track: Track) => void expected.push(track),
    };
    const sources = { ...parts.sources, resolve: () => found.promise };
    await expect(play.run(context({ query: 'blue train' }), { ...parts, players, sources })).rejects.toThrow('refused');
    found.resolve({ kind: 'track', track: entry('1').track });
    await found.promise;
    expect(expected).toEqual([]);
  });

  it('says at which place a track was added and when it will play', async () => {
    const added = entry('3', { durationMs: 1_000 });
    const { said } = await run({
      enqueued: { entries: [added], place: 2 },
      playback: playback({ upcoming: [entry('2', { durationMs: 65_000 }), added] }),
    });
    expect(said).toBe('Added **Song 3** at position #2 (plays in 3:05).');
  });

  it.each([
    ['paused', 0, 'Added **Song 3** (3:00). The music is paused: /resume goes on.'],
    ['away', 0, 'Added **Song 3** (3:00). /resume brings me.'],
    ['away', 2, 'Added **Song 3** at position #2. /resume brings me.'],
    ['paused', 2, 'Added **Song 3** at position #2. The music is paused: /resume goes on.'],
    ['waiting-for-listeners', 2, 'Added **Song 3** at position #2. /resume brings me.'],
  ] as const)('promises nothing that will not be heard: %s, at place %d', async (status, place, answer) => {
    const now = playback({ status, upcoming: [entry('2'), entry('3')] });
    expect((await run({ enqueued: { entries: [entry('3')], place }, playback: now })).said).toBe(answer);
  });

  it.each([
    [{ next: true }, 'at 1'],
    [{ position: 7 }, 'at 7'],
    [{ next: false, position: 7 }, 'at 7'],
  ])('adds where it was told to: %j', async (options, where) => {
    const { services: parts, asked } = services({ enqueued: { entries: [entry('3')], place: 1 } });
    await play.run(context({ query: 'x', ...options }), parts);
    expect(asked.at(-1)).toBe(`play G V T 42 Blue Train ${where}`);
  });

  it('opens a file that was given, and asks no site for it', async () => {
    const file = { url: 'https://cdn.discordapp.com/a.mp3?ex=1', filename: 'a.mp3', sizeBytes: 9, contentType: null };
    const { services: parts, asked } = services({ enqueued: { entries: [entry('3')], place: 1 } });
    await play.run(context({ file, next: true }), parts);
    expect(asked).toEqual([`file ${file.url}`, 'prepare G V', 'play G V T 42 Blue Train at 1']);
    const both = play.run(context({ file, query: 'x' }), parts);
    await expect(both).rejects.toMatchObject({ code: 'BAD_OPTION', say: 'Give a query or a file, not both.' });
    await expect(play.run(context(), parts)).rejects.toMatchObject({ code: 'BAD_OPTION' });
    expect(asked).toHaveLength(3);
  });

  it('looks for nothing when it is told two places', async () => {
    const { services: parts, asked } = services();
    const running = play.run(context({ query: 'x', next: true, position: 2 }), parts);
    await expect(running).rejects.toMatchObject({ code: 'BAD_OPTION' });
    expect(asked).toEqual([]);
  });

  it.each([
    ['something before it has no known length', playback({ upcoming: [entry('2', { durationMs: null }), entry('3')] })],
    [
      'the current track is repeated',
      playback({ queue: { ...EMPTY_QUEUE, current: entry('1'), upcoming: [entry('2'), entry('3')], loop: 'track' } }),
    ],
    ['it is gone from the queue again', playback()],
  ])('does not guess when it will play: %s', async (_why, now) => {
    const { said } = await run({ enqueued: { entries: [entry('3')], place: 2 }, playback: now });
    expect(said).toBe('Added **Song 3** at position #2.');
  });

  it('counts the songs of a playlist, while it comes and at the end', async () => {
    const shown: Reply[] = [];
    const { services: parts } = services({ resolution: found('Mix', 2) });
    const said = await play.run(context({ query: 'x' }, { progress: (reply) => shown.push(reply) }), parts);
    expect(said).toBe('Added **2** songs from *Mix*.');
    expect(shown).toEqual([
      { content: 'Adding *Mix*: **2** songs so far ...', actions: [expect.stringMatching(/^cancel:[\da-f-]{36}$/)] },
    ]);
  });

  it.each<[PlaylistAdded, string]>([
    [{ added: 1, place: 4, unplayable: 0, cut: null }, 'Added **1** song from *Mix* from position #4.'],
    [
      { added: 9, place: 0, unplayable: 3, cut: null },
      'Added **9** songs from *Mix*. Left out 3 that cannot be played.',
    ],
    [
      { added: 9, place: 0, unplayable: 0, cut: stopped('CALLED_OFF') },
      'Added **9** songs from *Mix*. The rest was called off.',
    ],
    [
      { added: 9, place: 0, unplayable: 0, cut: stopped('YOUR_LIMIT', '9') },
      'Added **9** songs from *Mix*. You already have 9 tracks in the queue, as many as one person may have. Wait for some to play.',
    ],
    [
      { added: 9, place: 0, unplayable: 1, cut: stopped('EXTRACTION_TIMED_OUT') },
      'Added **9** songs from *Mix*. Left out 1 that cannot be played. Then it broke off. The site did not answer in time. Try again in a minute.',
    ],
  ])('says what became of a playlist: %j', async (added, line) => {
    expect((await run({ resolution: found('Mix', 1), added })).said).toBe(line);
  });

  it('makes titles harmless', async () => {
    const evil = entry('1', { title: '**@everyone** [x](http://evil)\n# \u202Eexe', artist: '||x||' });
    const { said } = await run({ enqueued: { entries: [evil], place: 0 } });
    expect(said).toBe(String.raw`Playing **\*\*\@everyone\*\* \[x\]\(http\://evil\) \# exe** by \|\|x\|\| (3:00).`);
  });

  it('says so when nothing was found', async () => {
    await expect(run({ resolution: { kind: 'nothing' } })).rejects.toMatchObject({ code: 'NOTHING_FOUND' });
  });

  it('does not come to the channel for what cannot be a query', async () => {
    const { services: parts, asked } = services({ failing: { check: new TenutoError('BAD_QUERY', 'no') } });
    await expect(play.run(context({ query: 'file:///x' }), parts)).rejects.toMatchObject({ code: 'BAD_QUERY' });
    expect(asked).toEqual(['check file:///x']);
  });

  it.each<[string, Script]>([
    ['nothing was found', { resolution: { kind: 'nothing' } }],
    ['the search failed', { failing: { resolve: new TenutoError('NOTHING_FOUND') } }],
  ])('gives the channel up again when %s', async (_why, script) => {
    const { services: parts, asked } = services(script);
    await expect(play.run(context({ query: 'x' }), parts)).rejects.toMatchObject({ code: 'NOTHING_FOUND' });
    expect(asked.at(-1)).toBe('release G');
  });

  it('throws what the search throws, whatever becomes of the join', async () => {
    const failing = {
      resolve: new TenutoError('BAD_QUERY', 'no'),
      prepare: new TenutoError('VOICE_UNAVAILABLE', 'no'),
    };
    // A rejection that nobody handles would fail the whole run.
    await expect(run({ failing })).rejects.toMatchObject({ code: 'BAD_QUERY' });
    await expect(run({ failing: { prepare: failing.prepare } })).rejects.toMatchObject({ code: 'VOICE_UNAVAILABLE' });
  });

  it('does not wait for the join when the search has failed', async () => {
    const joining = new Promise<void>(() => undefined);
    const failing = { resolve: new TenutoError('NOTHING_FOUND') };
    await expect(run({ failing, joining })).rejects.toMatchObject({ code: 'NOTHING_FOUND' });
  });

  it('adds nothing when it was given up meanwhile', async () => {
    const life = new AbortController();
    const { services: parts, asked } = services();
    const running = play.run(context({ query: 'x' }, { signal: life.signal }), parts);
    life.abort(new TenutoError('STOPPING'));
    await expect(running).rejects.toMatchObject({ code: 'STOPPING' });
    expect(asked).not.toContainEqual(expect.stringMatching(/^play /));
  });
});
