import { TenutoError } from '../lib/errors.ts';
import { plainText } from '../lib/format.ts';
import type { Query } from './source.ts';

const MAX_WORDS = 500;
/** Signed links of media hosts are often far longer than anything that a person would type. */
const MAX_LINK = 2_000;

// `youtube.com/watch?v=…` as an address bar shows it: a dotted name that ends in letters, and a path. "AC/DC" is not one.
const BARE_LINK = /^[a-z\d-]+(\.[a-z\d-]+)*\.[a-z]{2,}(:\d+)?\/\S*$/i;
// "Artist: song" is words, so only names that people use as schemes count when no `//` follows.
const SCHEME =
  /^(?:([a-z][a-z\d+.-]*):\/\/|(https?|file|data|blob|javascript|vbscript|mailto|about|view-source|concat|pipe):)/i;
const CONTROL = /\p{Cc}/u;

/**
 * Reads what a person typed: a web address, or words to search for. Pure; throws TenutoError('BAD_QUERY') with the reason.
 * Words may begin with anything, also with a dash: they are only ever used behind a search prefix of ours.
 */
export function parseQuery(typed: string): Query {
  const text = typed.trim();
  if (text === '') throw bad('there is nothing in it');
  if (text.length > MAX_LINK) throw bad('it is too long');
  if (CONTROL.test(text)) throw bad('it contains line breaks or control characters');

  // Discord shows no preview for a link in angle brackets, so people paste links that way.
  const bare = /^<(\S+)>$/.exec(text)?.[1] ?? text;
  const scheme = SCHEME.exec(bare);
  if (scheme) return { kind: 'url', url: parseLink(bare, (scheme[1] ?? scheme[2] ?? '').toLowerCase()) };
  if (BARE_LINK.test(bare)) return { kind: 'url', url: parseLink(`https://${bare}`, 'https') };

  const words = plainText(text, MAX_WORDS + 1);
  if (words === '') throw bad('there are no visible letters in it');
  if (text.length > MAX_WORDS) throw bad(`it is longer than ${MAX_WORDS} characters`);
  return { kind: 'words', words };
}

function parseLink(text: string, scheme: string): URL {
  if (scheme !== 'http' && scheme !== 'https') throw bad(`only http and https links can be played, not "${scheme}:"`);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || url.hostname === '') throw bad('that is not a complete web address');
  if (url.username !== '' || url.password !== '') throw bad('a link must not contain a user name or password');
  return url;
}

const bad = (detail: string) => new TenutoError('BAD_QUERY', detail);
