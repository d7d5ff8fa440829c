import type { Session } from '../queue/queue.ts';
import { amplitudeOf, normalisingDb } from './audio/loudness.ts';
import type { DeckParts } from './deck.ts';
import type { Loudness } from './loudness.ts';
import type { Preload } from './smart-preloader.ts';

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
      const recalled = loudness.recall(track).then((known) => (lufs = known));
      // Nobody waits for what is not wanted; it is there if somebody turns it on while the track plays.
      if (wanted()) await recalled;
      const level = (percent: number) => percent * amplitudeOf(normalisingDb(lufs, normalise()));
      const audio = await parts.open(media, track, { ...options, volume: level(options.volume) });
      if (wanted()) loudness.learn(track, () => Promise.resolve(media), options.signal);
      return { ...audio, setVolume: (percent) => audio.setVolume(level(percent)) };
    },
    async preload(track, signal) {
      const until = await parts.preload(track, signal);
      if (wanted()) loudness.learn(track, (life) => parts.locate(track, life, 'ahead'), signal);
      return until;
    },
  };
}
