import { unescape } from 'node:querystring';

const SECRET_KEYS = 'token|secret_key|session_id|authorization|cookies?|set-cookie|args|argv|spawnargs|cmd';
const TEXT = String.raw`"(?:[^"\\]|\\.)*"`;
const ESCAPED_TEXT = String.raw`\\"(?:[^"\\]|\\[^"])*\\"`;

/** What never reaches a log, one row each, applied to the finished JSON line: nothing gets around it, and the line stays JSON. */
const ROWS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // Values of secret keys; and the same inside JSON that became text, as the libraries' debug lines have it.
  [new RegExp(String.raw`("(?:${SECRET_KEYS})":)(?:${TEXT}|\[(?:${TEXT}|[^\]"])*\])`, 'gi'), '$1"[redacted]"'],
  [new RegExp(String.raw`(\\"(?:${SECRET_KEYS})\\":\s*)(?:${ESCAPED_TEXT}|\[[^\]"]*\])`, 'gi'), '$1\\"[redacted]\\"'],
  // Anything shaped like a bot's token, and the value of an authorization header.
  [/\b[\w-]{20,100}\.[\w-]{4,20}\.[\w-]{20,100}/g, '[redacted]'],
  [/\b(Bot|Bearer|Basic) [\w+/=.-]{16,}/g, '$1 [redacted]'],
  // Cookies as headers have them, and as a line of a cookie file: domain, flag, path, flag, time, name, value.
  [/\b((?:set-)?cookie: *)[^"\\]+/gi, '$1[redacted]'],
  [/((?:\t|\\t)(?:TRUE|FALSE)(?:\t|\\t)\d+(?:\t|\\t)[^\s\\"]*(?:\t|\\t))[^\s\\"]+/g, '$1[redacted]'],
  // Interaction and webhook tokens are part of a path.
  [/(\/(?:webhooks|interactions)\/\d+\/)[^\s"'\\/?]+/g, '$1[redacted]'],
  // Signed media URLs carry the host's address and a key in the query; proxies and databases carry a password, which may have an @ of its own.
  [/:\/\/[^\s"'\\/]+@/g, '://[redacted]@'],
  [/(:\/\/[^\s"'\\?#]*)[?#][^\s"'\\]*/g, '$1?[redacted]'],
  // Errors of child processes repeat the whole command line.
  [/(spawned as:(?:\\[rn]|\s)*`).*?`(?=\\)/g, '$1[redacted]`'],
  [/(Command failed: )(?:[^"\\]|\\[^n])*/g, '$1[redacted]'],
];

/** Shorter words also stand where they mean something else; those are found by what they look like. */
const SHORTEST_SECRET = 8;
/** Of an address, a part this long is a key and no name. */
const SHORTEST_KEY = 16;

/** A line for people or a log, without secrets. */
export type Scrub = (line: string) => string;

/** Takes out what looks like a secret. */
export const scrub: Scrub = (line) =>
  ROWS.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line);

/** Takes out what looks like a secret, and what of these settings is one, wherever and in whichever spelling it stands. */
export function scrubOf(settings: readonly string[]): Scrub {
  const spellings = settings.flatMap(secretsIn).flatMap((secret) => {
    const bytes = Buffer.from(secret);
    return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), bytes.toString('base64')];
  });
  return (line) => scrub(spellings.reduce((text, spelling) => text.replaceAll(spelling, '[redacted]'), line));
}

/** Of an address its password and what is a key in its path or query, else the whole and the last part of a token. */
function secretsIn(setting: string): string[] {
  const url = URL.parse(setting);
  const web = url?.protocol.startsWith('http') ? [...url.pathname.split('/'), ...url.searchParams.values()] : [];
  const parts = url
    ? [url.password, unescape(url.password), ...web.filter(({ length }) => length >= SHORTEST_KEY)]
    : [setting, setting.split('.').at(-1) ?? ''];
  return parts.filter(({ length }) => length >= SHORTEST_SECRET);
}
