import { createHash } from 'node:crypto';
import { rename } from 'node:fs/promises';
import type { Logger } from 'pino';
import { AudioCopy } from './audio-cache-copy.ts';
import { AudioCacheFolder, type CachedFile } from './audio-cache-folder.ts';
import type { Keep } from './resumable.ts';
import { videoOf } from './sites.ts';
import type { Media, Track } from './source.ts';

export interface AudioCacheOptions {
  readonly folder: string;
  /** So much may lie in the folder, what is just being written included. */
  readonly maxBytes: number;
  readonly log: Logger;
}

/**
 * Whole files of tracks that were heard to their end, least recently used first out. One copy of a track is written at a
 * time. Whatever goes wrong costs a copy and never the music.
 */
export class AudioCache {
  readonly #folder: AudioCacheFolder;
  readonly #maxBytes: number;
  readonly #log: Logger;
  /** By key, longest unused first. */
  readonly #files = new Map<string, CachedFile>();
  readonly #writing = new Set<string>();
  #bytes = 0;
  /** The disk has refused something: nothing more is written until the next start. */
  #full = false;

  private constructor({ folder, maxBytes, log }: AudioCacheOptions) {
    this.#folder = new AudioCacheFolder(folder);
    this.#maxBytes = maxBytes;
    this.#log = log;
  }

  /** Opens the cache with what is in its folder. Never rejects: without a folder nothing is kept. */
  static async open(options: AudioCacheOptions): Promise<AudioCache> {
    const cache = new AudioCache(options);
    const files = await cache.#folder.list().catch((error: unknown) => {
      cache.#switchOff(error);
      return [];
    });
    for (const file of files) cache.#add(file);
    return cache;
  }

  has(track: Track): boolean {
    return this.#files.has(keyOf(track));
  }

  /** The file of a track, checked from its first byte to its last; null when there is none, or it is not what it was. */
  async find(track: Track): Promise<Extract<Media, { kind: 'file' }> | null> {
    const file = this.#files.get(keyOf(track));
    if (!file) return null;
    // The last to be removed from now on.
    this.#files.delete(file.key);
    this.#files.set(file.key, file);
    if (await this.#folder.isWhole(file)) return { kind: 'file', path: this.#folder.pathOf(file), format: file.format };
    if (this.#files.get(file.key) === file) await this.#remove(file);
    this.#log.warn({ bytes: file.bytes }, 'a file of the audio cache is damaged, so it is removed');
    return null;
  }

  /** Removes what is kept of a track, because it did not play. */
  async drop(track: Track): Promise<void> {
    const file = this.#files.get(keyOf(track));
    if (file) await this.#remove(file);
  }

  /** How a track that is read from the web is kept; undefined where it is not. Streams have no end, and files of direct links may change. */
  keep(track: Track, media: Media): Keep | undefined {
    const mayKeep = media.kind === 'http' && !track.live && (track.source === 'youtube' || track.source === 'site');
    return mayKeep ? (totalBytes) => this.#begin(keyOf(track), media.format, totalBytes) : undefined;
  }

  #begin(key: string, format: CachedFile['format'], totalBytes: number): AudioCopy | null {
    if (this.#full || totalBytes === 0 || totalBytes > this.#maxBytes || this.#writing.has(key)) return null;
    this.#writing.add(key);
    const path = this.#folder.partPath();
    return new AudioCopy({
      path,
      totalBytes,
      grew: (bytes) => this.#grow(bytes),
      complete: (checksum) => {
        this.#finish(path, { key, format, bytes: totalBytes, checksum }).catch((error: unknown) =>
          this.#switchOff(error),
        );
      },
      failed: (error) => {
        this.#writing.delete(key);
        if (error) this.#switchOff(error);
      },
    });
  }

  async #finish(path: string, file: CachedFile): Promise<void> {
    this.#grow(-file.bytes);
    const old = this.#files.get(file.key);
    try {
      await rename(path, this.#folder.pathOf(file));
      this.#add(file);
    } finally {
      this.#writing.delete(file.key);
    }
    if (old && this.#folder.pathOf(old) !== this.#folder.pathOf(file))
      await this.#folder.remove(this.#folder.pathOf(old));
  }

  #add(file: CachedFile): void {
    this.#bytes -= this.#files.get(file.key)?.bytes ?? 0;
    this.#files.delete(file.key);
    this.#files.set(file.key, file);
    this.#grow(file.bytes);
  }

  /** Makes room, so that the folder never holds more than it may. */
  #grow(bytes: number): void {
    this.#bytes += bytes;
    for (const file of this.#files.values()) {
      if (this.#bytes <= this.#maxBytes) return;
      void this.#remove(file);
    }
  }

  async #remove(file: CachedFile): Promise<void> {
    this.#files.delete(file.key);
    this.#bytes -= file.bytes;
    await this.#folder.remove(this.#folder.pathOf(file));
  }

  #switchOff(error: unknown): void {
    if (!this.#full) this.#log.warn({ error }, 'the audio cache takes nothing more until the next start');
    this.#full = true;
  }
}

/** By what the site calls it, where that is known. A name of its own, as an address may be as long as it likes. */
function keyOf({ source, identifier }: Track): string {
  const subject = videoOf(identifier) ?? identifier;
  return createHash('sha256').update(`${source} ${subject}`).digest('hex').slice(0, 32);
}
