import type { Readable } from 'node:stream';
import type { MediaFormat } from './source.ts';

/** How much of a file says what it is: container headers and most tags, without the cover pictures behind them. */
export const HEAD_BYTES = 64 * 1024;

/** Names of single audio files, as opposed to lists of them. */
export const AUDIO_FILE = /\.(mp3|m4a|m4b|aac|ogg|oga|opus|webm|mka|flac|wav|aiff?|wma|wv|ape)$/i;

/** What the first bytes of something are. `page`: a text for people or extractors. `unknown`: nothing that we know. */
export type Sniffed = MediaFormat | 'page' | 'empty' | 'unknown';

interface Magic {
  readonly format: MediaFormat;
  readonly matches: (head: Buffer) => boolean;
}

const text = (value: string, at = 0) => ({ matches: (head: Buffer) => has(head, Buffer.from(value, 'latin1'), at) });
const has = (head: Buffer, value: Buffer, at: number) => head.subarray(at, at + value.length).equals(value);

/** The first row that matches wins. */
const MAGIC: readonly Magic[] = [
  // EBML; its codec ids are plain text in the header. A picture track beside the sound does not hinder the demuxer.
  { format: 'webm-opus', matches: (head) => has(head, Buffer.from('1a45dfa3', 'hex'), 0) && head.includes('A_OPUS') },
  { format: 'other', matches: (head) => has(head, Buffer.from('1a45dfa3', 'hex'), 0) },
  // RFC 7845: the first page of Ogg Opus carries the OpusHead packet alone, right behind one lacing value.
  {
    format: 'ogg-opus',
    matches: (head) => has(head, Buffer.from('OggS'), 0) && has(head, Buffer.from('OpusHead'), 28),
  },
  { format: 'other', ...text('OggS') },
  { format: 'other', ...text('ID3') },
  { format: 'other', ...text('fLaC') },
  { format: 'other', matches: (head) => has(head, Buffer.from('RIFF'), 0) && has(head, Buffer.from('WAVE'), 8) },
  { format: 'other', ...text('ftyp', 4) },
  { format: 'other', matches: (head) => has(head, Buffer.from('FORM'), 0) && has(head, Buffer.from('AIF'), 8) },
  { format: 'other', ...text('wvpk') },
  { format: 'other', ...text('MAC ') },
  { format: 'other', ...text('caff') },
  { format: 'other', ...text('\u0030\u0026\u00b2\u0075') },
  // An HLS playlist: only one with HLS tags, because a plain list of links is not a stream.
  { format: 'other', matches: (head) => has(head, Buffer.from('#EXTM3U'), 0) && head.includes('#EXT-X-') },
  // MPEG transport stream: a sync byte every 188 bytes.
  { format: 'other', matches: (head) => head.length > 376 && [0, 188, 376].every((at) => head[at] === 0x47) },
  { format: 'other', matches: isMpegAudio },
];

/** Says by its first bytes what something is; what a server or a file name claims about it does not count. */
export function sniff(head: Buffer): Sniffed {
  if (head.length === 0) return 'empty';
  const magic = MAGIC.find(({ matches }) => matches(head));
  if (magic) return magic.format;
  return /^(\uFEFF|\u00ef\u00bb\u00bf)?\s*</.test(head.toString('latin1', 0, 512)) ? 'page' : 'unknown';
}

/** MP3 or AAC without a header: an 11-bit sync, and none of the reserved values, which text and pictures soon hit. */
function isMpegAudio(head: Buffer): boolean {
  const [sync = 0, kind = 0, rates = 0] = head;
  if (sync !== 0xff || (kind & 0xe0) !== 0xe0) return false;
  const adts = (kind & 0xf6) === 0xf0;
  const version = (kind >> 3) & 3;
  const layer = (kind >> 1) & 3;
  return adts || (version !== 1 && layer !== 0 && rates >> 4 !== 15 && rates >> 4 !== 0 && ((rates >> 2) & 3) !== 3);
}

/** The first `limit` bytes of a stream, or all when it has fewer. The stream is destroyed afterwards. */
export async function readHead(stream: Readable, limit = HEAD_BYTES): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop destroys the stream, and with it the connection or file behind it.
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= limit) break;
  }
  return Buffer.concat(chunks).subarray(0, limit);
}
