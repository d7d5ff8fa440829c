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

function expiryOf(url: URL): number | null {
  const [, seconds] = EXPIRES.exec(url.pathname + url.search) ?? [];
  return seconds === undefined ? signedFor(url) : Number(seconds) * 1_000;
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
