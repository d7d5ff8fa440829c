import type { Playback } from '../player/players.ts';
import type { VoiceState } from '../voice/voice-state.ts';
import type { DisplayState } from './display-state.ts';

/** All that is looked at before the display is touched. */
export interface DisplayFacts {
  readonly display: DisplayState;
  readonly playback: Playback;
  readonly voice: VoiceState['status'];
  readonly now: number;
  /** When the entry should long have ended: no refresh after it. */
  readonly until: number;
  /** Messages that stand below the display in its channel, as far as that is known. */
  readonly below: number;
}

/**
 * What to do with the display: `begin` anew for another entry and look again, `send` a message, `move` it down to the end of
 * its channel, `refresh` it and look again after the interval, put a `last-edit` there and rest, or just `rest`. From rest only an event leads out.
 */
export type DisplayStep = 'begin' | 'send' | 'move' | 'refresh' | 'last-edit' | 'rest';

interface Condition {
  readonly that: string;
  holds(facts: DisplayFacts): boolean;
  readonly otherwise: Exclude<DisplayStep, 'refresh'>;
}

/** So much talk pushes the display out of sight on a phone; moved more often it would be in the way of the talk. */
const PUSHED_AWAY = 5;
const MOVED_AT_MOST_EVERY_MS = 60_000;

/** Everything that must hold before a refresh. The first that does not decides. */
const CONDITIONS: readonly Condition[] = [
  { that: 'the bot goes on', holds: ({ display }) => display.status !== 'closed', otherwise: 'rest' },
  {
    that: 'the entry is still the one displayed',
    holds: ({ display, playback }) => 'entryId' in display && display.entryId === (playback.entry?.id ?? null),
    otherwise: 'begin',
  },
  { that: 'nobody deleted or forbade it', holds: ({ display }) => display.status !== 'dismissed', otherwise: 'rest' },
  {
    that: 'there is a message, or one may be on its way, or music worth one',
    holds: ({ display, playback }) =>
      display.status === 'shown' ||
      (display.status === 'absent' && display.sending !== null) ||
      playback.status === 'playing',
    otherwise: 'rest',
  },
  { that: 'there is a message', holds: ({ display }) => display.status === 'shown', otherwise: 'send' },
  { that: 'the music plays', holds: ({ playback }) => playback.status === 'playing', otherwise: 'last-edit' },
  { that: 'the voice connection is ready', holds: ({ voice }) => voice === 'ready', otherwise: 'last-edit' },
  { that: 'the entry should not long have ended', holds: ({ now, until }) => now < until, otherwise: 'last-edit' },
  {
    that: 'talk has not pushed it away, or it was moved a moment ago',
    holds: ({ display, below, now }) =>
      below < PUSHED_AWAY || display.status !== 'shown' || now - display.sentAt < MOVED_AT_MOST_EVERY_MS,
    otherwise: 'move',
  },
];

/** The next step: `refresh` only when every condition holds. */
export function nextStep(facts: DisplayFacts): DisplayStep {
  return CONDITIONS.find((condition) => !condition.holds(facts))?.otherwise ?? 'refresh';
}

const MARGIN_MS = 60_000;
const LENGTH_UNKNOWN_MS = 6 * 60 * 60_000;

/** When the refreshes of a playback end at the latest: a minute after the track should have; six hours when its length is unknown. */
export function refreshUntil({ entry, positionMs, tempo }: Playback, now: number): number {
  const durationMs = entry?.track.durationMs ?? null;
  return now + (durationMs === null ? LENGTH_UNKNOWN_MS : Math.max(0, durationMs - positionMs) / tempo + MARGIN_MS);
}
