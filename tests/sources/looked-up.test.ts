import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Subprocesses } from '../../src/lib/subprocess.ts';
import { createSources } from '../../src/sources/index.ts';
import type { SiteTrouble } from '../../src/sources/site-breaker.ts';
import type { Track } from '../../src/sources/source.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import { fakeYtDlp, type Behaviours } from './fake-yt-dlp.ts';
import { startMediaServer, type MediaServer } from './media-server.ts';
import { temporaryFolder } from './sounds.ts';

const signal = new AbortController().signal;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: MediaServer;
let subprocesses: Subprocesses;

beforeAll(async () => {
  folder = await temporaryFolder();
  const html = Buffer.from('<html><body>a page</body></html>');
  const pages = Object.fromEntries(Array.from({ length: 13 }, (_, n) => [`/page/${n}`, html]));
  server = await startMediaServer({
    ...pages,
    '/short': (_request, response) => response.writeHead(302, { location: '/page/1' }).end(),
  });
  short = server.url('/short').href;
});
afterAll(async () => {
  await server.close();
  await folder.remove();
});
beforeEach(() => {
  subprocesses = new Subprocesses(process.env);
});
afterEach(() => subprocesses.closeAll());

let short: string;
const page = (n: number) => server.url(`/page/${n}`).href;
const song = (more: object = {}) => ({
  stdout: JSON.stringify({
    id: 'x',
    title: 'A song',
    url: server.url('/song.webm').href,
    ext: 'webm',
    acodec: 'opus',
    protocol: 'https',
    duration: 60,
    ...more,
  }),
});
const refusal = (said: string) => ({ stdout: 'null', stderr: `ERROR: [x] x: ${said}`, code: 1 });
const track = (n: number): Track => ({
  source: 'site',
  identifier: page(n),
  title: 'X',
  artist: null,
  link: null,
  thumbnail: null,
  durationMs: null,
  live: false,
});

/** All sources over a stand-in for yt-dlp. */
async function sources(behaviours: Behaviours) {
  const fake = await fakeYtDlp(folder.path, behaviours);
  const told: SiteTrouble[] = [];
  const all = createSources({
    store: new MemoryStore(),
    subprocesses,
    dataDir: folder.path,
    musicDir: folder.path,
    ytDlpPath: fake.path,
    playlistLimit: 50,
    allowPrivateHosts: ['127.0.0.1'],
    trouble: (trouble) => told.push(trouble),
  });
  const asked = async () => (await fake.calls()).map(({ argv }) => argv.at(-1));
  return { all, fake, told, asked };
}

describe('what was looked up', () => {
  it('is known to the next person who wants it', async () => {
    const { all, asked } = await sources(song());
    const first = await all.resolve(page(1), signal);
    expect(await all.resolve(page(1), signal)).toEqual(first);
    expect(await asked()).toHaveLength(1);
    expect(all.cacheCounts).toEqual({ hit: 0, miss: 0, refused: 0 });
  });

  it('is looked up anew when its link did not work', async () => {
    const { all, asked } = await sources(song());
    await all.locate(track(1), signal);
    await all.locate(track(1), signal);
    await all.forget(track(1));
    await all.locate(track(1), signal);
    expect(await asked()).toEqual([page(1), page(1)]);
    expect(all.cacheCounts).toEqual({ hit: 1, miss: 2, refused: 0 });
  });

  it('is refused at once for a while when the site said that it is closed', async () => {
    const { all, asked } = await sources(refusal('This video is private'));
    for (let n = 0; n < 3; n += 1)
      await expect(all.locate(track(1), signal)).rejects.toMatchObject({
        code: 'TRACK_CLOSED',
        detail: 'it is private',
      });
    expect(await asked()).toHaveLength(1);
    expect(all.cacheCounts.refused).toBe(2);
  });

  it('is not refused for what a next try may get past', async () => {
    const { all, asked } = await sources(refusal('[Errno 104] Connection reset by peer'));
    for (let n = 0; n < 2; n += 1) await expect(all.locate(track(1), signal)).rejects.toThrow('broke');
    expect(await asked()).toHaveLength(2);
  });
});

describe('bytes that are not there yet', () => {
  it('are waited for, a little while', async () => {
    const at = Math.ceil(Date.now() / 1_000) + 1;
    const { all } = await sources(song({ available_at: at }));
    await all.locate(track(1), signal);
    expect(Date.now()).toBeGreaterThanOrEqual(at * 1_000);
  });

  it('are not waited for longer, and whoever wants them reads when to come back', async () => {
    const at = Math.ceil(Date.now() / 1_000) + 300;
    const { all } = await sources(song({ available_at: at }));
    const refusal = { code: 'TRACK_NOT_YET', retryAt: at * 1_000, detail: `its site gives it out <t:${at}:R>` };
    await expect(all.locate(track(1), signal)).rejects.toMatchObject(refusal);
  });

  it('keep nobody waiting who only prepares, or who has gone', async () => {
    const at = Math.ceil(Date.now() / 1_000) + 20;
    const { all } = await sources(song({ available_at: at }));
    expect(await all.preload(track(1), signal)).toBeGreaterThan(Date.now());
    const life = new AbortController();
    const located = all.locate(track(1), life.signal);
    life.abort(new Error('gone'));
    await expect(located).rejects.toThrow('gone');
    expect(Date.now()).toBeLessThan(at * 1_000);
  });
});

