import type { TenutoError } from '../lib/errors.ts';
import { failureOf, row, type SaidRow } from '../lib/said-failure.ts';

/** What yt-dlp writes to stderr, and what a person reads. The first row that matches wins, so the special ones come first. */
const ROWS: readonly SaidRow[] = [
  // Words of the system and of HTTP libraries, which no site says; in front, because links in them may say anything.
  row(
    /name or service not known|name resolution|nodename nor servname|no address associated|getaddrinfo|failed to resolve|could not resolve/i,
    'the site',
    'NETWORK_DOWN',
  ),
  row(
    /connection refused|network is (unreachable|down)|no route to host|connection( to \S+)? timed out|urlopen error timed out|failed to connect to/i,
    'the site',
    'NETWORK_DOWN',
  ),
  row(/not a bot/i, 'the site takes this server for a robot and wants a sign-in; try another link'),
  row(/confirm your age|age.?restricted|inappropriate for some users/i, 'it is only for adults who are signed in'),
  row(/members.?only|join this channel|available to this channel's members/i, 'it is only for members of that channel'),
  row(/private (video|track|playlist)|video is private/i, 'it is private'),
  row(/premieres in|live event will begin|not (yet )?started|scheduled for/i, 'it has not started yet'),
  row(/(available|blocked it) in your (country|location|region)|geo.?restrict/i, 'it is not available in this country'),
  row(
    /HTTP Error 429|too many requests|rate.?limit/i,
    'the site says that there were too many requests; try again in a few minutes',
  ),
  row(
    /removed|terminated|deleted|no longer available|video unavailable|does not exist|HTTP Error 4(04|10)/i,
    'it is not there any more',
  ),
  row(/drm/i, 'it is protected against copying'),
  row(/login|sign in|log in|cookies|HTTP Error 401|HTTP Error 403/i, 'the site does not allow it without a sign-in'),
  row(
    /unsupported url|no suitable extractor|no video formats found|no media found|unable to extract|is not a valid URL/i,
    '',
    'NOT_AUDIO',
  ),
  row(/requested format is not available/i, 'it has no sound in a format that I can play'),
  row(/infinite loop|redirect loop|30\d: Moved/i, 'the link leads in a circle'),
  row(/timed out|timeout/i, '', 'EXTRACTION_TIMED_OUT'),
  row(/connection (was )?(reset|aborted)|remote end closed/i, 'the connection to its site broke'),
  row(/certificate|ssl/i, 'the secure connection to its site failed'),
  row(/HTTP Error 5\d\d/i, 'its site has a problem of its own; try again in a few minutes'),
  row(
    /python version|unsupported version of python|no such option/i,
    'yt-dlp does not run here; the operator can run "npm run doctor"',
  ),
];

/** The failure behind what yt-dlp said. Its own words stay in `cause`, for the log. */
export function classifyFailure(stderr: string): TenutoError {
  const errors = stderr.split('\n').filter((line) => /^(ERROR|yt-dlp: error|Usage)/.test(line));
  return failureOf(errors.length > 0 ? errors.join('\n') : stderr, ROWS, 'the site gave no usable answer');
}
