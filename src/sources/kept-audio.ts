import { join } from 'node:path';
import type { Logger } from 'pino';
import { AudioCache } from './audio-cache.ts';
import type { AllSources } from './index.ts';
import type { Keep } from './resumable.ts';
import type { Media, Track, Urgency } from './source.ts';

const MEGABYTE = 1024 * 1024;

interface KeptAudioOptions {
  readonly dataDir: string;
  /** 0: nothing is kept. */
  readonly audioCacheMb: number;
  readonly log: Logger;
}

/** Where the bytes of a track are: on this disk where they were kept, else where its source finds them. */
export class KeptAudio {
  readonly #sources: Pick<AllSources, 'locate' | 'preload' | 'forget'>;
  readonly #cache: AudioCache | null;

  private constructor(sources: Pick<AllSources, 'locate' | 'preload' | 'forget'>, cache: AudioCache | null) {
    this.#sources = sources;
    this.#cache = cache;
  }

  static async open(
    sources: Pick<AllSources, 'locate' | 'preload' | 'forget'>,
    { dataDir, audioCacheMb, log }: KeptAudioOptions,
  ): Promise<KeptAudio> {
    const options = { folder: join(dataDir, 'cache', 'audio'), maxBytes: audioCacheMb * MEGABYTE, log };
    return new KeptAudio(sources, audioCacheMb === 0 ? null : await AudioCache.open(options));
  }

  /** As `Sources.locate`, and without asking anybody where the track is on this disk. */
  async locate(track: Track, signal: AbortSignal, urgency?: Urgency): Promise<Media> {
    const kept = await this.#cache?.find(track);
    signal.throwIfAborted();
    return kept ?? (await this.#sources.locate(track, signal, urgency));
  }

  /** As `AllSources.preload`; for what is on this disk there is nothing to do. */
  async preload(track: Track, signal: AbortSignal): Promise<number | null> {
    return this.#cache?.has(track) ? null : await this.#sources.preload(track, signal);
  }

  /** As `AllSources.forget`, and what is kept of the track with it. */
  async forget(track: Track, failure?: unknown): Promise<void> {
    await this.#cache?.drop(track);
    await this.#sources.forget(track, failure);
  }

  /** What keeps the bytes of a track that is about to be read; undefined where they are not to be kept. */
  keep(track: Track, media: Media): Keep | undefined {
    return this.#cache?.keep(track, media);
  }
}
