import { TenutoError } from '../lib/errors.ts';
import { safeText } from '../lib/format.ts';
import { inChunks, resumed } from './chunks.ts';
import type { HttpClient } from './http-client.ts';
import { readerOf, SHARED_SERVICES, SHORT_HOSTS, type SharedService } from './shared-services.ts';
import type { SongName } from './song-name.ts';
import type { PlaylistChunk, Resolution, Track } from './source.ts';

export interface SharedLinksParts {
  readonly http: HttpClient;
  /** Tracks that are looked for because of one link, at most. */
  readonly limit: number;
  /** Finds what is to play at once. */
  readonly find: (words: string, signal: AbortSignal, userId?: string) => Promise<Resolution>;
  /** Finds, at less cost, what comes later: nearest first. */
  readonly list: (words: string, signal: AbortSignal) => Promise<readonly Track[]>;
}

const GATHER_MS = 300;

/** Links of services that let nobody else play: what they are about is read from public pages, and looked for elsewhere. */
export class SharedLinks {
  readonly #parts: SharedLinksParts;

  constructor(parts: SharedLinksParts) {
    this.#parts = parts;
  }

  /** Null for a link of nobody here. Throws SHARED_UNREAD, LIST_UNTOLD, SEARCH_NOT_ALLOWED, and what a search throws. */
  async resolve(link: URL, signal: AbortSignal, userId?: string): Promise<Resolution | null> {
    const reader = readerOf(this.#parts.http, signal);
    const short = SHORT_HOSTS.has(link.hostname);
    const url = short ? ((await reader.page(link))?.url ?? link) : link;
    const service = serviceOf(url);
    if (service === null) {
      if (short) throw new TenutoError('SHARED_UNREAD', link.hostname);
      return null;
    }
    const shared = await service.read(url, reader);
    if (shared?.kind === 'song' && shared.song.title !== '') return await this.#find(shared.song, signal, userId);
    if (shared?.kind !== 'list') throw new TenutoError('SHARED_UNREAD', service.name);
    const songs = shared.songs.filter(({ title, artist }) => title !== '' && artist !== null);
    if (songs.length === 0) throw new TenutoError('LIST_UNTOLD', service.name);
    return await this.#findAll(shared.title || service.name, songs, signal, userId);
  }

  async #find(song: SongName, signal: AbortSignal, userId?: string): Promise<Resolution> {
    return await this.#parts.find(wordsOf(song), signal, userId).catch((error: unknown) => {
      throw refused(error, song);
    });
  }

  /** The first song is found before this resolves, the others one after the other while it plays. */
  async #findAll(title: string, songs: readonly SongName[], signal: AbortSignal, userId?: string): Promise<Resolution> {
    const { limit, list } = this.#parts;
    const [first, ...others] = songs;
    const chunks = inChunks<Track | null>(async (took, life) => {
      const alive = AbortSignal.any([signal, life]);
      const found = first ? await this.#find(first, alive, userId) : null;
      took(found?.kind === 'track' ? found.track : null);
      for (const song of others.slice(0, limit - 1)) took((await list(wordsOf(song), alive))[0] ?? null);
      if (songs.length > limit) throw new TenutoError('PLAYLIST_LIMIT', String(limit));
    }, GATHER_MS);
    const { value: begun } = await chunks.next();
    if (!begun) return { kind: 'nothing' };
    return { kind: 'playlist', title, chunks: resumed(begun, chunks, chunkOf) };
  }
}

function serviceOf({ hostname, pathname }: URL): SharedService | null {
  const host = hostname === 'deezer.com' ? 'www.deezer.com' : hostname;
  return SHARED_SERVICES.find((service) => service.host === host && service.path.test(pathname)) ?? null;
}

function chunkOf(found: readonly (Track | null)[]): PlaylistChunk {
  const tracks = found.filter((track) => track !== null);
  return { tracks, unplayable: found.length - tracks.length };
}

const wordsOf = ({ title, artist }: SongName): string => (artist === null ? title : `${artist} ${title}`);

/** That a search is not allowed says nothing about the link, which is of a site that nobody needs to allow. */
function refused(error: unknown, { title, artist }: SongName): unknown {
  if (!(error instanceof TenutoError) || error.code !== 'SITE_NOT_ALLOWED') return error;
  const by = artist === null ? '' : ` by ${safeText(artist, 60)}`;
  return new TenutoError('SEARCH_NOT_ALLOWED', `**${safeText(title)}**${by}`, { cause: error });
}
