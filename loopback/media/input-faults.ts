/** What comes instead of the file. */
export type Instead =
  | { readonly kind: 'status'; readonly status: number }
  /** Busy for so long after the first request, and as long again after each one that comes too early. */
  | { readonly kind: 'busy'; readonly status: number; readonly seconds: number }
  /** A redirect: to what is `internal`, to `itself` without end, to a `file:`, or to the same file with the fault of this name. */
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'page' | 'empty' | 'endless' | 'nothing' | 'silence' };

/** How a bad host serves a good file. What is not named is done well. */
export interface Manner {
  /**
   * `ignored`: always the whole. `windows`: never more than 64 KB. `from the start`: a part that says that it begins at 0.
   * `unlabelled`: without a word of where it begins. The others begin too late: saying so, or not.
   */
  readonly ranges?: 'ignored' | 'windows' | 'from the start' | 'unlabelled' | 'shifted' | 'shifted in secret';
  /** `chunked`: without Content-Length, so that only Content-Range tells it. */
  readonly length?: 'chunked' | 'unknown' | 'too long' | 'too short';
  /** The file lost its last quarter, before anything was said of it. */
  readonly cut?: true;
  /** Packed, although nobody asked for that. */
  readonly encoding?: 'gzip';
  /** `none` of ETag and Last-Modified; or an ETag that is weak. */
  readonly validators?: 'none' | 'weak';
  /** The content type it claims. */
  readonly type?: string;
  /** What happens to a connection after so many bytes; to the first `times` of each link, or to all. */
  readonly breaks?: {
    readonly afterBytes: number;
    /** `fin`: closed as if all had been said. `end`: a clean end of the body. `stall`: open, and nothing comes any more. */
    readonly by: 'reset' | 'fin' | 'end' | 'stall';
    readonly times?: number;
  };
  /** Bytes come in pieces at a distance. */
  readonly drip?: { readonly bytes: number; readonly everyMs: number };
  /** The requests of one link, from the one with this number (from 0) on, that are answered with something else. */
  readonly instead?: { readonly from: number; readonly times?: number; readonly what: Instead };
  /** When a link ends. A new link to the same file is good again; without `renewable` it is not. */
  readonly expires?: {
    readonly afterBytes?: number;
    readonly afterMs?: number;
    readonly what: Instead;
    readonly renewable: boolean;
  };
  /** From the second request on it is another file: of the same length, with or without a new ETag, or of another length. */
  readonly changes?: 'openly' | 'in secret' | 'in length';
}

const KB = 1_024;
const status = (code: number): Instead => ({ kind: 'status', status: code });
const reset = (times?: number) => ({
  afterBytes: 64 * KB,
  by: 'reset' as const,
  ...(times !== undefined && { times }),
});
const gone = (code: number, renewable = true) => ({ afterBytes: 96 * KB, what: status(code), renewable });

