import { toTenutoError } from '../../src/lib/errors.ts';
import type { Subprocesses } from '../../src/lib/subprocess.ts';
import { within } from '../../src/lib/time.ts';
import { openAudio } from '../../src/player/audio-pipeline.ts';
import { HttpClient } from '../../src/sources/http-client.ts';
import { Relay } from '../../src/sources/relay.ts';
import type { Media, MediaFormat } from '../../src/sources/source.ts';
import { UrlGuard } from '../../src/sources/url-guard.ts';
import type { Ending } from './verdict.ts';

/** Longer than any row may take. */
const LONGEST_MS = 60_000;

export interface Heard {
  readonly packets: readonly Buffer[];
  readonly ending: Ending;
  readonly said: string;
}

export interface Song {
  readonly name: string;
  readonly format: MediaFormat;
}

/** What a bot plays a track with, with one host beside the public Internet. */
export class Tenuto {
  readonly #http: HttpClient;
  readonly #relay: Relay;
  readonly #subprocesses: Subprocesses;
  readonly #seconds: number;

  constructor(host: string, seconds: number, subprocesses: Subprocesses) {
    this.#http = new HttpClient(new UrlGuard({ allowedHosts: [host] }));
    this.#relay = new Relay(this.#http);
    this.#subprocesses = subprocesses;
    this.#seconds = seconds;
  }

  /** Plays a link to its end, whichever it is. `renew` is what the site would answer when it is asked again. */
  async hear({ format }: Song, link: string, renew: () => string): Promise<Heard> {
    const packets: Buffer[] = [];
    const life = new AbortController();
    const media = (href: string): Media => ({ kind: 'http', url: new URL(href), headers: {}, format });
    const hung = new Error('hung');
    try {
      await within(
        LONGEST_MS,
        this.#play(media(link), () => media(renew()), packets, life.signal),
        () => hung,
      );
      return { packets, ending: 'end', said: '' };
    } catch (error) {
      const ending = error === hung ? 'hang' : 'error';
      return { packets, ending, said: toTenutoError(error).say };
    } finally {
      life.abort();
    }
  }

  close(): Promise<void> {
    return this.#relay.close();
  }

  async #play(media: Media, renew: () => Media, packets: Buffer[], signal: AbortSignal): Promise<void> {
    const audio = await openAudio(media, {
      startMs: 0,
      volume: 100,
      signal,
      durationMs: this.#seconds * 1_000,
      http: this.#http,
      relay: this.#relay,
      refresh: () => Promise.resolve(renew()),
      subprocesses: this.#subprocesses,
      ffmpegPath: 'ffmpeg',
    });
    for await (const packet of audio.packets as AsyncIterable<Buffer>) packets.push(packet);
  }
}
