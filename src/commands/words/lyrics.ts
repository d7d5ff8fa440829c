import { safeText } from '../../lib/format.ts';
import type { FoundLyrics } from '../../sources/lyrics.ts';

/** All embeds of a message together have 6000 characters: https://discord.com/developers/docs/resources/message#embed-object-embed-limits */
const PAGE_LENGTH = 3_500;
const LINE_LENGTH = 200;
const SUNG_LENGTH = 80;
const BEFORE = 2;
const BEHIND = 4;
const NO_WORDS = '♪';

/** Lyrics as pages of an embed, made safe. */
export function lyricsPages(lines: readonly string[]): readonly string[] {
  const pages: string[] = [];
  let page = '';
  for (const line of lines.map((one) => safeText(one, LINE_LENGTH))) {
    if (page.length + line.length + 1 > PAGE_LENGTH) {
      pages.push(page.trimEnd());
      page = '';
    }
    // A page begins with words.
    if (page !== '' || line !== '') page += `${line}\n`;
  }
  if (page.trimEnd() !== '' || pages.length === 0) pages.push(page.trimEnd());
  return pages;
}

/** The line that is sung at a place of the track, marked, with a few around it. */
export function sungAt(timed: NonNullable<FoundLyrics['timed']>, positionMs: number): string {
  const now = timed.findLastIndex(({ atMs }) => atMs <= positionMs);
  const first = Math.max(0, now - BEFORE);
  return timed
    .slice(first, Math.max(now, 0) + BEHIND + 1)
    .map(({ text }, index) => {
      const line = safeText(text, SUNG_LENGTH) || NO_WORDS;
      return first + index === now ? `**▶ ${line}**` : line;
    })
    .join('\n');
}
