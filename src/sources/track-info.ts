import { TenutoError } from '../lib/errors.ts';
import { moment, plainText } from '../lib/format.ts';
import { webAddress } from '../lib/web-address.ts';
import type { Chapter, SourceName, Track } from './source.ts';
import type { Info } from './yt-dlp-info.ts';

/** More than anybody reads, and few enough for a queue of thousands. */
const MOST_CHAPTERS = 100;
const LONGEST_TITLE = 100;

/** What yt-dlp found at `page`, as a track. All that people will read is one plain line each. */
export function trackOf(info: Info, source: SourceName, page: URL): Track {
  const line = (value: string | null | undefined) => (value ? plainText(value) : '') || null;
  const thumbnail = linkIn(info.thumbnail ?? info.thumbnails?.at(-1)?.url);
  const live = info.is_live === true || info.live_status === 'is_live';
  const chapters = chaptersOf(info);
  return {
    source,
    identifier: page.href,
    title: line(info.title) ?? line(info.id) ?? page.hostname,
    artist: line(info.artist) ?? line(info.channel)?.replace(/ - Topic$/, '') ?? line(info.uploader),
    link: page.href,
    thumbnail: thumbnail?.href ?? null,
    durationMs: !live && info.duration && info.duration > 0 ? Math.round(info.duration * 1_000) : null,
    live,
    ...(chapters.length > 0 && { chapters }),
  };
}

function chaptersOf({ chapters }: Info): readonly Chapter[] {
  return (chapters ?? []).slice(0, MOST_CHAPTERS).map(({ title, start_time: start }, index) => ({
    title: plainText(title ?? '', LONGEST_TITLE) || `Chapter ${index + 1}`,
    startMs: Math.round(start * 1_000),
  }));
}

/** Throws TRACK_NOT_YET for what is announced: a premiere, or a stream that has not begun. */
export function assertBegun({ live_status: status, release_timestamp: at }: Info): void {
  if (status === 'is_upcoming') throw notYet(at ? at * 1_000 : null);
}

/** `startsAt`: milliseconds since 1970; null when nobody knows. */
function notYet(startsAt: number | null): TenutoError {
  if (startsAt === null) return new TenutoError('TRACK_NOT_YET', 'it has not started');
  return new TenutoError('TRACK_NOT_YET', startsWhen(startsAt), { retryAt: startsAt });
}

/** For the sentence of TRACK_NOT_YET; milliseconds since 1970. */
export const startsWhen = (startsAt: number): string => `it starts ${moment(startsAt)}`;

/** A link that yt-dlp returns. It hides notes to itself in fragments, which mean nothing to anybody else. */
export function linkIn(text: string | null | undefined): URL | null {
  const url = webAddress(text);
  if (url) url.hash = url.hash.replace(/#__youtubedl_smuggle=.*$/, '');
  return url;
}
