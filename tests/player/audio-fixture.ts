import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { Subprocesses } from '../../src/lib/subprocess.ts';
import { openAudio, type OpenAudioOptions, type OpenedAudio } from '../../src/player/audio-pipeline.ts';
import { HttpClient } from '../../src/sources/http-client.ts';
import { Relay } from '../../src/sources/relay.ts';
import type { Media, MediaFormat } from '../../src/sources/source.ts';
import { UrlGuard } from '../../src/sources/url-guard.ts';
import { startMediaServer, type MediaServer } from '../sources/media-server.ts';
import { makeSound, temporaryFolder } from '../sources/sounds.ts';

export const SECONDS = 8;

/** The same eight seconds in several formats, in a folder and on a web server, and what is needed to open them. */
export class AudioFixture {
  folder = '';
  subprocesses = new Subprocesses({});
  life = new AbortController();
  readonly #names: Readonly<Record<string, readonly string[]>>;
  readonly #files = new Map<string, Buffer>();
  readonly #more: Parameters<typeof startMediaServer>[0];
  readonly #http = new HttpClient(new UrlGuard({ allowedHosts: ['127.0.0.1'] }));
  readonly relay = new Relay(this.#http);
  #server: MediaServer | null = null;

  /** `names`: files to make, each with its options for ffmpeg. `more`: what else the server answers. */
  constructor(names: Readonly<Record<string, readonly string[]>>, more: Parameters<typeof startMediaServer>[0] = {}) {
    this.#names = names;
    this.#more = more;
    let remove = async () => {};
    beforeAll(async () => {
      const folder = await temporaryFolder();
      ({ path: this.folder, remove } = folder);
      for (const [name, output] of Object.entries(this.#names)) {
        this.#files.set(name, await makeSound(this.path(name), { seconds: SECONDS, output }));
      }
      const served = Array.from(this.#files, ([name, bytes]) => [`/${name}`, bytes] as const);
      this.#server = await startMediaServer({ ...Object.fromEntries(served), ...this.#more });
    });
    afterAll(async () => {
      await this.relay.close();
      await this.#server?.close();
      await remove();
    });
    beforeEach(() => {
      this.subprocesses = new Subprocesses(process.env);
      this.life = new AbortController();
    });
    afterEach(() => this.subprocesses.closeAll());
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  bytes(name: string): Buffer {
    return this.#files.get(name) ?? Buffer.alloc(0);
  }

  onDisk(name: string, format: MediaFormat): Media {
    return { kind: 'file', path: this.path(name), format };
  }

  onWeb(path: string, format: MediaFormat): Media {
    const url = this.#server?.url(path) ?? new URL('http://127.0.0.1:1');
    return { kind: 'http', url, headers: {}, format };
  }

  open(media: Media, options: Partial<OpenAudioOptions> = {}): Promise<OpenedAudio> {
    return openAudio(media, {
      startMs: 0,
      volume: 100,
      signal: this.life.signal,
      durationMs: SECONDS * 1_000,
      http: this.#http,
      relay: this.relay,
      subprocesses: this.subprocesses,
      ffmpegPath: 'ffmpeg',
      ...options,
    });
  }

  /** Every packet to the end. */
  async hear(media: Media, options?: Partial<OpenAudioOptions>): Promise<Buffer[]> {
    return drain(await this.open(media, options));
  }

  /** Runs ffmpeg for a file that no option of makeSound makes. */
  async ffmpeg(args: readonly string[], name: string): Promise<Buffer> {
    await promisify(execFile)('ffmpeg', ['-v', 'error', '-y', ...args, this.path(name)], { timeout: 60_000 });
    return readFile(this.path(name));
  }
}

export async function drain({ packets }: OpenedAudio): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for await (const packet of packets) all.push(packet as Buffer);
  return all;
}
