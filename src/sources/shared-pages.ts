import { z } from 'zod';
import { plainText } from '../lib/format.ts';
import { parsed } from './small-answer.ts';
import type { SongName } from './song-name.ts';

/** What a link of a streaming service is about; a list with the songs that its page names. */
export type Shared =
  | { readonly kind: 'song'; readonly song: SongName }
  | { readonly kind: 'list'; readonly title: string; readonly songs: readonly SongName[] };

const MOST_TAGS = 300;
const LONGEST_TAG = 4_000;
export const MOST_SONGS = 500;

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** The `<meta>` tags of a page by their property or name, the first of each. Nothing of it is to be trusted. */
export function metaOf(html: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, tag] of tags(html, '<meta', '>')) {
    const attribute = (name: string) => {
      const [, double, single] = new RegExp(String.raw`\s${name}\s*=\s*(?:"([^"]*)"|'([^']*)')`, 'i').exec(tag) ?? [];
      return double ?? single;
    };
    const name = attribute('property') ?? attribute('name');
    const content = attribute('content');
    if (name !== undefined && content !== undefined && !found.has(name)) found.set(name, line(decoded(content)));
  }
  return found;
}

const named = z.object({ name: z.string() });
const artists = z.union([named.transform((one) => [one]), z.array(named)]);
const recording = z.object({
  name: z.string(),
  byArtist: artists.optional().catch(undefined),
  url: z.string().optional(),
});
const linked = recording.extend({
  '@type': z.enum(['MusicRecording', 'MusicComposition', 'MusicAlbum', 'MusicPlaylist']),
  audio: recording.optional().catch(undefined),
  tracks: z.array(z.unknown()).optional().catch(undefined),
  track: z.array(z.unknown()).optional().catch(undefined),
});
type Recording = z.infer<typeof recording>;

/**
 * What the JSON-LD of a page says (https://schema.org/MusicRecording), or null. `id`: which track of the album is meant, as
 * the end of its address.
 */
export function linkedMusic(html: string, id: string | null): Shared | null {
  for (const [open, json] of tags(html, '<script', '</script>')) {
    if (!open.includes('application/ld+json')) continue;
    const { data } = linked.safeParse(parsed(json));
    if (data === undefined) continue;
    if (data['@type'] === 'MusicRecording' || data['@type'] === 'MusicComposition') {
      return { kind: 'song', song: song(data.audio ?? data, data.byArtist) };
    }
    const tracks = (data.tracks ?? data.track ?? []).slice(0, MOST_SONGS);
    const all = tracks.flatMap((one) => recording.safeParse(one).data ?? []);
    const meant = id === null ? undefined : all.find(({ url }) => url?.endsWith(`/${id}`) || url?.endsWith(`i=${id}`));
    if (meant) return { kind: 'song', song: song(meant, data.byArtist) };
    if (id === null) return { kind: 'list', title: line(data.name), songs: all.map((one) => song(one, data.byArtist)) };
  }
  return null;
}

/** A name that a stranger wrote, as one plain line. */
export const line = (text: string): string => plainText(text, 150);

function song({ name, byArtist }: Recording, others: Recording['byArtist']): SongName {
  const artist = line((byArtist ?? others ?? []).map((one) => one.name).join(' '));
  return { title: line(name), artist: artist || null };
}

/** The opening tag and what follows it up to `end`, one after the other, however the page is broken. */
function* tags(html: string, begin: string, end: string): Generator<readonly [open: string, inner: string]> {
  let at = 0;
  for (let count = 0; count < MOST_TAGS; count += 1) {
    const from = html.indexOf(begin, at);
    const to = from === -1 ? -1 : html.indexOf(end, from);
    if (to === -1) return;
    const inside = html.slice(from + begin.length, to);
    const opened = end === '>' ? 0 : inside.indexOf('>');
    yield end === '>' ? ['', inside.slice(0, LONGEST_TAG)] : [inside.slice(0, opened), inside.slice(opened + 1)];
    at = to + end.length;
  }
}

function decoded(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal, hex, name) => {
    const code = decimal ? Number(decimal) : parseInt(hex ?? '', 16);
    if (name) return ENTITIES[String(name).toLowerCase()] ?? whole;
    return code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}
