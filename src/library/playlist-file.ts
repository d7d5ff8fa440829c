import { z } from 'zod';
import { TenutoError } from '../lib/errors.ts';
import { plainText } from '../lib/format.ts';
import { webAddress } from '../lib/web-address.ts';
import { trackRecord } from '../queue/queue-records.ts';
import type { Track } from '../sources/source.ts';

const FORMAT = 'tenuto-playlist';
/** Of one track; signed links of media hosts are long. */
const LONGEST_ADDRESS = 2_000;
const MOST_CHAPTERS = 100;

const file = z.object({
  format: z.literal(FORMAT),
  version: z.literal(1),
  name: z.string(),
  tracks: z.array(z.unknown()),
});

/** A playlist in a file: its name and its tracks, as far as they could be read. */
export interface PlaylistFile {
  readonly name: string;
  readonly tracks: readonly Track[];
  /** How many entries were none that we know. */
  readonly unread: number;
}

/** What such a file says. */
export function writePlaylist(name: string, tracks: readonly Track[]): string {
  return `${JSON.stringify({ format: FORMAT, version: 1, name, tracks }, null, 2)}\n`;
}

/**
 * What a file says that anybody may have written: every text one plain line, addresses of the web where there must be such.
 * Whether an address may be opened is asked when it is played. Throws BAD_FILE.
 */
export function readPlaylist(text: string): PlaylistFile {
  const record = file.safeParse(parse(text)).data;
  if (record === undefined) throw new TenutoError('BAD_FILE', 'it is no playlist that I have exported');
  const tracks = record.tracks.map(readTrack).filter((track) => track !== null);
  if (tracks.length === 0) throw new TenutoError('BAD_FILE', 'there is no track in it');
  return { name: record.name, tracks, unread: record.tracks.length - tracks.length };
}

/** Only the fields that we know, since what is in others was made up by whoever wrote the file. */
function readTrack(value: unknown): Track | null {
  const found = trackRecord.safeParse(value).data;
  if (found === undefined || !isIdentifier(found)) return null;
  const { source, identifier, title, artist, link, thumbnail, durationMs, live, chapters } = found;
  return {
    source,
    identifier,
    title: plainText(title),
    artist: artist === null ? null : plainText(artist) || null,
    link: addressIn(link),
    thumbnail: addressIn(thumbnail),
    durationMs: durationMs !== null && durationMs > 0 ? durationMs : null,
    live,
    ...(chapters && { chapters: chapters.slice(0, MOST_CHAPTERS).map(readChapter) }),
  };
}

const readChapter = ({ title, startMs }: { readonly title: string; readonly startMs: number }) => ({
  title: plainText(title, 100),
  startMs: Math.max(0, startMs),
});

/** Of the library it is a path, which the library checks; of everything else an address that a person could have typed. */
function isIdentifier({ source, identifier }: Pick<Track, 'source' | 'identifier'>): boolean {
  if (identifier === '' || identifier.length > LONGEST_ADDRESS) return false;
  return source === 'library' || addressIn(identifier) !== null;
}

function addressIn(text: string | null): string | null {
  const url = text !== null && text.length <= LONGEST_ADDRESS ? webAddress(text) : null;
  return url !== null && url.username === '' && url.password === '' ? text : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
