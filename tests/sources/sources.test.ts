import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TenutoError } from '../../src/lib/errors.ts';
import { Subprocesses } from '../../src/lib/subprocess.ts';
import { createSources, type AllSources } from '../../src/sources/index.ts';
import type { SourceName, Track } from '../../src/sources/source.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import { fakeYtDlp, type Behaviour, type FakeYtDlp } from './fake-yt-dlp.ts';
import { startMediaServer, type MediaServer } from './media-server.ts';
import { listLines, tracksIn } from './playlists.ts';
import { makeSound, temporaryFolder } from './sounds.ts';

const signal = new AbortController().signal;
const UNREACHABLE = 'ERROR: Unable to download API page: <urlopen error [Errno -2] Name or service not known>';
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: MediaServer;
let subprocesses: Subprocesses;

beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder.path, 'music'));
  const song = await makeSound(join(folder.path, 'music', 'song.webm'), {
    tags: { title: 'Long Note', artist: 'Ada' },
  });
  const feed = `<?xml version="1.0"?><rss version="2.0"><channel><title>Radio</title>
    <item><title>First</title><link>{base}/song.webm</link></item><item><title>Second</title><link>{base}/other.webm</link></item></channel></rss>`;
  server = await startMediaServer({
    '/song.webm': song,
    '/page': Buffer.from(
      '<html><head><title>The page</title></head><body><audio src="/song.webm"></audio></body></html>',
    ),
    '/feed': (request, response) => {
      response.writeHead(200, { 'content-type': 'application/rss+xml' });
      response.end(feed.replaceAll('{base}', `http://${request.headers.host}`));
    },
    '/nothing-to-hear': Buffer.from('<html><body>Just text</body></html>'),
  });
});
afterAll(async () => {
  await server.close();
  await folder.remove();
});

beforeEach(() => {
  subprocesses = new Subprocesses(process.env);
});
afterEach(() => subprocesses.closeAll());

function sources(ytDlpPath: string | null, musicDir = join(folder.path, 'music')): AllSources {
  return createSources({
    store: new MemoryStore(),
    subprocesses,
    dataDir: folder.path,
    musicDir,
    ytDlpPath,
    playlistLimit: 50,
    extractors: ['music', 'generic'],
    allowPrivateHosts: ['127.0.0.1'],
  });
}

async function withFake(behaviour: Behaviour): Promise<{ all: AllSources; fake: FakeYtDlp }> {
  const fake = await fakeYtDlp(folder.path, behaviour);
  return { all: sources(fake.path), fake };
}

const found = () => ({
  stdout: JSON.stringify({
    _type: 'playlist',
    entries: [
      {
        id: 'abc',
        title: 'Long Note, remastered',
        channel: 'Ada - Topic',
        duration: 180.5,
        webpage_url: 'https://www.youtube.com/watch?v=abc',
        url: server.url('/song.webm').href,
        ext: 'webm',
        acodec: 'opus',
        protocol: 'https',
        http_headers: { 'User-Agent': 'Browser' },
      },
    ],
  }),
});
const failure = (work: Promise<unknown>) =>
  work.then(
    () => 'no failure',
    (error: TenutoError) => error.say,
  );

