import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { inChunks, resumed } from '../../src/sources/chunks.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A producer that is told what to hand over. */
function hand() {
  const end = Promise.withResolvers<void>();
  let put: (item: number) => void = () => undefined;
  const seen = { stopped: false };
  const chunks = inChunks<number>((took, signal) => {
    put = took;
    signal.addEventListener('abort', () => {
      seen.stopped = true;
      end.reject(signal.reason);
    });
    return end.promise;
  }, 300);
  return { chunks, end, seen, put: (...items: number[]) => items.forEach((item) => put(item)) };
}

it('hands over the first at once, and then what has come meanwhile', async () => {
  const { chunks, end, put } = hand();
  const first = chunks.next();
  await Promise.resolve();
  put(1);
  expect(await first).toEqual({ done: false, value: [1] });
  put(2, 3);
  const second = chunks.next();
  await vi.advanceTimersByTimeAsync(299);
  put(4);
  await vi.advanceTimersByTimeAsync(1);
  expect(await second).toEqual({ done: false, value: [2, 3, 4] });
  put(5);
  end.resolve();
  expect(await chunks.next()).toEqual({ done: false, value: [5] });
  expect(await chunks.next()).toEqual({ done: true, value: undefined });
});

it('throws a failure behind all that came before it', async () => {
  const { chunks, end, put } = hand();
  const first = chunks.next();
  put(1);
  end.reject(new Error('broken'));
  expect(await first).toMatchObject({ value: [1] });
  await expect(chunks.next()).rejects.toThrow('broken');
});

it('ends at once when nobody reads on, also while somebody waits', async () => {
  const { chunks, put, seen } = hand();
  const first = chunks.next();
  put(1);
  await first;
  const waiting = chunks.next();
  await chunks.return();
  expect(seen.stopped).toBe(true);
  expect(await waiting).toMatchObject({ done: true });
});

it('begins again with what was read already', async () => {
  const { chunks, end, put } = hand();
  const first = chunks.next();
  put(1);
  const { value } = await first;
  put(2);
  end.resolve();
  const doubled = resumed(value ?? [], chunks, (items) => items.map((item) => item * 2));
  expect([await doubled.next(), await doubled.next(), await doubled.next()]).toEqual([
    { value: [2] },
    { value: [4] },
    { done: true, value: undefined },
  ]);
});
