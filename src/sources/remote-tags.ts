import type { HttpClient } from './http-client.ts';
import { fetchRange, type Probe } from './probe.ts';
import { HEAD_BYTES } from './sniff.ts';
import { tagsOfHead, type Tags } from './tags.ts';

const OPUS_RATE = 48_000;
/** An index larger than this carries pictures; it is not worth the wait. */
const MAX_MP4_INDEX = 4 * 1024 * 1024;
const MAX_MP4_BOXES = 16;

type Range = (from: number, length: number) => Promise<Buffer>;

/** Tags and length of a file on a server, from its head and, where the format keeps them elsewhere, one or two more ranges. */
export async function tagsOfRemote(
  http: HttpClient,
  { url, format, head, answer }: Probe,
  signal: AbortSignal,
): Promise<Tags> {
  const { totalBytes, ranges } = answer;
  const range: Range = (from, length) => fetchRange(http, url, from, length, signal);
  const whole = ranges && totalBytes !== null;
  // Only the picture of a track hangs on these, so it is shown without them when the server does not play along.
  if (head.toString('latin1', 4, 8) === 'ftyp') {
    const index = whole ? await mp4Index(head, totalBytes, range).catch(() => head) : head;
    return tagsOfHead(index, index.length);
  }
  const tags = await tagsOfHead(head, totalBytes);
  if (format !== 'ogg-opus' || !whole) return tags;
  return { ...tags, durationMs: await oggOpusMs(head, totalBytes, range).catch(() => null) };
}

/** RFC 7845, 4: the position of the last page, less the pre-skip of the header, is the length. */
async function oggOpusMs(head: Buffer, totalBytes: number, range: Range): Promise<number | null> {
  const from = Math.max(0, totalBytes - HEAD_BYTES);
  const tail = await range(from, totalBytes - from);
  const page = tail.lastIndexOf('OggS');
  if (page === -1 || tail.length < page + 14) return null;
  const samples = Number(tail.readBigInt64LE(page + 6)) - head.readUInt16LE(38);
  return samples > 0 ? Math.round((samples * 1_000) / OPUS_RATE) : null;
}

/** An MP4 file without its media data: the boxes up to `moov`, which stands in front of the data or behind it (ISO 14496-12). */
async function mp4Index(head: Buffer, totalBytes: number, range: Range): Promise<Buffer> {
  const bytes = async (from: number, length: number) =>
    from + length <= head.length ? head.subarray(from, from + length) : range(from, length);
  const kept: Buffer[] = [];
  let offset = 0;
  for (let count = 0; count < MAX_MP4_BOXES && offset + 16 <= totalBytes; count += 1) {
    const header = await bytes(offset, 16);
    const type = header.toString('latin1', 4, 8);
    const size = header.readUInt32BE(0) === 1 ? Number(header.readBigUInt64BE(8)) : header.readUInt32BE(0);
    if (size < 8 || offset + size > totalBytes) break;
    if (type === 'ftyp' || type === 'moov') {
      if (size > MAX_MP4_INDEX) break;
      kept.push(await bytes(offset, size));
    }
    if (type === 'moov') break;
    offset += size;
  }
  return Buffer.concat(kept);
}
