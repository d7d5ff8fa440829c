import { describe, expect, it } from 'vitest';
import type { DisplayState } from '../../src/now-playing/display-state.ts';
import { nextStep, refreshUntil, type DisplayFacts } from '../../src/now-playing/refresh-conditions.ts';
import { entry, playback } from '../commands/fixtures/music.ts';

const PLACE = { channelId: 'T', messageId: 'm1' };
const shown = (entryId: string | null): DisplayState => ({
  status: 'shown',
  entryId,
  place: PLACE,
  old: [],
  content: '',
  sentAt: 0,
});
const ABSENT: DisplayState = { status: 'absent', entryId: '1', old: [], sending: null };
const SENDING: DisplayState = { ...ABSENT, sending: { channelId: 'T', nonce: '7' } };
const dismissed = (entryId: string): DisplayState => ({ status: 'dismissed', entryId, old: [], sending: null });
/** A minute after it was sent. */
const LATER = { now: 60_000, until: 70_000 };

const GOOD: DisplayFacts = {
  display: shown('1'),
  playback: playback(),
  voice: 'ready',
  now: 1_000,
  until: 2_000,
  below: 0,
};

describe('nextStep', () => {
  it('refreshes when every condition holds', () => {
    expect(nextStep(GOOD)).toBe('refresh');
  });

  it.each<[string, Partial<DisplayFacts>, string]>([
    ['the bot stops', { display: { status: 'closed' } }, 'rest'],
    ['another track is current', { display: shown('0') }, 'begin'],
    ['nothing is current any more', { playback: playback({ entry: null, status: 'idle' }) }, 'begin'],
    ['nothing was displayed yet', { display: { status: 'unknown' } }, 'begin'],
    ['somebody deleted or forbade it', { display: dismissed('1') }, 'rest'],
    ['that was for the track before', { display: dismissed('0') }, 'begin'],
    ['there is no message while music plays', { display: ABSENT }, 'send'],
    ['there is no message and no music', { display: ABSENT, playback: playback({ status: 'paused' }) }, 'rest'],
    [
      'one may be on its way, while it is paused',
      { display: SENDING, playback: playback({ status: 'paused' }) },
      'send',
    ],
    ['talk has pushed it away', { ...LATER, below: 5 }, 'move'],
    ['talk has not pushed it far', { ...LATER, below: 4 }, 'refresh'],
    ['talk has pushed it away, in less than a minute', { ...LATER, now: 59_999, below: 50 }, 'refresh'],
    [
      'talk has pushed it away, and it is paused',
      { ...LATER, below: 5, playback: playback({ status: 'paused' }) },
      'last-edit',
    ],
    ['talk has pushed it away, and voice is lost', { ...LATER, below: 5, voice: 'recovering' }, 'last-edit'],
    ['it is paused', { playback: playback({ status: 'paused' }) }, 'last-edit'],
    ['the track is still loading', { playback: playback({ status: 'loading' }) }, 'last-edit'],
    ['nobody listens', { playback: playback({ status: 'waiting-for-listeners' }) }, 'last-edit'],
    ['the bot is in no channel', { playback: playback({ status: 'away' }) }, 'last-edit'],
    ['the player waits for voice', { playback: playback({ status: 'waiting-for-voice' }) }, 'last-edit'],
    ['the music has ended', { display: shown(null), playback: playback({ entry: null, status: 'idle' }) }, 'last-edit'],
    ['the track should long have ended', { now: 2_000 }, 'last-edit'],
  ])('does not refresh when %s', (_why, facts, step) => {
    expect(nextStep({ ...GOOD, ...facts })).toBe(step);
  });

  it.each(['idle', 'joining', 'resuming', 'recovering', 'deciding', 'cooling-down', 'failed'] as const)(
    'does not refresh while voice is %s',
    (voice) => {
      expect(nextStep({ ...GOOD, voice })).toBe('last-edit');
    },
  );
});

describe('refreshUntil', () => {
  it.each([
    ['a minute after the track should end', playback({ positionMs: 60_000 }), 120_000 + 60_000],
    ['in a minute for a track that is over its length', playback({ positionMs: 999_999 }), 60_000],
    ['in six hours when the length is unknown', playback({ entry: entry('1', { durationMs: null }) }), 21_600_000],
  ])('is %s', (_when, now, ms) => {
    expect(refreshUntil(now, 5)).toBe(5 + ms);
  });
});