describe('words', () => {
  it('play the song of the library that has them all, without asking anybody else', async () => {
    const { all, fake } = await withFake(found());
    expect(await all.resolve('ada long note', signal)).toMatchObject({
      kind: 'track',
      track: { source: 'library', title: 'Long Note' },
    });
    expect(await fake.calls()).toEqual([]);
  });

  it('search YouTube when the library has not all of them, and know at once where the sound is', async () => {
    const { all, fake } = await withFake(found());
    const resolution = await all.resolve('long note remastered', signal);
    expect(resolution).toEqual({
      kind: 'track',
      track: {
        source: 'youtube',
        identifier: 'https://www.youtube.com/watch?v=abc',
        title: 'Long Note, remastered',
        artist: 'Ada',
        link: 'https://www.youtube.com/watch?v=abc',
        thumbnail: null,
        durationMs: 180_500,
        live: false,
      },
    });
    if (resolution.kind !== 'track') return;
    expect(await all.locate(resolution.track, signal)).toEqual({
      kind: 'http',
      url: server.url('/song.webm'),
      headers: { 'User-Agent': 'Browser' },
      format: 'webm-opus',
    });
    expect(await fake.calls()).toHaveLength(1);
  });

  it('fall back on the nearest song of the library when YouTube cannot be reached', async () => {
    const { all } = await withFake({ code: 1, stderr: UNREACHABLE });
    expect(await all.resolve('long note remastered', signal)).toMatchObject({ track: { source: 'library' } });
  });

  it('end in one clear line when neither has anything', async () => {
    const { all } = await withFake({ code: 1, stderr: UNREACHABLE });
    expect(await failure(all.resolve('something else', signal))).toBe(
      'I cannot reach the site right now. Try again in a minute.',
    );
    const nobody = await withFake({ stdout: JSON.stringify({ _type: 'playlist', entries: [] }) });
    expect(await nobody.all.resolve('something else', signal)).toEqual({ kind: 'nothing' });
    const missing = sources(join(folder.path, 'nowhere'));
    expect(await failure(missing.resolve('something else', signal))).toContain('yt-dlp is missing');
  });

  it('stop when the person has gone', async () => {
    const { all, fake } = await withFake({ hangs: true });
    const life = new AbortController();
    const asked = all.resolve('long note remastered', life.signal);
    await expect.poll(fake.calls, { timeout: 20_000 }).toHaveLength(1);
    life.abort(new Error('gone'));
    await expect(asked).rejects.toThrow('gone');
    await expect.poll(() => subprocesses.living).toEqual([]);
  });
});

describe('what is preloaded', () => {
  const track = (source: SourceName, identifier: string): Track => ({
    source,
    identifier,
    title: 'X',
    artist: null,
    link: null,
    thumbnail: null,
    durationMs: null,
    live: false,
  });
  const page = (name: string) => track('site', server.url(`/${name}`).href);

  it('is in the cache when its turn comes', async () => {
    const info = { id: 'x', url: server.url('/song.webm').href, ext: 'webm', acodec: 'opus', protocol: 'https' };
    const { all, fake } = await withFake({ stdout: JSON.stringify(info) });
    await all.preload(page('one'), signal);
    expect(await all.locate(page('one'), signal)).toMatchObject({ format: 'webm-opus' });
    expect(await fake.calls()).toHaveLength(1);
  });

  it('leaves one slot of two to people, however many guilds preload', async () => {
    const { all, fake } = await withFake({ hangs: true });
    const life = new AbortController();
    const waiting = ['one', 'two', 'three'].map((name) => all.preload(page(name), life.signal).catch(() => undefined));
    waiting.push(
      all.resolve(server.url('/page').href, life.signal).then(
        () => undefined,
        () => undefined,
      ),
    );
    await expect.poll(fake.calls, { timeout: 20_000 }).toHaveLength(2);
    const asked = (await fake.calls()).map(({ argv }) => argv.at(-1));
    expect(new Set(asked)).toEqual(new Set([server.url('/one').href, server.url('/page').href]));
    life.abort();
    await Promise.all(waiting);
  });

  it.each(['direct-url', 'library'] as const)('is nothing that costs no time anyway: %s', async (source) => {
    const { all, fake } = await withFake({ hangs: true });
    const before = server.requests.length;
    await all.preload(track(source, source === 'library' ? 'song.webm' : server.url('/song.webm').href), signal);
    expect(server.requests.length).toBe(before);
    expect(await fake.calls()).toEqual([]);
  });
});

describe('links that yt-dlp returns', () => {
  it.each(['http://169.254.169.254/x.webm', 'http://[::1]/x.webm', 'file:///etc/passwd', 'rtmp://127.0.0.1/x'])(
    'are checked like those of people: %s',
    async (url) => {
      const { all } = await withFake({
        stdout: JSON.stringify({ id: 'x', title: 'X', url, ext: 'webm', acodec: 'opus', protocol: 'https' }),
      });
      const asked = all.resolve(server.url('/page').href, signal);
      await expect(asked).rejects.toMatchObject({
        code: url.startsWith('http') ? 'BLOCKED_ADDRESS' : 'TRACK_UNAVAILABLE',
      });
    },
  );
});