it('a premiere is not played before it begins, and says when that is', async () => {
  const at = Math.ceil(Date.now() / 1_000) + 3_600;
  const { all } = await sources(song({ live_status: 'is_upcoming', release_timestamp: at }));
  const refusal = { code: 'TRACK_NOT_YET', retryAt: at * 1_000, detail: `it starts <t:${at}:R>` };
  await expect(all.resolve(page(1), signal)).rejects.toMatchObject(refusal);
  await expect(all.locate(track(1), signal)).rejects.toMatchObject(refusal);
});

describe('a short link', () => {
  const notAllowed = refusal('No suitable extractor found for URL');

  it('is followed to the site that it stands for', async () => {
    const { all, asked } = await sources({ about: { [short]: notAllowed, [page(1)]: song({ webpage_url: page(1) }) } });
    await expect(all.resolve(short, signal)).resolves.toMatchObject({ kind: 'track', track: { identifier: page(1) } });
    expect(await asked()).toEqual([short, page(1)]);
  });

  it('to a site that may not be read is refused, and nothing is followed twice', async () => {
    const { all, asked } = await sources({ about: { [short]: notAllowed, [page(1)]: notAllowed } });
    await expect(all.resolve(short, signal)).rejects.toMatchObject({ code: 'SITE_NOT_ALLOWED' });
    expect(await asked()).toEqual([short, page(1)]);
  });

  it('is not followed when its own site can be read', async () => {
    const { all, asked } = await sources({ about: { [short]: refusal('This video is private') } });
    await expect(all.resolve(short, signal)).rejects.toMatchObject({ code: 'TRACK_CLOSED' });
    expect(await asked()).toEqual([short]);
  });
});

describe('chapters', () => {
  const known = async (chapters: unknown) => {
    const { all } = await sources(song({ chapters }));
    const first = await all.resolve(page(1), signal);
    // The second one comes from what is remembered.
    expect(await all.resolve(page(1), signal)).toEqual(first);
    return first.kind === 'track' ? first.track.chapters : null;
  };

  it('are kept with the track, as plain lines of a bounded length', async () => {
    const chapters = [
      { title: 'Intro', start_time: 0, end_time: 61.5 },
      { title: `\u202eevil\n${'x'.repeat(500)}`, start_time: 61.5 },
      { start_time: 90 },
    ];
    const kept = await known(chapters);
    expect(kept).toMatchObject([{ title: 'Intro', startMs: 0 }, { startMs: 61_500 }, { title: 'Chapter 3' }]);
    expect(kept?.[1]?.title).toMatch(/^evil x{90,}…$/);
    expect(kept?.[1]?.title.length).toBeLessThanOrEqual(101);
  });

  it('are no more than somebody may want to see', async () => {
    expect(await known(Array.from({ length: 5_000 }, (_, n) => ({ title: `${n}`, start_time: n })))).toHaveLength(100);
  });

  it.each([null, [], 'many', [{ title: 'X', start_time: 'soon' }], [{ title: 'X', start_time: -1 }]])(
    'are left out when they are %j',
    async (chapters) => {
      expect(await known(chapters)).toBeUndefined();
    },
  );
});

describe('a site that turns us away', () => {
  it('is asked once and then left alone, also by those who have waited for a slot meanwhile', async () => {
    const { all, asked, told } = await sources(refusal('Sign in to confirm you’re not a bot'));
    const failures = await Promise.allSettled([1, 2, 3, 4, 5, 6].map((n) => all.locate(track(n), signal)));
    expect(failures.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : ''))).toEqual(
      Array.from({ length: 6 }, () => 'SITE_BLOCKED'),
    );
    expect((await asked()).length).toBeLessThanOrEqual(2);
    expect(told).toMatchObject([{ site: '127.0.0.1', class: 'bot-check' }]);
  });
});

it('looks up only so much at once for one person, and goes on for the others', async () => {
  const { all } = await sources(song());
  const asked = Array.from({ length: 12 }, (_, n) =>
    all.resolve(page(n), signal, 'ada').then(
      () => 'found',
      (error: { code: string }) => error.code,
    ),
  );
  const outcomes = await Promise.all(asked);
  expect(new Set(outcomes)).toEqual(new Set(['found', 'ASKED_TOO_FAST']));
  expect(outcomes.filter((outcome) => outcome === 'found').length).toBeGreaterThanOrEqual(8);
  await expect(all.resolve(page(12), signal, 'bob')).resolves.toMatchObject({ kind: 'track' });
});
