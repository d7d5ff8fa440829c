import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import type { MediaFormat } from './source.ts';

const NAME = /^([\da-f]{32})\.(webm-opus|ogg-opus|other)\.(\d{1,15})\.([\da-f]{8})$/;
const READ_BYTES = 1024 * 1024;

/** A whole file of the cache. Its name says all of this, so that nothing else must be kept of it. */
export interface CachedFile {
  readonly key: string;
  readonly format: MediaFormat;
  readonly bytes: number;
  /** CRC-32. */
  readonly checksum: number;
}

/** The folder of the audio cache, by which a restart knows what is there. */
export class AudioCacheFolder {
  readonly #path: string;

  constructor(path: string) {
    this.#path = resolve(path);
  }

  pathOf({ key, format, bytes, checksum }: CachedFile): string {
    return join(this.#path, `${key}.${format}.${bytes}.${checksum.toString(16).padStart(8, '0')}`);
  }

  /** A new name for what is not whole yet. */
  partPath(): string {
    return join(this.#path, `${crypto.randomUUID()}.part`);
  }

  /** What is there, longest unused first. What is not whole is removed, as is what was left by a process that died. */
  async list(): Promise<CachedFile[]> {
    await mkdir(this.#path, { recursive: true, mode: 0o700 });
    const found: { readonly file: CachedFile; readonly usedAt: number }[] = [];
    for (const name of await readdir(this.#path)) {
      const path = join(this.#path, name);
      const { size, mtimeMs } = await stat(path);
      const file = fileOf(name);
      if (file?.bytes === size) found.push({ file, usedAt: mtimeMs });
      else if (file || name.endsWith('.part')) await rm(path, { force: true });
    }
    return found.toSorted((one, other) => one.usedAt - other.usedAt).map(({ file }) => file);
  }

  /** Whether the file still is what was written. Notes that it was used. */
  async isWhole(file: CachedFile): Promise<boolean> {
    const path = this.pathOf(file);
    let [bytes, checksum] = [0, 0];
    try {
      for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES }) as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        checksum = crc32(chunk, checksum);
      }
      await utimes(path, new Date(), new Date());
    } catch {
      // What cannot be read is not there, and an unknown time of use does no harm to what was read.
    }
    return bytes === file.bytes && checksum === file.checksum;
  }

  /** Removes a file. Never rejects: what stays is found by the next start. */
  async remove(path: string): Promise<void> {
    await rm(path, { force: true }).catch(() => undefined);
  }
}

function fileOf(name: string): CachedFile | null {
  const [, key, format, bytes, checksum] = NAME.exec(name) ?? [];
  if (key === undefined || checksum === undefined) return null;
  return { key, format: format as MediaFormat, bytes: Number(bytes), checksum: parseInt(checksum, 16) };
}
