import { describe, expect, it } from 'vitest';
import { TenutoError } from '../../src/lib/errors.ts';
import { ErrorRecovery } from '../../src/player/error-recovery.ts';
import { HttpStatusError } from '../../src/sources/http-client.ts';

const broken = new TenutoError('TRACK_UNAVAILABLE', 'it is gone');
const offline = new TenutoError('NETWORK_DOWN', 'the site');
const silent = new TenutoError('NOT_AUDIO');

/** What a server of bytes said. */
const answered = (status: number, retryAfterMs = 0) =>
  new TenutoError('TRACK_UNAVAILABLE', '', { cause: new HttpStatusError(status, retryAfterMs) });
const blocked = (retryAt?: number) =>
  new TenutoError('SITE_BLOCKED', 'robots', retryAt === undefined ? {} : { retryAt });

/** A guild's failures, on a clock. */
function guild() {
  const clock = { now: 1_000_000 };
  const recovery = new ErrorRecovery(
    () => clock.now,
    () => 0,
  );
  const judge = (entryId: string, thrown: unknown, heardMs = 0, leftMs: number | null = null) =>
    recovery.judge({ entryId, thrown, heardMs, leftMs });
  return { clock, recovery, judge };
}

describe('ErrorRecovery', () => {
  it('tries a broken track once more, from its site on, then lets the next one play', () => {
    const { judge } = guild();
    expect([judge('a', broken), judge('a', broken)]).toEqual([
      { kind: 'again', afterMs: 0, anew: true },
      { kind: 'next', told: true },
    ]);
  });

  it('asks for a refused link twice more, each time anew, then lets the next one play', () => {
    const { judge } = guild();
    const refused = answered(403);
    expect([judge('a', refused), judge('a', refused), judge('a', refused)]).toEqual([
      { kind: 'again', afterMs: 0, anew: true },
      { kind: 'again', afterMs: 1_000, anew: true },
      { kind: 'next', told: true },
    ]);
  });

  it('keeps everything for a server that is busy, for as long as that asks, within reason', () => {
    const { judge } = guild();
    expect(judge('a', answered(429))).toEqual({ kind: 'hold', afterMs: 30_000 });
    expect(judge('a', answered(429, 90_000))).toEqual({ kind: 'hold', afterMs: 90_000 });
    expect(judge('a', answered(503, 5_000))).toEqual({ kind: 'hold', afterMs: 5_000 });
    expect(judge('a', answered(503, 86_400_000))).toEqual({ kind: 'hold', afterMs: 600_000 });
    expect(judge('a', answered(503))).toMatchObject({ kind: 'again' });
  });

  it('does not try again what cannot be sound', () => {
    expect(guild().judge('a', silent)).toEqual({ kind: 'next', told: true });
  });

  it('waits for the network, longer each time, and skips nothing because of it', () => {
    const { judge } = guild();
    expect(Array.from({ length: 6 }, () => judge('a', offline))).toEqual([
      { kind: 'again', afterMs: 1_000, anew: false },
      { kind: 'again', afterMs: 5_000, anew: false },
      { kind: 'again', afterMs: 15_000, anew: false },
      { kind: 'hold', afterMs: 30_000 },
      { kind: 'hold', afterMs: 60_000 },
      { kind: 'hold', afterMs: 120_000 },
    ]);
  });

  it('waits for a site that lets nobody in until it said, whatever is tried, and gives up after two hours', () => {
    const { clock, judge } = guild();
    const kinds: string[] = [];
    for (let n = 0; n < 100 && kinds.at(-1) !== 'give-up'; n += 1) {
      kinds.push(judge(`${n % 7}`, blocked(clock.now + 300_000)).kind);
      clock.now += 300_000;
    }
    expect(kinds).toEqual([...Array<string>(24).fill('hold'), 'give-up']);
  });

  it('passes over a track that its site turns away while it lets others in', () => {
    const { clock, judge } = guild();
    const turnedAway = () => new TenutoError('SITE_BLOCKED', 'robots', { cause: broken, retryAt: clock.now + 15_000 });
    const kinds: string[] = [];
    for (let n = 0; n < 8; n += 1) {
      kinds.push(judge('a', turnedAway()).kind);
      // Others who are turned away at the door count for nothing.
      kinds.push(judge('a', blocked(clock.now + 5_000)).kind);
      clock.now += 15_000;
    }
    expect(kinds.slice(0, 15)).toEqual([...Array<string>(14).fill('hold'), 'next']);
    const waits = [15, 30, 60, 120, 300, 600, 600, 600, 600];
    expect(
      waits.map((seconds) => {
        clock.now += seconds * 1_000;
        return judge('b', turnedAway()).kind;
      }),
    ).toEqual(waits.map(() => 'hold'));
  });

  it.each([
    ['not at once', -5_000, 1_000],
    ['when the site said', 45_000, 45_000],
    ['in ten minutes at the most', 3_600_000, 600_000],
  ])('comes back to a site %s', (_when, inMs, afterMs) => {
    const { clock, judge } = guild();
    expect(judge('a', blocked(clock.now + inMs))).toEqual({ kind: 'hold', afterMs });
  });

  it('waits for what begins in a moment, and not for what begins later', () => {
    const { clock, judge } = guild();
    const begins = (retryAt?: number) =>
      judge('a', new TenutoError('TRACK_NOT_YET', '', retryAt === undefined ? {} : { retryAt })).kind;
    expect([begins(clock.now + 30_000), begins(clock.now + 90_000), begins()]).toEqual(['hold', 'next', 'next']);
  });

  it('gives up after five tracks in a row that were hardly heard', () => {
    const { judge } = guild();
    const kinds = ['a', 'b', 'c', 'd', 'e'].map((id) => judge(id, silent).kind);
    expect(kinds).toEqual(['next', 'next', 'next', 'next', 'give-up']);
  });

  it('skips nothing because yt-dlp is missing', () => {
    expect(guild().judge('a', new TenutoError('EXTRACTOR_MISSING')).kind).toBe('give-up');
  });

  it('counts anew after a try that was heard for ten seconds, and not after a shorter one', () => {
    const { judge } = guild();
    for (const id of ['a', 'b', 'c', 'd']) judge(id, silent);
    expect(judge('e', silent, 10_000).kind).toBe('next');
    judge('f', broken);
    expect(judge('f', broken, 9_980).kind).toBe('next');
    judge('g', broken);
    expect(judge('g', broken, 10_000).kind).toBe('again');
  });

  it('does not go on for ever with a track that breaks again and again', () => {
    const { clock, judge } = guild();
    const kinds = Array.from({ length: 11 }, () => {
      clock.now += 20_000;
      return judge('a', broken, 20_000).kind;
    });
    expect(kinds).toEqual([...Array<string>(10).fill('again'), 'next']);
    clock.now += 600_000;
    expect(judge('a', broken, 600_000).kind).toBe('again');
  });

  it('lets a track that breaks at its very end be over', () => {
    const { judge } = guild();
    expect(judge('a', broken, 180_000, 1_980)).toEqual({ kind: 'next', told: false });
    expect(judge('b', broken, 180_000, 2_000).kind).toBe('again');
    expect(judge('c', broken, 0, 1_000).kind).toBe('again');
  });

  it('takes what is no error of ours for a bug that one more try may get past', () => {
    expect(guild().judge('a', new TypeError('x')).kind).toBe('again');
  });
});
