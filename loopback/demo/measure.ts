import { matchFrames, type Expected, type HeardPacket } from '../ears.ts';

export const FRAME_MS = 20;
const SILENCE = 'f8fffe';

/** What was heard of one file. */
export interface Listening {
  readonly frames: number;
  /** Places of the first and the last frame in the file. */
  readonly from: number;
  readonly to: number;
  /** Within each voice session, every payload was the file's packet at the next place, with faultless RTP headers and no stutter. */
  readonly exact: boolean;
  /** Frames that are missing, or were heard twice, where one voice session followed another. */
  readonly lost: number;
  readonly repeated: number;
}

/** Compares what was heard with a file, voice session by voice session: each has an SSRC of its own. */
export function listening(heard: readonly HeardPacket[], file: readonly Buffer[], expected?: Expected): Listening {
  const bySession = [...Map.groupBy(heard, ({ ssrc }) => ssrc).values()];
  const sessions = bySession
    .filter((packets) => sounding(packets).length > 0)
    .map((packets) => {
      const { matched, exact } = matchFrames(packets, file, expected);
      return { exact, frames: matched.length, from: matched.at(0)?.index ?? -1, to: matched.at(-1)?.index ?? -1 };
    });
  const jumps = sessions.slice(1).map(({ from }, index) => from - 1 - (sessions[index]?.to ?? 0));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    frames: sum(sessions.map(({ frames }) => frames)),
    from: sessions.at(0)?.from ?? -1,
    to: sessions.at(-1)?.to ?? -1,
    exact: sessions.length > 0 && sessions.every(({ exact }) => exact),
    lost: sum(jumps.map((jump) => Math.max(0, jump))),
    repeated: sum(jumps.map((jump) => Math.max(0, -jump))),
  };
}

/** Everything but the silence that players send around pauses and ends. */
export const sounding = (heard: readonly HeardPacket[]): readonly HeardPacket[] =>
  heard.filter((packet) => !isSilence(packet));

const isSilence = ({ opus }: HeardPacket): boolean => opus.toString('hex') === SILENCE;

/** What was heard from the first packet on that is in none of the files, or an error when one of theirs comes later. */
export function foreignTo(
  heard: readonly HeardPacket[],
  files: readonly (readonly Buffer[])[],
): readonly HeardPacket[] {
  const known = new Set(files.flat().map((packet) => packet.toString('base64')));
  const isKnown = ({ opus }: HeardPacket) => known.has(opus.toString('base64'));
  const begin = heard.findIndex((packet) => !isSilence(packet) && !isKnown(packet));
  const foreign = begin === -1 ? [] : heard.slice(begin);
  if (sounding(foreign).some(isKnown)) throw new Error('packets of another song were heard in between');
  return foreign;
}

/** Packets of one sender that are missing by their sequence numbers, which are 16 bits wide. */
export function missing(heard: readonly HeardPacket[]): number {
  return heard.slice(1).reduce((total, { sequence }, index) => {
    return total + ((sequence - (heard[index]?.sequence ?? sequence) - 1) & 0xffff);
  }, 0);
}

/**
 * Frames a second by the time of arrival: the slope of a straight line through all arrivals (least squares), so that the
 * jitter of the first and the last packet does not count for the whole.
 */
export function arrivalRate(heard: readonly HeardPacket[]): number {
  const mean = (values: readonly number[]) => values.reduce((total, value) => total + value, 0) / values.length;
  const atMean = mean(heard.map(({ at }) => at));
  const indexMean = (heard.length - 1) / 2;
  let covariance = 0;
  let variance = 0;
  for (const [index, { at }] of heard.entries()) {
    covariance += (at - atMean) * (index - indexMean);
    variance += (index - indexMean) ** 2;
  }
  return (1_000 * variance) / covariance;
}

/** The silence between the last packet of one voice session and the first of the next, in milliseconds. */
export function sessionChange(heard: readonly HeardPacket[]): { readonly ms: number; readonly first: HeardPacket } {
  for (const [index, first] of heard.entries()) {
    const before = heard[index - 1];
    if (before && before.ssrc !== first.ssrc) return { ms: first.at - before.at, first };
  }
  throw new Error('no new voice session was heard');
}
