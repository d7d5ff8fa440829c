import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LISTS, OTHER_LISTS, PAGES } from '../../loopback/hostile/pages.ts';
import { protocols, spellings } from '../../loopback/hostile/spellings.ts';
import { OUTSIDE, startHostileTown, type HostileTown } from '../../loopback/hostile/town.ts';
import { Subprocesses } from '../../src/lib/subprocess.ts';
import { openAudio } from '../../src/player/audio-pipeline.ts';
import { DirectUrl } from '../../src/sources/direct-url.ts';
import { EgressProxy } from '../../src/sources/egress-proxy.ts';
import { HttpClient } from '../../src/sources/http-client.ts';
import { Relay } from '../../src/sources/relay.ts';
import { resumable } from '../../src/sources/resumable.ts';
import { UrlGuard } from '../../src/sources/url-guard.ts';
import { makeSound, temporaryFolder } from './sounds.ts';

const run = promisify(execFile);
const signal = new AbortController().signal;
let town: HostileTown;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let sound: Buffer;
let guard: UrlGuard;
let http: HttpClient;
let relay: Relay;
let egress: EgressProxy;
let subprocesses: Subprocesses;

/** How those end that ffmpeg is never told to open, for another reason than the address. */
const SAID: Readonly<Record<string, string>> = {
  // RFC 8216 has addresses in quotes only.
  'unquoted-key': 'NOT_AUDIO',
  'behind-ID3': 'NOT_AUDIO',
  'list-as-a-segment': 'NOT_AUDIO',
  'in-a-comment': 'came',
};

const inside = () => `http://127.0.0.1:${town.port}/inside.ts`;
const outside = (path: string) => new URL(path, `http://outside.example:${town.port}`);

beforeAll(async () => {
  folder = await temporaryFolder();
  sound = await makeSound(`${folder.path}/song.ts`, { seconds: 3, output: ['-c:a', 'aac', '-f', 'mpegts'] });
  town = await startHostileTown(sound);
  guard = new UrlGuard({ allowedHosts: [OUTSIDE], lookup: (name) => town.dns.lookup(name) });
  http = new HttpClient(guard);
  relay = new Relay(http);
  egress = new EgressProxy(guard);
  subprocesses = new Subprocesses(process.env);
});
afterAll(async () => {
  await subprocesses.closeAll();
  await Promise.all([relay.close(), egress.close()]);
  await town.close();
  await folder.remove();
});

const read = async (url: URL) => {
  const { body } = await resumable(http, { kind: 'http', url, headers: {}, format: 'other' }, { signal });
  for await (const _chunk of body);
};
const play = async (url: URL) => {
  const { packets } = await openAudio(
    { kind: 'http', url, headers: {}, format: 'other' },
    { startMs: 0, volume: 100, durationMs: null, ffmpegPath: 'ffmpeg', signal, http, relay, subprocesses },
  );
  let heard = 0;
  for await (const _packet of packets) heard += 1;
  return heard;
};
const settle = (work: Promise<unknown>) =>
  work.then(
    () => 'came',
    (error: Error) => error.message,
  );
/** The way a redirect writes it is the way it is read, whatever our own parser would make of it. */
const redirectTo = (href: string) => outside(`/to?${encodeURIComponent(href)}`);

