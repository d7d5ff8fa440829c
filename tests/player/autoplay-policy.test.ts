import { describe, expect, it } from 'vitest';
import { fresh, nextStep, type Outlook } from '../../src/player/autoplay-policy.ts';
import { EMPTY_QUEUE, type Queue, type Session } from '../../src/queue/queue.ts';
import { entry, track } from '../commands/fixtures/music.ts';

interface Case extends Partial<Omit<Outlook, 'playback' | 'session'>> {
  readonly on?: boolean;
  readonly channel?: string | null;
  readonly paused?: Session['paused'];
  readonly status?: Outlook['playback']['status'];
  readonly positionMs?: number;
  readonly queue?: Partial<Queue>;
}

const LAST = entry('1', { durationMs: 180_000 });
const ENDED: Case = { over: true, queue: { current: null, history: [entry('0'), LAST] } };

/** The last entry plays, 5 seconds before its end, but for what is given. */
function step({
  on = true,
  channel = 'V',
  paused = 'no',
  status = 'playing',
  positionMs = 175_000,
  queue = {},
  ...rest
}: Case = {}) {
  return nextStep({
    session: { autoplay: on, voiceChannelId: channel, paused },
    playback: { status, positionMs, queue: { ...EMPTY_QUEUE, current: LAST, ...queue } },
    listeners: 1,
    over: false,
    vain: { afterId: '', tries: 0 },
    failed: new Set(),
    ...rest,
  });
}

const vain = (tries: number) => ({ afterId: '1', tries });
const AHEAD = { kind: 'find', after: LAST, urgency: 'ahead' };
const NOW = { kind: 'find', after: LAST, urgency: 'now' };
const wait = (ms: number) => ({ kind: 'wait', ms });
const REST = { kind: 'rest' };

describe('autoplay', () => {
  it.each<[string, Case, object]>([
    ['looks ahead when little is left', {}, AHEAD],
    ['waits until little is left', { positionMs: 60_000 }, wait(90_000)],
    ['looks a second time with less left', { vain: vain(1), positionMs: 155_000 }, wait(10_000)],
    ['looks a second time', { vain: vain(1) }, AHEAD],
    ['does not look a third time before the end', { vain: vain(2) }, REST],
    ['counts what was in vain for another entry as nothing', { vain: { afterId: '0', tries: 2 } }, AHEAD],
    [
      'looks at once where no length is known',
      { queue: { current: { ...LAST, track: track({ durationMs: null }) } } },
      { kind: 'find', after: { ...LAST, track: track({ durationMs: null }) }, urgency: 'ahead' },
    ],
    [
      'and then not again',
      { vain: vain(1), queue: { current: { ...LAST, track: track({ durationMs: null }) } } },
      REST,
    ],
    [
      'expects no end of a stream',
      { queue: { current: { ...LAST, track: track({ durationMs: null, live: true }) } } },
      REST,
    ],
    ['looks now when the queue has ended', ENDED, NOW],
    ['looks once more than ahead', { ...ENDED, vain: vain(2) }, NOW],
    ['gives up then', { ...ENDED, vain: vain(3) }, { kind: 'give-up' }],
    ['does nothing where the queue was ended on purpose', { ...ENDED, over: false }, REST],
    ['does nothing where nothing was ever played', { over: true, queue: { current: null } }, REST],
    ['is guided by nothing that would not play', { ...ENDED, failed: new Set(['1']) }, { ...NOW, after: entry('0') }],
    ['rests after three that would not play', { ...ENDED, failed: new Set(['1', '2', '3']) }, REST],
    ['is off', { on: false }, REST],
    ['is off at the end, too', { ...ENDED, on: false }, REST],
    ['does nothing in no channel', { ...ENDED, channel: null }, REST],
    ['leaves paused what a person paused and then skipped', { ...ENDED, paused: 'person' }, REST],
    ['does nothing for nobody', { listeners: 0 }, REST],
    ['does nothing for nobody at the end, too', { ...ENDED, listeners: 0 }, REST],
    ['lets what comes next come', { queue: { upcoming: [entry('2')] } }, REST],
    ['lets the track be repeated', { queue: { loop: 'track' } }, REST],
    ['lets the queue be repeated', { queue: { loop: 'queue' } }, REST],
    ['lets a pause last', { status: 'paused' }, REST],
    ['waits for what is being opened', { status: 'loading' }, REST],
    ['waits for what is tried again', { status: 'waiting-to-retry' }, REST],
  ])('%s', (_what, given, wanted) => {
    expect(step(given)).toEqual(wanted);
  });
});

describe('of what goes with a track', () => {
  const named = (n: number) => track({ identifier: `https://example.com/${n}` });
  const heard = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, n) => entry(`${from + n}`, named(from + n)));

  it('the first that was not heard lately is taken, also not now', () => {
    const queue = { ...EMPTY_QUEUE, current: entry('9', named(9)), history: heard(1, 5) };
    expect(fresh([9, 3, 1, 7, 8].map(named), queue)).toEqual(named(7));
  });

  it('what was heard long ago may be heard again', () => {
    expect(fresh([50, 26, 25].map(named), { ...EMPTY_QUEUE, history: heard(1, 50) })).toEqual(named(25));
  });

  it('nothing is taken when everything was heard', () => {
    expect(fresh([1, 2].map(named), { ...EMPTY_QUEUE, history: heard(1, 2) })).toBeNull();
  });

  it('a file of the same name elsewhere is another track', () => {
    const file = { ...named(1), source: 'library' as const };
    expect(fresh([file], { ...EMPTY_QUEUE, history: heard(1, 1) })).toEqual(file);
  });
});
