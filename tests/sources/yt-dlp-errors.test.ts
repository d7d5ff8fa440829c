import { describe, expect, it } from 'vitest';
import { FAILURE_CLASSES, failureSaid, type FailureClass } from '../../src/sources/yt-dlp-errors.ts';

const NOW = 1_790_000_000_000;
const LOGIN =
  'Use --cookies-from-browser or --cookies for the authentication. See  https://github.com/yt-dlp/yt-dlp/wiki/FAQ#how-do-i-pass-cookies-to-yt-dlp  for how to manually pass cookies';
const REPORT =
  'please report this issue on  https://github.com/yt-dlp/yt-dlp/issues?q= , filling out the appropriate issue template. Confirm you are on the latest version using  yt-dlp -U';
const page = (said: string) => `ERROR: [generic] x: Unable to download webpage: ${said}`;

/** As yt-dlp 2023.03 to 2026.10 writes them. */
const RECORDED: readonly (readonly [FailureClass, string])[] = [
  ['bot-check', `ERROR: [youtube] abc: Sign in to confirm you’re not a bot. ${LOGIN}`],
  [
    'bot-check',
    "ERROR: [youtube] abc: Sign in to confirm you're not a bot. This helps protect our community. Learn more",
  ],
  ['bot-check', 'ERROR: [youtube] abc: All player responses are invalid. Your IP is likely being blocked by Youtube'],
  ['bot-check', 'ERROR: [youtube] abc: Please solve it. YouTube is requiring a captcha challenge before playback'],
  ['sign-in', `ERROR: [youtube] abc: Please sign in. ${LOGIN}`],
  ['sign-in', `ERROR: [vimeo] 1: This video is only available for registered users. ${LOGIN}`],
  ['sign-in', 'ERROR: [Instagram] x: Requested content is not available, rate-limit reached or login required'],
  ['sign-in', page('HTTP Error 401: Unauthorized (caused by <HTTPError 401: Unauthorized>)')],
  [
    'age',
    `ERROR: [youtube] abc: Sign in to confirm your age. This video may be inappropriate for some users. ${LOGIN}`,
  ],
  ['age', 'ERROR: [youtube] abc: This video is age-restricted and only available on YouTube. Learn more'],
  ['private', `ERROR: [youtube] abc: Private video. Sign in if you've been granted access to this video. ${LOGIN}`],
  ['private', 'ERROR: [youtube] abc: This video is private'],
  [
    'members',
    'ERROR: [youtube] abc: Join this channel to get access to members-only content like this video, and other exclusive perks.',
  ],
  [
    'members',
    "ERROR: [youtube] abc: This video is available to this channel's members on level: Fan (or any higher level).",
  ],
  ['members', 'ERROR: [youtube] abc: This video is only available to Music Premium members'],
  ['removed', 'ERROR: [youtube] abc: Video unavailable. This video has been removed by the uploader'],
  [
    'removed',
    'ERROR: [youtube] abc: Video unavailable. This video is no longer available because the YouTube account associated with this video has been terminated.',
  ],
  ['removed', 'ERROR: [youtube] abc: Video unavailable'],
  ['removed', 'ERROR: [youtube] abc: This video is not available'],
  ['removed', 'ERROR: [youtube:tab] PL1: YouTube said: The playlist does not exist.'],
  ['removed', page('HTTP Error 404: Not Found (caused by <HTTPError 404: Not Found>)')],
  ['removed', page('HTTP Error 410: Gone (caused by <HTTPError 410: Gone>)')],
  [
    'geo',
    'ERROR: [youtube] abc: The uploader has not made this video available in your country\nThis video is available in Iceland.\nYou might want to use a VPN or a proxy server (with --proxy) to workaround.',
  ],
  ['geo', 'ERROR: [bbc] x: This video is not available from your location due to geo restriction'],
  [
    'geo',
    'ERROR: [youtube] abc: Video unavailable. This video contains content from SME, who has blocked it in your country on copyright grounds',
  ],
  ['not-yet', 'ERROR: [youtube] abc: Premieres in 45 minutes'],
  ['not-yet', 'ERROR: [youtube] abc: This live event will begin in a few moments.'],
  ['not-yet', 'ERROR: [twitch:stream] x: The channel is not currently live'],
  [
    'rate-limit',
    "ERROR: [youtube] abc: This content isn't available, try again later. The current session has been rate-limited by YouTube for up to an hour. It is recommended to use `-t sleep` to add a delay",
  ],
  ['rate-limit', page('HTTP Error 429: Too Many Requests (caused by <HTTPError 429: Too Many Requests>)')],
  ['drm', 'ERROR: [spotify] x: This video is DRM protected'],
  ['drm', 'ERROR: [DRM] The requested site is known to use DRM protection. It will NOT be supported.'],
  [
    'format',
    'ERROR: [youtube] abc: Requested format is not available. Use --list-formats for a list of available formats',
  ],
  ['unsupported', 'ERROR: Unsupported URL: http://127.0.0.1:37259/html'],
  ['unsupported', 'ERROR: [generic] x: No video formats found!; please report this issue on  https://github.com'],
  ['format', 'ERROR: [youtube] abc: No video formats found!; please report this issue on  https://github.com'],
  ['not-allowed', 'ERROR: No suitable extractor found for URL http://example.com/'],
  [
    'unsupported',
    'ERROR: file:// URLs are disabled by default in yt-dlp for security reasons. Use --enable-file-urls to enable at your own risk.',
  ],
  ['circle', page('HTTP Error 302: Found (redirect loop detected) (caused by <HTTPError 302: Found>)')],
  ['refused', page('HTTP Error 403: Forbidden (caused by <HTTPError 403: Forbidden>)')],
  ['site-down', page('HTTP Error 503: Service Unavailable (caused by <HTTPError 503: Service Unavailable>)')],
  ['internal', page('<urlopen error Tunnel connection failed: 403 Address Not Allowed>')],
  ['internal', page('HTTP Error 403: Address Not Allowed (caused by <HTTPError 403: Address Not Allowed>)')],
  ['network', page('<urlopen error [Errno -2] Name or service not known>')],
  [
    'network',
    page(
      "HTTPConnection(host='nope.invalid', port=80): Failed to resolve 'nope.invalid' ([Errno -2] Name or service not known)",
    ),
  ],
  ['network', page('<urlopen error [Errno -3] Temporary failure in name resolution>')],
  ['network', page("Failed to resolve 'removed.example' ([Errno 8] nodename nor servname provided)")],
  ['network', page('<urlopen error [Errno 111] Connection refused>')],
  ['network', page('[Errno 101] Network is unreachable (caused by TransportError)')],
  ['network', page('[Errno 113] No route to host')],
  ['network', page('<urlopen error [Errno 110] Connection timed out>')],
  ['network', page('<urlopen error timed out>')],
  ['network', page("'Connection to example.com timed out. (connect timeout=10.0)'")],
  ['time-out', page("HTTPSConnectionPool(host='example.com', port=443): Read timed out. (read timeout=10.0)")],
  ['time-out', page('The read operation timed out')],
  ['time-out', page("timed out (caused by TransportError('timed out'))")],
  ['broken', page('[Errno 104] Connection reset by peer')],
  ['broken', page("('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))")],
  ['secure', page('[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:992)')],
  ['extractor-bug', `ERROR: [youtube] abc: Unable to extract yt initial data; ${REPORT}`],
  [
    'extractor-bug',
    `ERROR: [bandcamp] x: Failed to parse JSON (caused by JSONDecodeError('Expecting value')); ${REPORT}`,
  ],
  ['extractor-bug', `ERROR: [youtube] abc: Signature extraction failed: Some formats may be missing; ${REPORT}`],
  ['too-old', 'Usage: yt-dlp [OPTIONS] URL [URL...]\n\nyt-dlp: error: no such option: --js-runtimes'],
  [
    'too-old',
    'ImportError: You are using an unsupported version of Python. Only Python versions 3.11 and above are supported by yt-dlp',
  ],
  ['unknown', 'ERROR: something that nobody has seen before'],
  ['unknown', ''],
];

