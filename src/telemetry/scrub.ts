const SECRET_KEYS = 'token|secret_key|session_id|authorization|args|argv|spawnargs|cmd';
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
  // Interaction and webhook tokens are part of a path.
  [/(\/(?:webhooks|interactions)\/\d+\/)[^\s"'\\/?]+/g, '$1[redacted]'],
  // Signed media URLs carry the host's address and a key in the query; proxies and databases carry a password, which may have an @ of its own.
  [/:\/\/[^\s"'\\/]+@/g, '://[redacted]@'],
  [/(:\/\/[^\s"'\\?#]*)[?#][^\s"'\\]*/g, '$1?[redacted]'],
  // Errors of child processes repeat the whole command line.
  [/(spawned as:(?:\\[rn]|\s)*`).*?`(?=\\)/g, '$1[redacted]`'],
  [/(Command failed: )(?:[^"\\]|\\[^n])*/g, '$1[redacted]'],
];

/** A log line without secrets. */
export function scrub(line: string): string {
  return ROWS.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line);
}
