import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LISTS, OTHER_LISTS, PAGES } from '../../loopback/hostile/pages.ts';
import { protocols, spellings } from '../../loopback/hostile/spellings.ts';
import { OUTSIDE, startHostileTown, type HostileTown } from '../../loopback/hostile/town.ts';
import type { Subprocesses } from '../../src/lib/subprocess.ts';
import { openAudio } from '../../src/player/audio-pipeline.ts';
import { EgressProxy } from '../../src/sources/egress-proxy.ts';
import { HttpClient } from '../../src/sources/http-client.ts';
import { Relay } from '../../src/sources/relay.ts';
import { resumable } from '../../src/sources/resumable.ts';
import type { Media } from '../../src/sources/source.ts';
import { UrlGuard } from '../../src/sources/url-guard.ts';
import { ignoring } from './ignoring.ts';

const run = promisify(execFile);
const YT_DLP = ['-J', '-i', '--ignore-config', '--no-cache-dir', '--socket-timeout', '5', '--'];

/** What became of every way to be led to a host inside. */
export interface SsrfFigures {
  readonly ways: number;
  /** Connections that reached it. */
  readonly internal_hits: number;
  /** Connections that reach it by the same town where nothing stands before it: fetch, ffmpeg and yt-dlp, as they come. */
  readonly internal_hits_unguarded: number;
}

/** Leads our reader, ffmpeg and yt-dlp inside in every way of the tables, and counts who arrives. */
export async function runSsrf(song: Buffer, subprocesses: Subprocesses): Promise<SsrfFigures> {
  const town = await startHostileTown(song);
  const guard = new UrlGuard({ allowedHosts: [OUTSIDE], lookup: (name) => town.dns.lookup(name) });
  const http = new HttpClient(guard);
  const [relay, egress] = [new Relay(http), new EgressProxy(guard)];
  const { signal } = new AbortController();
  const outside = (path: string) => `http://outside.example:${town.port}${path}`;
  const redirects = spellings(town.port).map((href) => outside(`/to?${encodeURIComponent(href)}`));
  const links = [...spellings(town.port), ...redirects, ...rebinding(town)];
  const lists = [
    ...Object.keys(LISTS).map((name) => outside(`/list/${name}`)),
    ...protocols(town.port).map((address) => outside(`/list/only-segment?${encodeURIComponent(address)}`)),
    ...Object.keys(OTHER_LISTS).map((name) => outside(`/page/${name}`)),
  ];
  const pages = Object.keys(PAGES).map((name) => outside(`/page/${name}`));

  const read = async (media: Media & { kind: 'http' }) => {
    const { body } = await resumable(http, media, { signal });
    for await (const _chunk of body);
  };
  const play = async (media: Media) => {
    const options = {
      startMs: 0,
      volume: 100,
      durationMs: null,
      ffmpegPath: 'ffmpeg',
      signal,
      http,
      relay,
      subprocesses,
    };
    for await (const _packet of (await openAudio(media, options)).packets);
  };
  try {
    for (const href of [...links, ...lists]) {
      const url = URL.parse(href);
      const media = url && ({ kind: 'http', url, headers: {}, format: 'other' } as const);
      if (media) await Promise.all([ignoring(read(media)), ignoring(play(media))]);
    }
    const env = { ...subprocesses.environment, ...(await egress.environment()) };
    const asked = [...links, ...lists, ...pages];
    await ignoring(run('yt-dlp', [...YT_DLP, ...asked], { env, timeout: 180_000, maxBuffer: 1 << 26 }));
    const guarded = town.internalHits();
    await unguarded(town);
    const ways = 2 * (links.length + lists.length) + asked.length;
    return { ways, internal_hits: guarded, internal_hits_unguarded: town.internalHits() - guarded };
  } finally {
    await Promise.all([relay.close(), egress.close()]);
    await town.close();
  }
}

/** A name that means the outside when it is asked about first, and the inside from then on. */
const rebinding = ({ port }: HostileTown) => Array.from({ length: 3 }, () => `http://turning.example:${port}/song.ts`);

/** The same by programs as they come: if nobody got in here, nothing would have been shown. */
async function unguarded({ port }: HostileTown): Promise<void> {
  const outside = (path: string) => `http://${OUTSIDE}:${port}${path}`;
  const redirect = outside(`/to?http://127.0.0.1:${port}/inside.ts`);
  await ignoring(fetch(redirect).then((answer) => answer.arrayBuffer()));
  await ignoring(
    run('ffmpeg', ['-v', 'error', '-i', outside('/list/segment'), '-f', 'null', '-'], { timeout: 30_000 }),
  );
  await ignoring(run('yt-dlp', [...YT_DLP, redirect], { timeout: 30_000 }));
}