describe('nothing inside is reached', () => {
  it('by our reader and by ffmpeg, however its address is written', async () => {
    for (const href of spellings(town.port)) {
      for (const url of [URL.parse(href), redirectTo(href)]) {
        if (!url) continue;
        const before = town.internalHits();
        const [readIt, playedIt] = await Promise.all([settle(read(url)), settle(play(url))]);
        expect([href, town.internalHits()]).toEqual([href, before]);
        expect([href, readIt, playedIt]).not.toContain('came');
      }
    }
    expect(town.internalHits()).toBe(0);
  });

  it('by a name that changes its meaning between two questions: the address that was checked is the one that is dialled', async () => {
    const url = new URL(`http://turning.example:${town.port}/song.ts`);
    expect([await settle(read(url)), await settle(read(url))]).toEqual(['came', 'BLOCKED_ADDRESS']);
    expect(town.dns.asked.filter((name) => name === 'turning.example')).toHaveLength(2);
    expect(town.internalHits()).toBe(0);
  });

  it.each(Object.keys(LISTS))('by ffmpeg, of a list: %s', async (name) => {
    const heard = await settle(play(outside(`/list/${name}`)));
    expect(town.asked).toContain(`/list/${name}`);
    expect(heard).toBe(SAID[name] ?? 'BLOCKED_ADDRESS');
    expect(town.internalHits()).toBe(0);
  });

  it('by ffmpeg, of a list whose piece is a file, or reached in another way than by the web', async () => {
    for (const address of protocols(town.port)) {
      const heard = await settle(play(outside(`/list/only-segment?${encodeURIComponent(address)}`)));
      expect([address, heard === 'came', town.internalHits()]).toEqual([address, false, 0]);
    }
  });

  it.each(Object.keys(OTHER_LISTS))('by what other players take for a list: %s', async (name) => {
    const said = await settle(new DirectUrl(http).resolve({ kind: 'url', url: outside(`/page/${name}`) }, signal));
    expect(await settle(play(outside(`/page/${name}`)))).toBe('NOT_AUDIO');
    expect([said, town.internalHits()]).not.toContain('BLOCKED_ADDRESS');
    expect(town.internalHits()).toBe(0);
  });

  it('by yt-dlp, be it by redirects, pages, lists or feeds', async () => {
    const rows = [
      ...spellings(town.port),
      ...spellings(town.port).map((href) => redirectTo(href).href),
      redirectTo(`ftp://127.0.0.1:${town.port}/inside.ts`).href,
      redirectTo(`https://127.0.0.1:${town.port}/inside.ts`).href,
      ...Object.keys(PAGES).map((name) => outside(`/page/${name}`).href),
      ...Object.keys(LISTS).map((name) => outside(`/list/${name}`).href),
      ...Object.keys(OTHER_LISTS).map((name) => outside(`/page/${name}`).href),
    ];
    const before = town.asked.length;
    const said = await extract(rows, { ...subprocesses.environment, ...(await egress.environment()) });
    expect(town.internalHits()).toBe(0);
    expect(said).toContain('Address Not Allowed');
    const asked = new Set(town.asked.slice(before));
    for (const path of ['/page/refresh', '/page/list', '/list/segment', '/page/feed', '/page/list.xspf'])
      expect(asked).toContain(path);
    expect([...asked].filter((path) => path.startsWith('/to?')).length).toBe(spellings(town.port).length + 2);
  });
});

describe('the same is reached without a guard', () => {
  it('by yt-dlp', async () => {
    const before = town.internalHits();
    await extract([`http://${OUTSIDE}:${town.port}/to?${inside()}`], { PATH: process.env['PATH'] ?? '' });
    expect(town.internalHits()).toBeGreaterThan(before);
  });

  it.each(['segment', 'key', 'unquoted-key', 'map', 'variant', 'behind-ID3'])('by ffmpeg: %s', async (name) => {
    const before = town.internalHits();
    const args = ['-v', 'error', '-i', `http://${OUTSIDE}:${town.port}/list/${name}`, '-f', 'null', '-'];
    await run('ffmpeg', args, { timeout: 30_000 }).catch(() => undefined);
    expect(town.internalHits()).toBeGreaterThan(before);
  });
});

async function extract(links: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const args = ['-J', '-i', '--ignore-config', '--no-cache-dir', '--socket-timeout', '5', '--', ...links];
  const { stdout, stderr } = await run('yt-dlp', args, { env, timeout: 50_000, maxBuffer: 1 << 24 }).catch(
    (error: { stdout: string; stderr: string }) => error,
  );
  return stdout + stderr;
}
