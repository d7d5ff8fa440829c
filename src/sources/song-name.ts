import { plainText } from '../lib/format.ts';
import type { Track } from './source.ts';

/** A song as people who write words down call it. */
export interface SongName {
  readonly title: string;
  readonly artist: string | null;
}

const EXTRA =
  'official|officiel|oficial|offizielles|video|videoclip|audio|lyrics?|visuali[sz]er|m/?v|hd|hq|4k|uhd|explicit|remaster(?:ed)?|mono|stereo|paroles|letra';

/** What a title says beside the song's name, in the order in which it is taken away. */
const BESIDE: readonly RegExp[] = [
  // "(Official Video)", "[HD]", "(2011 Remaster)"; not "(Acoustic)", which is sung otherwise.
  new RegExp(String.raw`\s*[([{](?:[^)\]}]*\b)?(?:${EXTRA})\b[^)\]}]*[)\]}]`, 'giu'),
  // " - 2011 Remaster", " - Official Video"; not " - Video Games", which is a song.
  /\s+[-–—|]\s+(?:(?:19|20)\d\d\s+)?(?:remaster(?:ed)?|official)\b.*$/iu,
  // "(feat. Somebody)", then "ft. Somebody".
  /\s*[([{]\s*(?:ft|feat|featuring)\b[^)\]}]*[)\]}]/giu,
  /\s+(?:ft\.|feat\.?|featuring)\s.*?(?=\s[-–—]\s|$)/iu,
  /\s+[|｜]\s.*$/u,
];
/** What a channel is called beside the artist. */
const CHANNEL = /\s*(?:VEVO|[-–]\s*Topic|\bOfficial(?:\s+Channel)?)$/u;
const BETWEEN = /^(.+?)\s+[-–—]\s+(.+)$/u;
const QUOTES = /^["“”«»„]+|["“”«»„]+$/gu;

/** The names of a song out of what a site or a file calls it: "Ada - Long Note (Official Video)" of "AdaVEVO" is Long Note by Ada. */
export function songOf({ title, artist, source }: Pick<Track, 'title' | 'artist' | 'source'>): SongName {
  const whole = without(BESIDE, plainText(title)) || plainText(title);
  const by = artist === null ? null : plainText(artist).replace(CHANNEL, '') || null;
  const [, before, behind] = BETWEEN.exec(whole) ?? [];
  // Tags tell artist and title apart; a video's title is the whole line, and its channel may be anybody's.
  const told = source === 'library' && by !== null;
  if (told || before === undefined || behind === undefined) return { title: unquoted(whole), artist: by };
  return { title: unquoted(without(BESIDE, behind) || behind), artist: without(BESIDE, before) || before };
}

const without = (what: readonly RegExp[], text: string): string =>
  what.reduce((rest, pattern) => rest.replace(pattern, ''), text).trim();
const unquoted = (text: string): string => text.replaceAll(QUOTES, '').trim() || text;
