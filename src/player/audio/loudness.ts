import type { Session } from '../../queue/queue.ts';
import { loudnessOfGain, plausible } from '../../sources/loudness-tags.ts';

/** What tracks are brought to: where YouTube and most streaming services have it. */
const REFERENCE_LUFS = -14;
/** Less is hardly heard, and would cost the untouched packets. */
const LEAST_DB = 1.5;

/** How far a track may be turned down (below 0) and up, in dB. */
const REACH_DB: Readonly<Record<Session['normalise'], { readonly down: number; readonly up: number }>> = {
  off: { down: 0, up: 0 },
  down: { down: -12, up: 0 },
  both: { down: -12, up: 6 },
};

/** By how many dB a track of this loudness is changed. Pure. */
export function normalisingDb(lufs: number | null, normalise: Session['normalise']): number {
  if (lufs === null) return 0;
  const { down, up } = REACH_DB[normalise];
  const gain = Math.max(down, Math.min(up, REFERENCE_LUFS - lufs));
  return Math.abs(gain) < LEAST_DB ? 0 : gain;
}

/** A gain as what the amplitude is multiplied with. */
export const amplitudeOf = (decibels: number): number => 10 ** (decibels / 20);

/** The loudness that ffmpeg's ebur128 filter told, or else the tags of the file that it read, in LUFS; null when neither did. */
export function loudnessIn(said: string): number | null {
  const measured = said.slice(said.lastIndexOf('Integrated loudness:'));
  const [, lufs] = /^Integrated loudness:\s+I:\s+(-?\d{1,3}\.\d) LUFS/.exec(measured) ?? [];
  const [, r128] = /^\s*R128_TRACK_GAIN\s*:\s*(\S+)$/im.exec(said) ?? [];
  const [, replayGain] = /^\s*REPLAYGAIN_TRACK_GAIN\s*:\s*(\S+)( dB)?$/im.exec(said) ?? [];
  // Tags are about the whole track.
  return loudnessOfGain({ r128, replayGain }) ?? (lufs === undefined ? null : plausible(Number(lufs)));
}
