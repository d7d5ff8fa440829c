import type { z } from 'zod';
import { TenutoError, toTenutoError } from '../lib/errors.ts';
import { within } from '../lib/time.ts';
import { HttpStatusError, type HttpClient } from './http-client.ts';
import { readHead } from './sniff.ts';

/** As services ask their clients to name themselves: https://lrclib.net/docs. A test holds the version to that of package.json. */
export const USER_AGENT = 'Tenuto/0.1.0';

const ANSWER_MS = 8_000;

export interface SmallRequest {
  /** Longer answers are refused. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** Where a small answer came from in the end, and what it says. */
export interface SmallAnswer {
  readonly url: URL;
  readonly text: string;
}

/** A whole answer that is small and comes soon; null where there is nothing (404). Throws SERVICE_FAILED for any other. */
export async function textAt(http: HttpClient, url: URL, request: SmallRequest): Promise<SmallAnswer | null> {
  const { maxBytes, signal } = request;
  const life = new AbortController();
  const late = () => new TenutoError('TRACK_UNAVAILABLE', 'it did not answer in time');
  try {
    return await within(ANSWER_MS, read(http, url, { maxBytes, signal: AbortSignal.any([signal, life.signal]) }), late);
  } catch (thrown) {
    signal.throwIfAborted();
    const error = toTenutoError(thrown);
    if (error.cause instanceof HttpStatusError && error.cause.status === 404) return null;
    throw error.blame === 'bug' ? error : failed(url, error);
  } finally {
    life.abort();
  }
}

/** The same for JSON of a shape. */
export async function jsonAt<T>(
  http: HttpClient,
  url: URL,
  shape: z.ZodType<T>,
  request: SmallRequest,
): Promise<T | null> {
  const answer = await textAt(http, url, request);
  if (answer === null) return null;
  const { data, success } = shape.safeParse(parsed(answer.text));
  if (!success) throw failed(url, new TenutoError('TRACK_UNAVAILABLE', 'its answer makes no sense'));
  return data;
}

/** What a text is as JSON; undefined when it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function read(http: HttpClient, asked: URL, { maxBytes, signal }: SmallRequest): Promise<SmallAnswer> {
  const { url, body } = await http.get(asked, { headers: { 'user-agent': USER_AGENT }, signal });
  const bytes = await readHead(body, maxBytes + 1).catch((cause: unknown) => {
    throw new TenutoError('TRACK_UNAVAILABLE', 'the connection to the server broke', { cause });
  });
  if (bytes.length > maxBytes) throw new TenutoError('TRACK_UNAVAILABLE', 'its answer is too long');
  return { url, text: bytes.toString() };
}

const WHY: Readonly<Partial<Record<TenutoError['code'], string>>> = {
  NETWORK_DOWN: 'it cannot be reached',
  BLOCKED_ADDRESS: 'its address is not on the public Internet',
};

/** What went wrong with a service, in the place of what would be said of a track. */
function failed({ hostname }: URL, error: TenutoError): TenutoError {
  return new TenutoError('SERVICE_FAILED', `${hostname}: ${WHY[error.code] ?? error.detail}`, { cause: error });
}