/** Everything that goes wrong between a good file and whoever reads it, by name. */
export const INPUT_FAULTS = {
  none: {},
  'dropped every 48 KB': { breaks: { afterBytes: 48 * KB, by: 'reset' } },
  'dropped every 8 KB': { breaks: { afterBytes: 8 * KB, by: 'reset' } },
  'closed before Content-Length, every 48 KB': { breaks: { afterBytes: 48 * KB, by: 'fin' } },
  'chunked, dropped every 48 KB': { length: 'chunked', breaks: { afterBytes: 48 * KB, by: 'reset' } },
  'chunked, ended early every 48 KB': { length: 'chunked', breaks: { afterBytes: 48 * KB, by: 'end' } },
  'dropped, ranges ignored': { ranges: 'ignored', breaks: reset(1) },
  'dropped twice, ranges ignored, no validators': { ranges: 'ignored', validators: 'none', breaks: reset(2) },
  'dropped, ranges ignored, length unknown': { ranges: 'ignored', length: 'unknown', breaks: reset(1) },
  'ended early, ranges ignored, length unknown': {
    ranges: 'ignored',
    length: 'unknown',
    breaks: { afterBytes: 64 * KB, by: 'end' },
  },
  'dropped, no validators': { validators: 'none', breaks: reset() },
  'dropped, weak ETag': { validators: 'weak', breaks: reset() },
  'parts of 64 KB at most': { ranges: 'windows' },
  'stalls twice': { breaks: { afterBytes: 64 * KB, by: 'stall', times: 2 } },
  'stalls, ranges ignored': { ranges: 'ignored', breaks: { afterBytes: 64 * KB, by: 'stall', times: 1 } },
  'slow drip': { drip: { bytes: 2 * KB, everyMs: 20 } },
  '403 after 96 KB': { expires: gone(403) },
  '404 after 96 KB': { expires: gone(404) },
  '410 after 96 KB': { expires: gone(410) },
  '403 after one second': {
    drip: { bytes: 4 * KB, everyMs: 20 },
    expires: { afterMs: 1_000, what: status(403), renewable: true },
  },
  '403 after 96 KB, for good': { expires: gone(403, false) },
  'a sign-in page after 96 KB': { expires: { afterBytes: 96 * KB, what: { kind: 'page' }, renewable: true } },
  '503 twice at open': { instead: { from: 0, times: 2, what: status(503) } },
  '503 twice in the middle': { breaks: reset(1), instead: { from: 1, times: 2, what: status(503) } },
  '429 in the middle': { breaks: reset(1), instead: { from: 1, times: 1, what: status(429) } },
  '429 with Retry-After in the middle': {
    breaks: reset(1),
    instead: { from: 1, what: { kind: 'busy', status: 429, seconds: 3 } },
  },
  '503 with Retry-After at open': { instead: { from: 0, what: { kind: 'busy', status: 503, seconds: 1 } } },
  '500 from the middle on': { breaks: reset(), instead: { from: 1, what: status(500) } },
  '404 at open': { instead: { from: 0, what: status(404) } },
  'redirected, then dropped': { instead: { from: 0, what: { kind: 'redirect', to: 'dropped every 48 KB' } } },
  'redirected to itself': { instead: { from: 0, what: { kind: 'redirect', to: 'itself' } } },
  'redirected to a file': { instead: { from: 0, what: { kind: 'redirect', to: 'file:' } } },
  'redirected to a private address': { instead: { from: 0, what: { kind: 'redirect', to: 'internal' } } },
  'redirected to a private address in the middle': {
    breaks: reset(),
    instead: { from: 1, what: { kind: 'redirect', to: 'internal' } },
  },
  'changed in the middle': { breaks: reset(), changes: 'openly' },
  'changed in the middle, weak ETag': { validators: 'weak', breaks: reset(), changes: 'openly' },
  'changed in the middle, ranges ignored': { ranges: 'ignored', breaks: reset(), changes: 'openly' },
  'changed to another length': { validators: 'none', breaks: reset(), changes: 'in length' },
  'changed to another length, ranges ignored': {
    ranges: 'ignored',
    validators: 'none',
    breaks: reset(),
    changes: 'in length',
  },
  'changed in the middle, in secret': { validators: 'none', breaks: reset(), changes: 'in secret' },
  'parts that begin at the start': { breaks: reset(1), ranges: 'from the start' },
  'parts that do not say where they begin': { breaks: reset(), ranges: 'unlabelled' },
  'parts that begin too late': { breaks: reset(), ranges: 'shifted' },
  'parts that begin too late, in secret': { breaks: reset(), ranges: 'shifted in secret' },
  'gzip that nobody asked for': { encoding: 'gzip' },
  'gzip that nobody asked for, dropped': { encoding: 'gzip', breaks: reset(2) },
  'wrong type': { type: 'text/html; charset=utf-8' },
  'Content-Length too long': { length: 'too long' },
  'Content-Length too long, and the file cut off': { length: 'too long', cut: true },
  'the file cut off': { cut: true },
  'Content-Length too short': { length: 'too short' },
  empty: { instead: { from: 0, what: { kind: 'empty' } } },
  'headers, and no body': { instead: { from: 0, what: { kind: 'nothing' } } },
  'no answer': { instead: { from: 0, what: { kind: 'silence' } } },
  'a sign-in page': { instead: { from: 0, what: { kind: 'page' } } },
  'zeros without end': { instead: { from: 0, what: { kind: 'endless' } } },
} as const satisfies Readonly<Record<string, Manner>>;

export type InputFault = keyof typeof INPUT_FAULTS;
