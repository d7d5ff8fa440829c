/** A line of a song, and when it begins to be sung. */
export interface TimedLine {
  readonly atMs: number;
  readonly text: string;
}

const MOST = 1_000;
const LONGEST = 500_000;
const STAMPS = /^((?:\s*\[\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?\])+)(.*)$/;
const STAMP = /\[(\d{1,3}):(\d{1,2})(?:[.:](\d{1,3}))?\]/g;
/** Of single words, which some files have. */
const WORD_STAMP = /<\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?>\s?/g;
/** Positive: everything comes sooner. */
const OFFSET = /^\s*\[offset:\s*([+-]?\d{1,6})\s*\]/m;

/** Reads the LRC format: `[01:02.34]words`, also with several times before a line that returns. In the order of time. */
export function timedLines(lrc: string): readonly TimedLine[] {
  const text = lrc.slice(0, LONGEST);
  const soonerMs = Number(OFFSET.exec(text)?.[1] ?? 0);
  const lines = text.split(/\r?\n/).flatMap((line) => {
    const [, stamps = '', words = ''] = STAMPS.exec(line) ?? [];
    const sung = words.replaceAll(WORD_STAMP, '').trim();
    return [...stamps.matchAll(STAMP)].map(([, minutes, seconds, rest = '']) => ({
      atMs: Math.max(0, (Number(minutes) * 60 + Number(seconds)) * 1_000 + Number(rest.padEnd(3, '0')) - soonerMs),
      text: sung,
    }));
  });
  return lines.toSorted((one, other) => one.atMs - other.atMs).slice(0, MOST);
}