describe('playlists that yt-dlp returns', () => {
  const playlist = (urls: readonly string[]) => ({
    stdout: listLines(
      'Many',
      urls.map((url, at) => ({ id: `${at}`, url })),
    ),
  });

  it('are cut to the limit, which is said', async () => {
    const urls = Array.from({ length: 60 }, (_, at) => server.url(`/watch/${at}`).href);
    const { all } = await withFake(playlist(['no link', ...urls]));
    const resolution = await all.resolve(server.url('/page').href, signal);
    const tracks: Track[] = [];
    await expect(tracksIn(resolution, tracks)).rejects.toMatchObject({ code: 'PLAYLIST_LIMIT', detail: '50' });
    expect(tracks.map(({ identifier }) => identifier)).toEqual(urls.slice(0, 49));
  });

  it('are freed from the notes that it hides in links, and then play', async () => {
    const note = '#__youtubedl_smuggle=%7B%22to_generic%22%3A+1%7D';
    const { all } = await withFake(
      playlist([`${server.url('/song.webm').href}${note}`, `https://a.example/#/x${note}`]),
    );
    const tracks = await tracksIn(await all.resolve(server.url('/page').href, signal));
    const links = [server.url('/song.webm').href, 'https://a.example/#/x'];
    expect(tracks.map(({ identifier }) => identifier)).toEqual(links);
    expect(tracks.map(({ link }) => link)).toEqual(links);
    const located = await Promise.all(tracks.slice(0, 1).map((track) => all.locate(track, signal)));
    expect(located).toMatchObject([{ url: server.url('/song.webm') }]);
  });
});

describe('private addresses', () => {
  it.each([
    'http://10.0.0.1/a.mp3',
    'http://localhost:1/',
    'http://[::1]/a.mp3',
    'http://2852039166/',
    'https://router.lan/a.mp3',
  ])('are refused before anything is fetched: %s', async (text) => {
    const { all, fake } = await withFake(found());
    await expect(all.resolve(text, signal)).rejects.toMatchObject({ code: 'BLOCKED_ADDRESS' });
    expect(await fake.calls()).toEqual([]);
  });
});

describe('the real yt-dlp', () => {
  it('finds the sound in a page', async () => {
    const all = sources(null);
    const page = server.url('/page').href;
    const resolution = await all.resolve(page, signal);
    expect(resolution).toMatchObject({ kind: 'track', track: { source: 'site', identifier: page } });
    if (resolution.kind !== 'track') return;
    const media = { kind: 'http', url: server.url('/song.webm'), format: 'webm-opus' };
    expect(await all.locate(resolution.track, signal)).toMatchObject(media);
    await all.forget(resolution.track);
    expect(await all.locate(resolution.track, signal)).toMatchObject(media);
  });

  it('reads a feed as a playlist whose files need no extractor', async () => {
    const all = sources(null);
    const radio = await all.resolve(server.url('/feed').href, signal);
    expect(radio).toMatchObject({ kind: 'playlist', title: 'Radio' });
    expect(await tracksIn(radio)).toMatchObject([
      { source: 'direct-url', title: 'First', identifier: server.url('/song.webm').href },
      { source: 'direct-url', title: 'Second', identifier: server.url('/other.webm').href },
    ]);
  });

  it('says that a page has no sound', async () => {
    const all = sources(null);
    expect(await failure(all.resolve(server.url('/nothing-to-hear').href, signal))).toContain('no sound in that link');
  });
});

it('opens a file on the web without yt-dlp', async () => {
  const { all, fake } = await withFake(found());
  const resolution = await all.resolve(server.url('/song.webm').href, signal);
  expect(resolution).toMatchObject({ kind: 'track', track: { source: 'direct-url', title: 'Long Note' } });
  expect(await fake.calls()).toEqual([]);
});

it('warms up without failing, whatever is missing', async () => {
  await sources(join(folder.path, 'nowhere'), join(folder.path, 'nowhere too')).warmUp();
});
