import type { HeardPacket } from '../ears.ts';
import { rtpFaults, type RtpFaults } from './rtp-faults.ts';

/** How what was heard compares with the packets of a known file, and how well its RTP headers count. */
export interface FrameMatch extends RtpFaults {
  /** Every heard packet that is a packet of the file, in order of arrival, with its place there. */
  readonly matched: readonly { readonly packet: HeardPacket; readonly index: number }[];
  /** Where in the file listening began; null when nothing was of the file. */
  readonly firstIndex: number | null;
  /** Where packets of the file were never heard: `missing` of them behind the packet with index `after`. */
  readonly gaps: readonly { readonly after: number; readonly missing: number }[];
  /** Packets of the file that were heard before. */
  readonly repeats: readonly { readonly packet: HeardPacket; readonly index: number }[];
  /** Packets heard for the first time after a later packet of the file. */
  readonly outOfOrder: readonly { readonly packet: HeardPacket; readonly index: number }[];
  /** Packets that are not of the file, silence aside. */
  readonly foreign: readonly HeardPacket[];
  /** Opus silence (f8 ff fe) where the file has something else: what players send around pauses and ends. */
  readonly silence: number;
  /** Where a voice session put silence between two packets of the file: so many frames of it behind the packet with index `after`. */
  readonly interruptions: readonly { readonly after: number; readonly silence: number }[];
  /**
   * True when something was heard, and all of it is one unbroken run of the file's packets with faultless RTP headers. Silence may
   * stand before and after it, where a voice session begins or ends, and, five packets at most, at each pause that was declared.
   */
  readonly exact: boolean;
}

/** What the listener knows of the playing. */
export interface Expected {
  /** How often the player was made to pause, and went on in the same voice session. Default 0: then every interruption is a stutter. */
  readonly pauses?: number;
}

const SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);
const LOOK_AHEAD = 64;
/** https://discord.com/developers/docs/topics/voice-connections#voice-data-interpolation */
const PAUSE_FRAMES = 5;

/**
 * Finds each heard packet in the file by its exact bytes. Files repeat packets (silence, steady tones), so among equal ones the
 * next in line is taken, else the one that is followed in the file by what was heard next, and of those the nearest ahead.
 */
export function matchFrames(
  heard: readonly HeardPacket[],
  fileFrames: readonly Buffer[],
  { pauses = 0 }: Expected = {},
): FrameMatch {
  const places = placesByBytes(fileFrames);
  const candidates = heard.map(({ opus }) => places.get(keyOf(opus)) ?? []);
  // Silence that the player made up must not hide what follows it.
  const known = heard
    .flatMap((packet, at) => (isSilence(packet.opus) ? [] : [at]))
    .filter((at) => candidates[at]?.length);
  const rankOf = new Map(known.map((at, rank) => [at, rank]));

  /** How many of the packets heard after number `at` follow the file from `index` on. */
  const run = (at: number, index: number): number => {
    const rank = rankOf.get(at);
    if (rank === undefined) return 0;
    let length = 0;
    while (length < LOOK_AHEAD) {
      const next = known[rank + length + 1];
      if (next === undefined || !candidates[next]?.includes(index + length + 1)) break;
      length += 1;
    }
    return length;
  };

  const matched: { packet: HeardPacket; index: number }[] = [];
  const jumps: { after: number; to: number }[] = [];
  const repeats: { packet: HeardPacket; index: number }[] = [];
  const outOfOrder: { packet: HeardPacket; index: number }[] = [];
  const foreign: HeardPacket[] = [];
  const seen = new Set<number>();
  const interruptions: { after: number; silence: number }[] = [];
  let silence = 0;
  /** Since the last packet of the file. */
  let quiet = 0;
  let position: number | null = null;
  let highest = -1;
  for (const [at, packet] of heard.entries()) {
    const places = candidates[at] ?? [];
    if (isSilence(packet.opus) && (position === null || !places.includes(position + 1))) {
      silence += 1;
      quiet += 1;
      continue;
    }
    const index = choose(places, position, (place) => run(at, place));
    if (index === null) {
      foreign.push(packet);
      continue;
    }
    const isSameSession = matched.at(-1)?.packet.ssrc === packet.ssrc;
    if (quiet > 0 && isSameSession && position !== null) interruptions.push({ after: position, silence: quiet });
    quiet = 0;
    matched.push({ packet, index });
    if (seen.has(index)) repeats.push({ packet, index });
    else if (index < highest) outOfOrder.push({ packet, index });
    if (position !== null && index > position + 1) jumps.push({ after: position, to: index });
    seen.add(index);
    position = index;
    highest = Math.max(highest, index);
  }
  // Only now is it known what came late and what was played again.
  const gaps = jumps
    .map(({ after, to }) => ({ after, missing: unheard(seen, after + 1, to) }))
    .filter(({ missing }) => missing > 0);
  const rtp = rtpFaults(heard, ({ opus }) => isSilence(opus));
  const { sequenceFaults, timestampFaults, ssrcFaults } = rtp;
  const stutters = interruptions.filter(({ silence }, number) => silence > PAUSE_FRAMES || number >= pauses);
  const faults = [gaps, repeats, outOfOrder, foreign, stutters, sequenceFaults, timestampFaults, ssrcFaults];
  return {
    matched,
    firstIndex: matched[0]?.index ?? null,
    gaps,
    repeats,
    outOfOrder,
    foreign,
    silence,
    interruptions,
    ...rtp,
    exact: matched.length > 0 && faults.every(({ length }) => length === 0),
  };
}

/** Frames a second, by the speaker's clock (RTP timestamps) and by ours (arrival). Null for fewer than two packets. */
export function heardRate(
  packets: readonly HeardPacket[],
): { readonly byTimestamp: number; readonly byArrival: number } | null {
  const [first] = packets;
  const last = packets.at(-1);
  if (!first || !last || packets.length < 2) return null;
  const frames = packets.length - 1;
  // Timestamps are 32 bits wide and begin anywhere.
  const ticks = packets
    .slice(1)
    .reduce((sum, packet, index) => sum + ((packet.timestamp - (packets[index]?.timestamp ?? 0)) | 0), 0);
  return { byTimestamp: (frames * 48_000) / ticks, byArrival: (frames * 1_000) / (last.at - first.at) };
}

/** The place that a packet most probably has, or null when it has none. */
function choose(places: readonly number[], position: number | null, run: (place: number) => number): number | null {
  const expected = position === null ? 0 : position + 1;
  if (position !== null && places.includes(expected)) return expected;
  let best: { readonly place: number; readonly score: number } | null = null;
  // Ahead before behind, near before far: the first of the best wins.
  const ahead = places.filter((place) => place >= expected);
  const behind = places.filter((place) => place < expected).reverse();
  for (const place of [...ahead, ...behind]) {
    const score = run(place);
    if (best === null || score > best.score) best = { place, score };
  }
  return best?.place ?? null;
}

function placesByBytes(frames: readonly Buffer[]): ReadonlyMap<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [index, frame] of frames.entries()) {
    const key = keyOf(frame);
    const list = places.get(key);
    if (list) list.push(index);
    else places.set(key, [index]);
  }
  return places;
}

function unheard(seen: ReadonlySet<number>, from: number, to: number): number {
  let count = 0;
  for (let index = from; index < to; index += 1) if (!seen.has(index)) count += 1;
  return count;
}

const keyOf = (bytes: Buffer): string => bytes.toString('latin1');
const isSilence = (bytes: Buffer): boolean => bytes.equals(SILENCE);
