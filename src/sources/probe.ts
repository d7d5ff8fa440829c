import { TenutoError } from '../lib/errors.ts';
import { within } from '../lib/time.ts';
import type { HttpClient } from './http-client.ts';
import type { HttpMedia } from './resumable-read.ts';
import { resumable, type Resumable } from './resumable.ts';
import { HEAD_BYTES, readHead, sniff, type Sniffed } from './sniff.ts';

const BODY_MS = 10_000;
const OPEN_MS = 1_000;

/** The start of what an address leads to. */
export interface Probe {
  /** Behind all redirects. */
  readonly url: URL;
  readonly format: Sniffed;
  readonly head: Buffer;
  readonly answer: Pick<Resumable, 'headers' | 'totalBytes' | 'ranges'>;
}

/** Fetches the first 64 KB of an address and says what they are. Throws TenutoError. */
export async function probe(
  http: HttpClient,
  url: URL,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<Probe> {
  const answer = await open(http, { url, headers }, 0, HEAD_BYTES, signal);
  const head = await read(answer, HEAD_BYTES, signal);
  const sniffed = sniff(head);
  // Formats without a signature of their own, such as MP3 that starts in the middle: here the server's word has to do.
  const claimed = sniffed === 'unknown' && (answer.headers['content-type'] ?? '').startsWith('audio/');
  return { url: answer.url, format: claimed ? 'other' : sniffed, head, answer };
}

/** Bytes from the middle or the end of something. Throws TenutoError; a server that sends the whole instead counts as failed. */
export async function fetchRange(
  http: HttpClient,
  url: URL,
  from: number,
  length: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const answer = await open(http, { url, headers: {} }, from, length, signal);
  if (answer.ranges) return read(answer, length, signal);
  answer.body.destroy();
  throw new TenutoError('TRACK_UNAVAILABLE', 'the server does not send parts of files');
}

/** Somebody waits for what is probed: a server that is in trouble gets few tries. */
function open(
  http: HttpClient,
  link: Pick<HttpMedia, 'url' | 'headers'>,
  from: number,
  length: number,
  signal: AbortSignal,
): Promise<Resumable> {
  const media: HttpMedia = { kind: 'http', ...link, format: 'other' };
  return resumable(http, media, { from, to: from + length - 1, signal, patience: { openMs: OPEN_MS } });
}

async function read({ body }: Resumable, limit: number, signal: AbortSignal): Promise<Buffer> {
  const late = () => new TenutoError('TRACK_UNAVAILABLE', 'the server did not send anything in time');
  return within(BODY_MS, readHead(body, limit), late, signal).finally(() => body.destroy());
}
