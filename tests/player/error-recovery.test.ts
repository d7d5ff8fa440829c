import { describe, expect, it } from 'vitest';
import { TenutoError } from '../../src/lib/errors.ts';
import { ErrorRecovery } from '../../src/player/error-recovery.ts';

const broken = new TenutoError('TRACK_UNAVAILABLE', 'it is gone');
const offline = new TenutoError('NETWORK_DOWN', 'the site');
const silent = new TenutoError('NOT_AUDIO');

describe('ErrorRecovery', () => {
  it('tries a broken track once more, then lets the next one play', () => {
    const recovery = new ErrorRecovery();
    expect([recovery.judge('a', broken, 0), recovery.judge('a', broken, 0)]).toEqual([
      { kind: 'again', afterMs: 0 },
      { kind: 'next' },
    ]);
  });

  it('does not try again what cannot be sound', () => {
    expect(new ErrorRecovery().judge('a', silent, 0)).toEqual({ kind: 'next' });
  });

  it('waits for the network, longer each time, and skips nothing because of it', () => {
    const recovery = new ErrorRecovery();
    const verdicts = Array.from({ length: 4 }, () => recovery.judge('a', offline, 0));
    expect(verdicts).toEqual([
      { kind: 'again', afterMs: 1_000 },
      { kind: 'again', afterMs: 5_000 },
      { kind: 'again', afterMs: 15_000 },
      { kind: 'give-up' },
    ]);
  });

  it('gives up after five tracks in a row that were hardly heard', () => {
    const recovery = new ErrorRecovery();
    const kinds = ['a', 'b', 'c', 'd', 'e'].map((id) => recovery.judge(id, silent, 0).kind);
    expect(kinds).toEqual(['next', 'next', 'next', 'next', 'give-up']);
  });

  it('counts anew after a try that was heard for ten seconds, and not after a shorter one', () => {
    const recovery = new ErrorRecovery();
    for (const id of ['a', 'b', 'c', 'd']) recovery.judge(id, silent, 0);
    expect(recovery.judge('e', silent, 10_000).kind).toBe('next');
    recovery.judge('f', broken, 0);
    expect(recovery.judge('f', broken, 9_980).kind).toBe('next');
    recovery.judge('g', broken, 0);
    expect(recovery.judge('g', broken, 10_000)).toEqual({ kind: 'again', afterMs: 0 });
  });

  it('takes what is no error of ours for a bug that one more try may get past', () => {
    expect(new ErrorRecovery().judge('a', new TypeError('x'), 0).kind).toBe('again');
  });
});
