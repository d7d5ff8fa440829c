import { z } from 'zod';
import type { HttpClient } from './http-client.ts';
import { line, linkedMusic, metaOf, MOST_SONGS, type Shared } from './shared-pages.ts';
import { jsonAt, textAt, type SmallAnswer, type SmallRequest } from './small-answer.ts';
import type { SongName } from './song-name.ts';

/** How to ask: null where there is nothing. */
export interface Reader {
  page(url: URL): Promise<SmallAnswer | null>;
  json<T>(url: URL, shape: z.ZodType<T>): Promise<T | null>;
}

/** A streaming service of which nothing can be played, and whose public pages name what they are about. */
export interface SharedService {
  readonly name: string;
  readonly host: string;
  /** Of a link that can be read: its groups say what kind it is and which one. */
  readonly path: RegExp;
  /** Null where the page does not say. */
  read(url: URL, reader: Reader): Promise<Shared | null>;
}

const MAX_PAGE_BYTES = 4 * 1024 * 1024;
const MAX_JSON_BYTES = 2 * 1024 * 1024;

/** Reads by the guarded client. */
export function readerOf(http: HttpClient, signal: AbortSignal): Reader {
  const within = (maxBytes: number): SmallRequest => ({ maxBytes, signal });
  return {
    page: (url) => textAt(http, url, within(MAX_PAGE_BYTES)),
    json: (url, shape) => jsonAt(http, url, shape, within(MAX_JSON_BYTES)),
  };
}

const titled = z.object({ title: z.string() });
const credited = titled.extend({ artist: z.object({ name: z.string() }) });
const tracklist = titled.extend({ tracks: z.object({ data: z.array(z.unknown()) }) });
const songNamed = (title: string, artist: string): SongName => ({ title: line(title), artist: line(artist) || null });

/** The same path of a service on another of its names, and by the same way in. */
function beside(url: URL, hostname: string, path: string): URL {
  const other = new URL(path, url);
  other.hostname = hostname;
  return other;
}

const spotify: SharedService = {
  name: 'Spotify',
  host: 'open.spotify.com',
  path: /^\/(?:intl-[a-z-]{2,8}\/)?(track|album|playlist)\/(\w{10,40})\/?$/,
  async read(url, reader) {
    const [, kind, id = ''] = this.path.exec(url.pathname) ?? [];
    const page = await reader.page(beside(url, url.hostname, `/${kind}/${id}`));
    const meta = metaOf(page?.text ?? '');
    const title = meta.get('og:title') ?? '';
    // The tags of a list name its songs by their addresses only.
    if (kind !== 'track') return page && { kind: 'list', title, songs: [] };
    const artist = meta.get('music:musician_description') ?? meta.get('og:description')?.split(' · ')[0] ?? '';
    if (title !== '') return { kind: 'song', song: songNamed(title, artist) };
    // https://developer.spotify.com/documentation/embeds/reference/oembed: the title, and nobody's name.
    const about = beside(url, url.hostname, '/oembed');
    about.searchParams.set('url', `https://open.spotify.com/track/${id}`);
    const told = await reader.json(about, titled);
    return told && { kind: 'song', song: songNamed(told.title, '') };
  },
};

const appleMusic: SharedService = {
  name: 'Apple Music',
  host: 'music.apple.com',
  path: /^\/(?:[a-z]{2}\/)?(song|album|playlist)\/(?:[^/]+\/)?((?:pl\.)?[\w.-]{5,60})\/?$/,
  async read(url, reader) {
    const [, kind] = this.path.exec(url.pathname) ?? [];
    const track = kind === 'album' ? url.searchParams.get('i') : null;
    const page = await reader.page(url);
    if (page === null) return null;
    const linked = linkedMusic(page.text, track);
    if (linked !== null) return linked;
    const [, title = '', artist = ''] =
      /^(.+) by (.+) on Apple Music$/.exec(metaOf(page.text).get('og:title') ?? '') ?? [];
    if (title === '') return null;
    return kind === 'song' || track !== null
      ? { kind: 'song', song: songNamed(title, artist) }
      : { kind: 'list', title, songs: [] };
  },
};

const deezer: SharedService = {
  name: 'Deezer',
  host: 'www.deezer.com',
  path: /^\/(?:[a-z]{2}\/)?(track|album|playlist)\/(\d{1,20})\/?$/,
  /** https://developers.deezer.com/api: no key for what is public. What there is not is an answer of 200 with an error in it. */
  async read(url, reader) {
    const [, kind, id] = this.path.exec(url.pathname) ?? [];
    const about = beside(url, 'api.deezer.com', `/${kind}/${id}`);
    const unknown = z.object({ error: z.unknown() }).transform(() => null);
    if (kind === 'track') {
      const told = await reader.json(about, credited.or(unknown));
      return told && { kind: 'song', song: songNamed(told.title, told.artist.name) };
    }
    const told = await reader.json(about, tracklist.or(unknown));
    if (told === null) return null;
    const tracks = told.tracks.data.slice(0, MOST_SONGS).flatMap((one) => credited.safeParse(one).data ?? []);
    return { kind: 'list', title: line(told.title), songs: tracks.map((one) => songNamed(one.title, one.artist.name)) };
  },
};

/** The services whose links are understood, a row each. */
export const SHARED_SERVICES: readonly SharedService[] = [spotify, appleMusic, deezer];

/** Names that only lead on to one of these. */
export const SHORT_HOSTS: ReadonlySet<string> = new Set(['spotify.link', 'link.deezer.com', 'deezer.page.link']);
