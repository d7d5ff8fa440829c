import type { IAudioMetadata } from 'music-metadata';

/** No music is louder, and none so quiet that it would be told: a tag that says so is mistaken. */
const BOUNDS_LUFS = { least: -60, most: 6 } as const;
/** What tags bring a track to: ReplayGain 2.0, and R128_TRACK_GAIN, which counts in 256th of a dB (RFC 7845, 5.2.1). */
const REPLAY_GAIN_LUFS = -18;
const R128_LUFS = -23;
const R128_STEPS = 256;

/** The value when it can be the loudness of music, or else null. */
export function plausible(lufs: number): number | null {
  return lufs >= BOUNDS_LUFS.least && lufs <= BOUNDS_LUFS.most ? lufs : null;
}

/** How loud a track is whose tags say this, in LUFS; null when they do not, or say nonsense. */
export function loudnessOfGain({ r128, replayGain }: Readonly<Record<'r128' | 'replayGain', unknown>>): number | null {
  const steps = numberIn(r128, /^-?\d{1,6}$/);
  if (steps !== null) return plausible(R128_LUFS - steps / R128_STEPS);
  const gain = numberIn(replayGain, /^[-+]?\d{1,3}(\.\d{1,9})?( dB)?$/i);
  return gain === null ? null : plausible(REPLAY_GAIN_LUFS - gain);
}

/** The loudness that the tags of a parsed file tell of, in LUFS, or null. */
export function loudnessOfTags({ common, native }: IAudioMetadata): number | null {
  const r128 = native['vorbis']?.find(({ id }) => id.toUpperCase() === 'R128_TRACK_GAIN')?.value;
  return loudnessOfGain({ r128, replayGain: common.replaygain_track_gain?.dB });
}

function numberIn(value: unknown, shape: RegExp): number | null {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  return shape.test(text) ? Number.parseFloat(text) : null;
}
