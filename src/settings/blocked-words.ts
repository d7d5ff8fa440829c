/** Scripts that put no space between their words: a word is found in the middle of a text too. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

/** What people compare words by: case, width and what is invisible count for nothing; one space between. */
function folded(text: string): string {
  const plain = text
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .toLowerCase();
  return plain
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter(Boolean)
    .join(' ');
}

/** The first of the blocked words that stands in the text as a word of its own (`ass` is not in `bass`), or null. */
export function blockedIn(text: string, words: readonly string[]): string | null {
  if (words.length === 0) return null;
  const spaced = ` ${folded(text)} `;
  const found = words.find((word) => {
    const wanted = folded(word);
    return wanted !== '' && spaced.includes(UNSPACED.test(wanted) ? wanted : ` ${wanted} `);
  });
  return found ?? null;
}

/** A word as it is kept: what is compared of it. Empty where nothing of it can be. */
export const blockable = (typed: string): string => folded(typed);
