import { createReadStream } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { TenutoError } from '../lib/errors.ts';
import { plainText } from '../lib/format.ts';
import { within } from '../lib/time.ts';
import { begin, scan, search, titleOf, wordsOf, type LibraryEntry } from './library-index.ts';
import { alike } from './related.ts';
import type { Media, Query, Resolution, Source, Track } from './source.ts';
import { HEAD_BYTES, readHead, sniff } from './sniff.ts';
import { tagsOfFile } from './tags.ts';

/** An index older than this is refreshed before a search; unchanged files are not read again. */
const FRESH_MS = 30_000;
/** A search waits this long for a refresh, and then uses what has been read so far. */
const PATIENCE_MS = 3_000;

/** A track of the library, and whether it has every word that was searched for. */
export interface Found {
  readonly track: Track;
  readonly complete: boolean;
}

/** A folder of music files, found by their tags and names. Identifiers are paths inside the folder and never lead out of it. */
export class LocalLibrary implements Source {
  readonly name = 'library';
  readonly #root: string;
  readonly #now: () => number;
  readonly #entries = new Map<string, LibraryEntry>();
  #refreshedAt = Number.NEGATIVE_INFINITY;
  #refreshing: Promise<void> | null = null;

  constructor(folder: string, now: () => number = Date.now) {
    this.#root = resolve(folder);
    this.#now = now;
  }

  accepts(query: Query): boolean {
    return query.kind === 'words';
  }

  async resolve(query: Query): Promise<Resolution> {
    const [best] = query.kind === 'words' ? await this.search(query.words, 1) : [];
    return best?.complete ? { kind: 'track', track: best.track } : { kind: 'nothing' };
  }

  /** The tracks that share more than half of the words, best first. */
  async search(words: string, limit: number): Promise<Found[]> {
    await this.#refreshed();
    const matches = search(this.#entries.values(), words, limit);
    return matches.map(({ entry, complete }) => ({ track: toTrack(entry), complete }));
  }

  /** Files of which every typed word begins a word, as far as they have been read. */
  beginningWith(text: string, limit: number): readonly Track[] {
    void this.refresh();
    const typed = wordsOf(text);
    if (typed.length === 0) return [];
    return this.#entries
      .values()
      .filter(({ words }) => begin(words, typed))
      .take(limit)
      .map(toTrack)
      .toArray();
  }

  /** The file that `referenceTo` named; also where a folder above it has got another name. */
  async named(reference: string): Promise<Track | null> {
    await this.#refreshed();
    const path = reference.slice(REFERENCE.length);
    if (path === '') return null;
    const entry = this.#entries.get(path) ?? this.#entries.values().find((one) => one.path.endsWith(path));
    return entry ? toTrack(entry) : null;
  }

  async locate(track: Track): Promise<Media> {
    const path = await this.#pathOf(track.identifier);
    const sniffed = sniff(await readHead(createReadStream(path, { end: HEAD_BYTES - 1 })).catch(() => Buffer.alloc(0)));
    if (sniffed === 'empty') throw new TenutoError('TRACK_UNAVAILABLE', 'the file is empty or cannot be read');
    if (sniffed === 'page') throw new TenutoError('NOT_AUDIO');
    return { kind: 'file', path, format: sniffed === 'unknown' ? 'other' : sniffed };
  }

  async related(track: Track): Promise<readonly Track[]> {
    await this.#refreshed();
    return alike(this.#entries.values(), track.identifier).map(toTrack);
  }

  /** False until all of it has been read once. */
  get read(): boolean {
    return this.#refreshedAt > Number.NEGATIVE_INFINITY;
  }

  /** What the tags of a track say of its loudness, in LUFS, or null. Behind a start, the index may not have been read yet. */
  async loudnessOf({ identifier }: Track): Promise<number | null> {
    const tags = this.#entries.get(identifier)?.tags ?? (await tagsOfFile(await this.#pathOf(identifier)));
    return tags.lufs;
  }

  /** Brings the index up to date when it is not fresh. Never rejects; calls at the same time share the work. */
  refresh(): Promise<void> {
    if (this.#refreshing) return this.#refreshing;
    if (this.#now() - this.#refreshedAt < FRESH_MS) return Promise.resolve();
    this.#refreshing = this.#scan().finally(() => {
      this.#refreshing = null;
      this.#refreshedAt = this.#now();
    });
    return this.#refreshing;
  }

  async #refreshed(): Promise<void> {
    await within(PATIENCE_MS, this.refresh(), () => new Error('still reading')).catch(() => undefined);
  }

  async #scan(): Promise<void> {
    const seen = await scan(this.#root, this.#entries, (entry) => this.#entries.set(entry.path, entry));
    for (const path of this.#entries.keys()) if (!seen.has(path)) this.#entries.delete(path);
  }

  /** Identifiers come out of stored queues, so they are not trusted: the real path must be what the identifier says, link by link. */
  async #pathOf(identifier: string): Promise<string> {
    const gone = () => new TenutoError('TRACK_UNAVAILABLE', 'the file is not in the library any more');
    const names = identifier.split('/');
    if (names.some((name) => name === '' || name === '.' || name === '..' || /[\\\0]/.test(name))) throw gone();
    const root = await realpath(this.#root).catch(() => null);
    if (root === null) throw gone();
    const path = join(root, ...names);
    if ((await realpath(path).catch(() => null)) !== path) throw gone();
    return path;
  }
}

/** Nobody types this. */
const REFERENCE = 'library:/';

/** Whether a text is one that `referenceTo` made. */
export const isReference = (text: string): boolean => text.startsWith(REFERENCE);

/** A file of the library in at most 100 characters: its path, or the end of it, which leads to it as well. */
export const referenceTo = ({ identifier }: Track): string =>
  REFERENCE + identifier.slice(REFERENCE.length - 100).replace(/^[\uDC00-\uDFFF]/, '');

function toTrack({ path, tags }: LibraryEntry): Track {
  return {
    source: 'library',
    identifier: path,
    title: tags.title ?? plainText(titleOf(path)),
    artist: tags.artist,
    link: null,
    thumbnail: null,
    durationMs: tags.durationMs,
    live: false,
  };
}
