import { sleep } from '../lib/time.ts';
import type { Session } from '../queue/queue.ts';
import { amplitudeOf, normalisingDb } from './audio/loudness.ts';
import type { DeckParts } from './deck.ts';
import type { Loudness } from './loudness.ts';
import type { Preload } from './smart-preloader.ts';

/** A song does not wait longer for what is known about it. */
const PATIENCE_MS = 100;

export interface LevelledParts extends Pick<DeckParts, 'locate' | 'open'> {
  readonly preload: Preload;
  readonly loudness: Pick<Loudness, 'recall' | 'learn'>;
  /** What one guild wants. */
  readonly normalise: () => Session['normalise'];
}

/**
 * Opens tracks so that they are alike in loudness, where one guild wants that: the volume it asks for is changed by what is known
 * when the track is opened, and stays so for as long as it plays. What is not known is measured, best before its turn.
 */
export function levelled(parts: LevelledParts): Pick<LevelledParts, 'open' | 'preload'> {
  const { loudness, normalise } = parts;
  const wanted = () => normalise() !== 'off';
  return {
    async open(media, track, options) {
      let lufs: number | null = null;
      let percent = options.volume;
      const level = () => percent * amplitudeOf(normalisingDb(lufs, normalise()));
      const recalled = loudness.recall(track).then((known) => (lufs = known));
      // Nobody waits for what is not wanted; it is there if somebody turns it on while the track plays.
      if (wanted()) await Promise.race([recalled, sleep(PATIENCE_MS)]);
      const audio = await parts.open(media, track, { ...options, volume: level() });
      // A slow disk is not waited for, and yet believed.
      void recalled.then(() => audio.setVolume(level()));
      if (wanted()) loudness.learn(track, () => Promise.resolve(media), options.signal);
      const setVolume = (wish: number) => {
        percent = wish;
        audio.setVolume(level());
      };
      return { ...audio, setVolume };
    },
    async preload(track, signal) {
      const until = await parts.preload(track, signal);
      if (wanted()) loudness.learn(track, (life) => parts.locate(track, life, 'ahead'), signal);
      return until;
    },
  };
}
