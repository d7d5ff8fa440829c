const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Milliseconds as a person writes a length: `3:07`, `1:02:03`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const two = (value: number) => String(value).padStart(2, '0');
  const rest = `${two(Math.floor(seconds / MINUTE) % MINUTE)}:${two(seconds % MINUTE)}`;
  return seconds >= HOUR ? `${Math.floor(seconds / HOUR)}:${rest}` : rest.replace(/^0(?=\d:)/, '');
}

/** Milliseconds as a person says how long something took: `0.4 s`, `12 s`, `3:07 min`. */
export function formatSpan(ms: number): string {
  if (ms >= MINUTE * 1_000) return `${formatDuration(ms)} ${ms >= HOUR * 1_000 ? 'h' : 'min'}`;
  return `${(ms / 1_000).toFixed(ms < 9_950 ? 1 : 0)} s`;
}

/**
 * Milliseconds since 1970 as a moment that Discord shows in the reader's own words, such as "2 minutes ago". Whole seconds
 * are all it knows: what is to come is rounded up, so that it is not over when the clients say so, and the past down.
 */
export function moment(at: number, now = Date.now()): string {
  return `<t:${at > now ? Math.ceil(at / 1_000) : Math.floor(at / 1_000)}:R>`;
}

// Explicit controls, direction overrides and zero-width characters let a title lie about what it says.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu;
// The slash behind a domain, because clients make a card of `discord.gg/…` also where no scheme makes a link of it.
const MARKDOWN = /[\\*_~`|>[\]()#<@:-]|(?<=\.[a-z]{2,})\//gi;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Text as one line without control, direction and zero-width characters, at most `limit` UTF-16 units, never cut inside a character. */
export function plainText(text: string, limit = 200): string {
  const spaced = text
    .slice(0, limit * 20)
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(/\s/gu, ' ');
  const line = spaced.replaceAll(INVISIBLE, '').replaceAll(/ +/g, ' ').trim();
  if (line.length <= limit) return line;
  let kept = '';
  for (const { segment } of graphemes.segment(line.slice(0, limit))) {
    if (kept.length + segment.length >= limit) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Foreign text made safe inside a Discord message: one plain line, Markdown, mentions and links without effect. */
export function safeText(text: string, limit = 100): string {
  return plainText(text, limit).replaceAll(MARKDOWN, String.raw`\$&`);
}
