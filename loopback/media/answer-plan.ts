import type { IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { parseRange } from './byte-range.ts';
import type { Manner } from './input-faults.ts';

const WINDOW_BYTES = 64 * 1_024;
const SHIFT_BYTES = 3_000;
const LIE_BYTES = 5_000;
const KEPT = 0.75;

/** One answer to one request. */
export interface Plan {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Buffer;
}

/** How a server of this manner answers for what it has stored. */
export function planOf(manner: Manner, request: IncomingMessage, bytes: Buffer, etag: string): Plan {
  const total = bytes.length + (manner.length === 'too long' ? LIE_BYTES : 0);
  const told = manner.length === 'too short' ? Math.floor(bytes.length / 2) : total;
  const validators = validatorsOf(manner, etag);
  const condition = request.headers['if-range'];
  const current = condition === undefined || condition === validators.etag;
  const wanted = manner.ranges === 'ignored' || !current ? undefined : request.headers.range;
  const range = parseRange(wanted, told);
  if (range.kind === 'unsatisfiable')
    return { status: 416, headers: { 'content-range': `bytes */${told}` }, body: EMPTY };
  const whole = range.kind === 'whole';
  const [from, last] = whole ? [0, told - 1] : [range.first, range.last];
  const to = manner.ranges === 'windows' && !whole ? Math.min(last, from + WINDOW_BYTES - 1) : last;
  const begin = beginOf(manner, from, to);
  const said = manner.ranges === 'shifted in secret' ? from : begin;
  const measured = manner.length !== 'chunked' && manner.length !== 'unknown';
  return {
    status: whole ? 200 : 206,
    headers: {
      ...validators,
      ...(manner.encoding && { 'content-encoding': manner.encoding }),
      ...(measured && { 'content-length': to - said + 1 }),
      ...(!whole && manner.ranges !== 'unlabelled' && { 'content-range': `bytes ${said}-${to}/${told}` }),
      ...(manner.ranges !== 'ignored' && { 'accept-ranges': 'bytes' }),
    },
    body: bytes.subarray(begin, to + 1),
  };
}

function beginOf({ ranges }: Manner, from: number, to: number): number {
  if (ranges === 'from the start') return 0;
  return from > 0 && ranges?.startsWith('shifted') ? Math.min(from + SHIFT_BYTES, to) : from;
}

/** What the server has in the place of the file. */
export function asStored({ cut, changes, encoding }: Manner, file: Buffer, changed: boolean): Buffer {
  const kept = cut ? file.subarray(0, Math.floor(file.length * KEPT)) : file;
  const bytes = changed ? Buffer.from(kept).reverse() : kept;
  const long = changed && changes === 'in length' ? Buffer.concat([bytes, bytes.subarray(0, LIE_BYTES)]) : bytes;
  return encoding === 'gzip' ? gzipSync(long) : long;
}

const EMPTY = Buffer.alloc(0);

function validatorsOf({ validators }: Manner, etag: string): { readonly etag?: string } {
  if (validators === 'none') return {};
  return { etag: validators === 'weak' ? `W/${etag}` : etag };
}
