import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NAMES, WORDS } from '../../loopback/hostile/words.ts';
import type { Subprocesses } from '../../src/lib/subprocess.ts';
import { openAudio } from '../../src/player/audio-pipeline.ts';
import { EgressProxy } from '../../src/sources/egress-proxy.ts';
import { HttpClient } from '../../src/sources/http-client.ts';
import { parseQuery } from '../../src/sources/query.ts';
import { Relay } from '../../src/sources/relay.ts';
import { UrlGuard } from '../../src/sources/url-guard.ts';
import { YtDlp } from '../../src/sources/yt-dlp.ts';
import { ignoring } from './ignoring.ts';

const run = promisify(execFile);
const RATES = { extractionsAtOnce: 2, extractionsPerMinute: 10_000 };

/** What became of words and names that programs could take for options. */
export interface InjectionFigures {
  readonly words: number;
  readonly names: number;
  /** Files that were made or removed, and connections that were made, because of them; names that were not played. */
  readonly effects: number;
  /** Effects of some of them on yt-dlp where they are handed on as bots do that are careless. */
  readonly effects_unguarded: number;
}

/** Has every word of the table looked up by the real yt-dlp, and every name played by the real ffmpeg. */
export async function runInjection(song: string, subprocesses: Subprocesses): Promise<InjectionFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'tenuto-injection-'));
  let connections = 0;
  const canary = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined).destroy();
  }).listen(0, '127.0.0.1');
  await once(canary, 'listening');
  const host = `127.0.0.1:${(canary.address() as AddressInfo).port}`;
  const guard = new UrlGuard({ lookup: () => Promise.reject(new Error('no network here')) });
  const [http, egress] = [new HttpClient(guard), new EgressProxy(guard)];
  const relay = new Relay(http);
  const { signal } = new AbortController();
  const kept = join(folder, 'cache', 'yt-dlp', 'kept');
  const filled = (words: string) => words.replaceAll('%', folder).replaceAll('@', host);
  const files = async () => (await readdir(folder, { recursive: true })).toSorted();

  const ask = async (ytDlp: YtDlp, words: string) => {
    const query = parseQuery(filled(words));
    if (query.kind === 'words') await ytDlp.extract({ kind: 'youtube-search', words: query.words }, { signal });
  };
  const play = async (path: string) => {
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
    let heard = 0;
    for await (const _packet of (await openAudio({ kind: 'file', path, format: 'other' }, options)).packets) heard += 1;
    return heard;
  };
  /** Since it was looked last. */
  const effectsSince = async (before: readonly string[]) => {
    const now = await files();
    const changed = new Set(before).symmetricDifference(new Set(now)).size;
    const effects = changed + connections;
    connections = 0;
    return effects;
  };

  try {
    await mkdir(join(folder, 'cache', 'yt-dlp'), { recursive: true });
    await mkdir(join(folder, 'names'));
    await writeFile(kept, '');
    for (const name of ['evil.conf', 'evil.txt']) await writeFile(join(folder, name), `http://${host}/`);
    await writeFile(join(folder, 'evil.json'), JSON.stringify({ id: 'x', title: 'x', url: `http://${host}/` }));
    for (const name of NAMES) await copyFile(song, join(folder, 'names', name));
    const before = await files();

    const ytDlp = new YtDlp({ path: 'yt-dlp', dataDir: folder, subprocesses, egress, rates: RATES });
    await Promise.all(WORDS.map((words) => ignoring(ask(ytDlp, words))));
    let unheard = 0;
    for (const name of NAMES) if ((await play(join(folder, 'names', name)).catch(() => 0)) === 0) unheard += 1;
    const effects = (await effectsSince(before)) + unheard;

    const careless = ['--ignore-config', '--cache-dir', join(folder, 'cache')];
    for (const words of ['--rm-cache-dir', '--batch-file=%/evil.txt'])
      await ignoring(run('yt-dlp', [...careless, '-J', filled(words)], { timeout: 30_000 }));
    return { words: WORDS.length, names: NAMES.length, effects, effects_unguarded: await effectsSince(before) };
  } finally {
    await Promise.all([relay.close(), egress.close()]);
    canary.close();
    await rm(folder, { recursive: true, force: true });
  }
}
