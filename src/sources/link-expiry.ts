const MINUTE = 60_000;
const MARGIN_MS = 10 * MINUTE;
const LONGEST_MS = 5 * 60 * MINUTE;
/** For links that do not say when they expire. */
const USUAL_MS = 60 * MINUTE;

/** `?expire=…`, `/expire/…/`, `Expires=…` of CloudFront and S3, `hdnts=exp=…~acl=…` of Akamai: seconds since 1970. */
const EXPIRES = /[?&/~=](?:expires?|exp|valid_?to)(?:=|\/|%3d)(\d{10})(?!\d)/i;

/** How long a link may be used from now on: till shortly before it says that it expires, five hours at the most. */
export function lifetimeMs(url: URL, now: number): number {
  const expiresAt = expiryOf(url);
  return expiresAt === null ? USUAL_MS : Math.max(0, Math.min(LONGEST_MS, expiresAt - now - MARGIN_MS));
}

/** Whether a link says that its time is over. One that does not say is tried. */
export function hasExpired(url: URL, now: number): boolean {
  const expiresAt = expiryOf(url);
  return expiresAt !== null && expiresAt <= now;
}

function expiryOf(url: URL): number | null {
  const [, seconds] = EXPIRES.exec(url.pathname + url.search) ?? [];
  return seconds === undefined ? (signedFor(url) ?? signedByDiscord(url)) : Number(seconds) * 1_000;
}

/**
 * `?ex=67300a00&is=…&hm=…`: when it expires, in hexadecimal seconds, when it was issued, and the signature. Such a link is
 * good for a day, and a new one comes only with the message that has the file; a command's file is in no message, so its link
 * cannot be renewed. https://discord.com/developers/docs/reference#signed-attachment-cdn-urls
 */
function signedByDiscord({ searchParams }: URL): number | null {
  const expires = /^[\da-f]{8}$/.exec(searchParams.get('ex') ?? '')?.[0];
  return expires !== undefined && searchParams.has('is') && searchParams.has('hm')
    ? Number.parseInt(expires, 16) * 1_000
    : null;
}

/** `X-Amz-Date=20261121T040000Z&X-Amz-Expires=3600`, as S3 signs for so long. */
function signedFor(url: URL): number | null {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(url.searchParams.get('X-Amz-Date') ?? '') ?? [];
  const seconds = Number(url.searchParams.get('X-Amz-Expires') ?? Number.NaN);
  if (year === undefined || !Number.isFinite(seconds)) return null;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at) ? null : at + seconds * 1_000;
}
