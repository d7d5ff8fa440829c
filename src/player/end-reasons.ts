import type { Sound } from './sound.ts';

/** Why a track stopped sounding. `empty`: it ended before it began. `stuck`: no packet came for so long that the audio player gave up. */
export type EndReason = 'finished' | 'empty' | 'failed' | 'stuck';

/** Reads the reason off a sound that the audio player has let go of. */
export function endReason(sound: Sound): EndReason {
  if (sound.failure !== null) return 'failed';
  if (!sound.complete) return 'stuck';
  // An empty track that counted as finished would be played again and again, at full speed, when it is looped.
  return sound.positionMs > 0 ? 'finished' : 'empty';
}