describe('what yt-dlp says', () => {
  it.each(RECORDED)('is %s: %s', (expected, stderr) => {
    expect(failureSaid(stderr).class).toBe(expected);
  });

  it('is known in every class that words can lead to', () => {
    const notSaid: readonly FailureClass[] = ['killed', 'too-much'];
    const seen = new Set([...RECORDED.map(([name]) => name), ...notSaid]);
    expect(Object.keys(FAILURE_CLASSES).filter((name) => !seen.has(name as FailureClass))).toEqual([]);
  });

  it('is judged by its errors, not by what it says beside them', () => {
    const stderr = 'WARNING: [youtube] HTTP Error 429: Too Many Requests\nERROR: [youtube] abc: Private video';
    expect(failureSaid(stderr).class).toBe('private');
  });

  it.each([
    ['Premieres in 45 minutes', NOW + 45 * 60_000],
    ['This live event will begin in 3 days.', NOW + 3 * 86_400_000],
    ['Premieres in a few seconds', NOW + 1_000],
    ['This live event will begin in a few moments.', null],
    ['Private video in 5 minutes', null],
  ])('says when to come back: %s', (said, retryAt) => {
    expect(failureSaid(`ERROR: [youtube] abc: ${said}`, NOW).error.retryAt).toBe(retryAt);
  });

  it('tells people when it starts', () => {
    const { error } = failureSaid('ERROR: [youtube] abc: Premieres in 45 minutes', Date.now());
    expect(error.say).toMatch(/^That cannot be played yet: it starts <t:\d{10}:R>\. Try again later\.$/);
  });

  it('stays in the log, without the secrets of links', () => {
    const { error } = failureSaid('ERROR: HTTP Error 403 for https://media.example/x?sig=SECRET&ip=1.2.3.4');
    expect(error.cause).toMatchObject({ message: 'ERROR: HTTP Error 403 for https://media.example/x?…' });
  });
});
