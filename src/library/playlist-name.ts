import { TenutoError } from '../lib/errors.ts';
import { plainText } from '../lib/format.ts';

const MOST_CHARACTERS = 50;
/** A character may be made of many units, and Discord takes no choice of more than a hundred. */
const MOST_UNITS = 100;
/** So far it is looked at: what is longer must be refused, and not cut. */
const READ = 2_000;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A name as it is kept: one plain line of 1 to 50 characters as people count them. Throws BAD_NAME. */
export function playlistName(typed: string): string {
  const name = plainText(typed, READ);
  if (name === '') throw new TenutoError('BAD_NAME', 'there are no visible letters in it');
  if (name.length > MOST_UNITS || [...graphemes.segment(name)].length > MOST_CHARACTERS)
    throw new TenutoError('BAD_NAME', `it is longer than ${MOST_CHARACTERS} characters`);
  return name;
}

/** The same for names that people take for the same. */
export const nameKey = (name: string): string => plainText(name.normalize('NFKC'), READ).toLowerCase();
