import type { ErrorCode, TenutoError } from '../lib/errors.ts';
import { failureFrom } from '../lib/said-failure.ts';
import { startsWhen } from './track-info.ts';

interface ClassRow {
  /** What follows for the queue; `player/error-recovery.ts` has a row for it. */
  readonly code: ErrorCode;
  /** What people read, inside the sentence of the code. */
  readonly detail: string;
  /** So long the site is left alone at least, milliseconds. */
  readonly restMs?: number;
  /** So many in a row from one site mean that the site is to blame and not a track; left out: it always is the track. */
  readonly blocksAfter?: number;
  /** The next person who wants the same would get the same answer. */
  readonly lasting?: true;
  /** What the operator can do about it, told once for each site until it answers again. */
  readonly operator?: string;
}

const NEWER = 'a newer yt-dlp may help: "npm run doctor" says which one is in use and how old it is';

/** Every way in which an extraction fails. */
export const FAILURE_CLASSES = {
  'bot-check': {
    code: 'SITE_BLOCKED',
    detail: 'it takes this server for a robot',
    blocksAfter: 1,
    operator: 'the site wants a sign-in from this address; wait, or send yt-dlp through another address',
  },
  'rate-limit': {
    code: 'SITE_BLOCKED',
    detail: 'there were too many requests',
    blocksAfter: 1,
    // YouTube says "for up to an hour"; each try that comes too early begins it anew.
    restMs: 120_000,
    operator: 'the site limits this address; it is asked less often until it answers again',
  },
  'site-down': { code: 'SITE_BLOCKED', detail: 'it has a problem of its own', blocksAfter: 3 },
  refused: {
    code: 'TRACK_UNAVAILABLE',
    detail: 'the site does not allow it without a sign-in',
    blocksAfter: 3,
    operator: 'the site refuses what it allows others (HTTP 403): the address may be blocked, or yt-dlp too old',
  },
  'sign-in': { code: 'TRACK_CLOSED', detail: 'the site does not allow it without a sign-in', lasting: true },
  age: { code: 'TRACK_CLOSED', detail: 'it is only for adults who are signed in', lasting: true },
  geo: { code: 'TRACK_CLOSED', detail: 'it is not available in this country', lasting: true },
  private: { code: 'TRACK_CLOSED', detail: 'it is private', lasting: true },
  removed: { code: 'TRACK_CLOSED', detail: 'it is not there any more', lasting: true },
  members: { code: 'TRACK_CLOSED', detail: 'it is only for members of that channel', lasting: true },
  drm: { code: 'TRACK_CLOSED', detail: 'it is protected against copying', lasting: true },
  'not-yet': { code: 'TRACK_NOT_YET', detail: 'it has not started' },
  unsupported: { code: 'NOT_AUDIO', detail: '', lasting: true },
  'not-allowed': { code: 'SITE_NOT_ALLOWED', detail: '', lasting: true },
  format: { code: 'TRACK_UNAVAILABLE', detail: 'it has no sound in a format that I can play', blocksAfter: 5 },
  circle: { code: 'TRACK_CLOSED', detail: 'the link leads in a circle', lasting: true },
  internal: { code: 'BLOCKED_ADDRESS', detail: '', lasting: true },
  network: { code: 'NETWORK_DOWN', detail: 'the site' },
  broken: { code: 'TRACK_UNAVAILABLE', detail: 'the connection to its site broke' },
  secure: { code: 'TRACK_UNAVAILABLE', detail: 'the secure connection to its site failed' },
  'time-out': { code: 'EXTRACTION_TIMED_OUT', detail: '', blocksAfter: 3 },
  killed: { code: 'TRACK_UNAVAILABLE', detail: 'looking it up was cut short on this machine' },
  'too-much': { code: 'TRACK_UNAVAILABLE', detail: 'the site sent more than can be read' },
  'extractor-bug': {
    code: 'TRACK_UNAVAILABLE',
    detail: 'yt-dlp does not understand its site any more; the operator has been told',
    blocksAfter: 3,
    operator: `the site has changed; ${NEWER}`,
  },
  'too-old': {
    code: 'EXTRACTOR_MISSING',
    detail: '',
    operator: `yt-dlp does not run as it should; ${NEWER}`,
  },
  unknown: { code: 'TRACK_UNAVAILABLE', detail: 'the site gave no usable answer', blocksAfter: 5 },
} as const satisfies Record<string, ClassRow>;

export type FailureClass = keyof typeof FAILURE_CLASSES;

/** The row of a class. */
export const rowOf = (failure: FailureClass): ClassRow => FAILURE_CLASSES[failure];

