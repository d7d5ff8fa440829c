import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { every, later, sleep, within } from '../../src/lib/time.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const never = new Promise<never>(() => undefined);

describe('sleep', () => {
  it('takes its time', async () => {
    let awake = false;
    const sleeping = sleep(1_000).then(() => (awake = true));
    await vi.advanceTimersByTimeAsync(999);
    expect(awake).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await sleeping;
  });

  it('ends with the reason of the signal, and leaves no timer', async () => {
    const life = new AbortController();
    const sleeping = sleep(1_000, life.signal);
    life.abort(new Error('over'));
    await expect(sleeping).rejects.toThrow('over');
    expect(vi.getTimerCount()).toBe(0);
    await expect(sleep(1_000, life.signal)).rejects.toThrow('over');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('within', () => {
  const late = () => new Error('late');

  it('passes on what the work says, and leaves no timer', async () => {
    await expect(within(1_000, Promise.resolve(7), late)).resolves.toBe(7);
    await expect(within(1_000, Promise.reject(new Error('no')), late)).rejects.toThrow('no');
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('rejects when the work takes too long', async () => {
    const outcome = within(1_000, never, late).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await outcome).toEqual(late());
  });

  it('rejects with the reason of the signal', async () => {
    const life = new AbortController();
    const waiting = within(1_000, never, late, life.signal);
    life.abort(new Error('over'));
    await expect(waiting).rejects.toThrow('over');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe.each([
  { name: 'later', act: later, calls: 1 },
  { name: 'every', act: every, calls: 3 },
])('$name', ({ act, calls }) => {
  it('acts in its time', () => {
    const acted = vi.fn<() => void>();
    act(1_000, new AbortController().signal, acted);
    vi.advanceTimersByTime(999);
    expect(acted).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2_001);
    expect(acted).toHaveBeenCalledTimes(calls);
  });

  it('acts no more when the life has ended, and leaves no timer', () => {
    const acted = vi.fn<() => void>();
    const life = new AbortController();
    act(1_000, life.signal, acted);
    life.abort();
    act(1_000, life.signal, acted);
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(5_000);
    expect(acted).not.toHaveBeenCalled();
  });
});
