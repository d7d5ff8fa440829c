import { elementsOf, unsigned } from './ebml.ts';
import { DemuxError } from './opus-parser.ts';

// https://www.rfc-editor.org/rfc/rfc9559#section-5.1.4
const TRACK_ENTRY = 0xae;
const TRACK_NUMBER = 0xd7;
const TRACK_TYPE = 0x83;
const CODEC_ID = 0x86;
const CODEC_PRIVATE = 0x63a2;
const CONTENT_ENCODINGS = 0x6d80;
const ENCODING_SCOPE = 0x5032;
const ENCODING_TYPE = 0x5033;
const COMPRESSION = 0x5034;
const COMPRESSION_ALGORITHM = 0x4254;
const COMPRESSION_SETTINGS = 0x4255;

const AUDIO = 2;
const HEADER_STRIPPING = 3;
const FRAMES = 1;
const PRIVATE_DATA = 2;
/** Only what is the same in all packets can be taken off them: a byte or two. */
const MAX_STRIPPED_BYTES = 64;
const NOTHING = Buffer.alloc(0);

/** The track whose packets are played. */
export interface OpusTrack {
  readonly number: number;
  /** Its OpusHead. */
  readonly head: Buffer;
  /** What its writer took off the front of every packet, because it was the same everywhere. */
  readonly stripped: Buffer;
}

/** The first track of sound in a Tracks element, the one that ffmpeg would take too. Throws when its packets are not Opus as it is. */
export function opusTrackOf(tracks: Buffer): OpusTrack {
  for (const { id, content } of elementsOf(tracks)) {
    if (id !== TRACK_ENTRY) continue;
    const entry = valuesOf(content);
    if (value(entry, TRACK_TYPE, 0) !== AUDIO) continue;
    const codec = entry.get(CODEC_ID)?.toString('latin1').replace(/\0+$/, '');
    if (codec !== 'A_OPUS') throw new DemuxError(`its sound is ${codec?.slice(0, 32) ?? 'of no kind'}, not Opus`);
    const { scope, stripped } = strippingOf(entry.get(CONTENT_ENCODINGS) ?? NOTHING);
    const head = entry.get(CODEC_PRIVATE) ?? NOTHING;
    return {
      number: value(entry, TRACK_NUMBER, 0),
      head: scope & PRIVATE_DATA ? Buffer.concat([stripped, head]) : head,
      stripped: scope & FRAMES ? stripped : NOTHING,
    };
  }
  throw new DemuxError('there is no sound in it');
}

/** Of the ways to pack a track only this one can be undone by putting bytes in front of others. */
function strippingOf(encodings: Buffer): { readonly scope: number; readonly stripped: Buffer } {
  const [first, ...more] = elementsOf(encodings);
  if (!first) return { scope: FRAMES, stripped: NOTHING };
  const encoding = valuesOf(first.content);
  const compression = valuesOf(encoding.get(COMPRESSION) ?? NOTHING);
  const stripped = compression.get(COMPRESSION_SETTINGS) ?? NOTHING;
  const isStripping =
    value(encoding, ENCODING_TYPE, 0) === 0 &&
    value(compression, COMPRESSION_ALGORITHM, 0) === HEADER_STRIPPING &&
    stripped.length <= MAX_STRIPPED_BYTES;
  if (!isStripping || more.length > 0) throw new DemuxError('its sound is compressed once more, or encrypted');
  return { scope: value(encoding, ENCODING_SCOPE, FRAMES), stripped };
}

const valuesOf = (bytes: Buffer): ReadonlyMap<number, Buffer> =>
  new Map(Array.from(elementsOf(bytes), ({ id, content }) => [id, content]));

function value(values: ReadonlyMap<number, Buffer>, id: number, otherwise: number): number {
  const content = values.get(id);
  return content ? unsigned(content, 0, Math.min(content.length, 8)) : otherwise;
}