/** What yt-dlp writes to stderr. The first that matches wins, so the special ones come first. */
const SAID: readonly (readonly [RegExp, FailureClass])[] = [
  // Words of the program itself, before any site was asked.
  [/python version|unsupported version of python|no such option|invalid value for|option requires/i, 'too-old'],
  // Words of our own proxy (egress-ways.ts).
  [/403:? Address Not Allowed/i, 'internal'],
  // Words of the system and of HTTP libraries, which no site says; in front, because links in them may say anything.
  [
    /name or service not known|name resolution|nodename nor servname|no address associated|getaddrinfo|failed to resolve|could not resolve/i,
    'network',
  ],
  [
    /connection refused|network is (unreachable|down)|no route to host|connection( to \S+)? timed out|urlopen error timed out|failed to connect to|unable to connect to proxy|ProxyError/i,
    'network',
  ],
  [/not a bot|requiring a captcha|your ip is likely being blocked|unusual traffic/i, 'bot-check'],
  // Of Instagram, which nearly always means the latter.
  [/rate-limit reached or login required/i, 'sign-in'],
  [/HTTP Error 429|too many requests|rate.?limit/i, 'rate-limit'],
  [/confirm your age|age.?(restricted|verification)|inappropriate for some users/i, 'age'],
  [/members.?only|join this channel|available to this channel's members|music premium members/i, 'members'],
  [/private (video|track|playlist)|(video|playlist|track) is private/i, 'private'],
  [
    /premieres? (in|will)|will (begin|premiere|start)( in| shortly| soon|$)|not (yet )?started|not currently live|scheduled for|upcoming/i,
    'not-yet',
  ],
  [/(available|blocked it) (in|from) your (country|location|region)|geo.?restrict|blocked it .*on copyright/i, 'geo'],
  [/drm/i, 'drm'],
  [/requested format is not available|only images are available/i, 'format'],
  [/\[youtube\S*\] .*no video formats found/i, 'format'],
  // What `--use-extractors` leaves out.
  [/no suitable extractor/i, 'not-allowed'],
  [/unsupported url|no video formats found|no media found|is not a valid URL/i, 'unsupported'],
  [/file:\/\/ URLs are/i, 'unsupported'],
  [/infinite loop|redirect loop|30\d: Moved/i, 'circle'],
  // Without the hints on what a person at a keyboard could try, which name cookies and logins in messages on anything.
  [
    /sign in to|log ?in (is )?required|requires? (a )?log ?in|registered users|need to log ?in|--cookies|HTTP Error 401/i,
    'sign-in',
  ],
  [
    /removed|unviewable|terminated|deleted|no longer available|(video|content|playlist|track|page)( is|'s)? (unavailable|not available|does not exist)|isn't available|does not exist|HTTP Error 4(04|10)/i,
    'removed',
  ],
  [/HTTP Error 403/i, 'refused'],
  [/timed out|timeout/i, 'time-out'],
  [/connection (was )?(reset|aborted)|remote end closed|incompleteread/i, 'broken'],
  [/certificate|ssl/i, 'secure'],
  [/HTTP Error 5\d\d/i, 'site-down'],
  [
    /unable to extract|failed to (extract|parse)|please report this issue|signature extraction|nsig|unsupported player/i,
    'extractor-bug',
  ],
];

/** A failed extraction: its class, and the error for whoever wanted it. */
export interface ExtractionFailure {
  readonly class: FailureClass;
  readonly error: TenutoError;
}

/** The failure behind what yt-dlp said. Its own words stay in the error's `cause`, for the log. */
export function failureSaid(stderr: string, now = Date.now()): ExtractionFailure {
  const errors = stderr.split('\n').filter((line) => /^(ERROR|\S+: error|Usage)/.test(line));
  const said = errors.length > 0 ? errors.join('\n') : stderr;
  const found = SAID.find(([says]) => says.test(said))?.[1] ?? 'unknown';
  const startsAt = startOf(found, said, now);
  return failureOf(found, said, startsAt, startsAt === undefined ? undefined : startsWhen(startsAt));
}

/** A failure of this class; `said` are the words for the log, `detail` those for people when the row's are not enough. */
export function failureOf(of: FailureClass, said: string, retryAt?: number, detail?: string): ExtractionFailure {
  const { code, detail: usual } = rowOf(of);
  return { class: of, error: failureFrom(said, { code, detail: detail ?? usual }, retryAt) };
}

const UNITS_MS = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** When it begins, milliseconds since 1970: `Premieres in 45 minutes`. Undefined when that is not said. */
function startOf(of: FailureClass, said: string, now: number): number | undefined {
  const [, amount, unit] = /\bin (a few|\d{1,4}) (second|minute|hour|day)s?\b/i.exec(said) ?? [];
  if (of !== 'not-yet' || amount === undefined || unit === undefined) return undefined;
  const count = Number(amount);
  return now + (Number.isNaN(count) ? 1 : count) * UNITS_MS[unit.toLowerCase() as keyof typeof UNITS_MS];
}
