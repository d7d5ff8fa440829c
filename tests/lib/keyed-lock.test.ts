import { describe, expect, it } from 'vitest';
import { KeyedLock, Lock } from '../../src/lib/keyed-lock.ts';

function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, opened: promise };
}

type Run = <T>(task: () => Promise<T> | T, signal?: AbortSignal) => Promise<T>;

describe.each<[string, () => Run]>([
  [
    'Lock',
    () => {
      const lock = new Lock();
      return (task, signal) => lock.run(task, signal);
    },
  ],
  [
    'one key of a KeyedLock',
    () => {
      const lock = new KeyedLock();
      return (task, signal) => lock.run('a', task, signal);
    },
  ],
])('%s', (_name, locked) => {
  it('runs the tasks one after the other, in the order of the calls', async () => {
    const run = locked();
    const log: string[] = [];
    const first = gate();
    const tasks = [
      run(async () => {
        log.push('1 begins');
        await first.opened;
        log.push('1 ends');
      }),
      run(() => log.push('2')),
      run(() => log.push('3')),
    ];
    await Promise.resolve();
    first.open();
    await Promise.all(tasks);
    expect(log).toEqual(['1 begins', '1 ends', '2', '3']);
  });

  it('goes on after a task that failed', async () => {
    const run = locked();
    const failing = run(() => Promise.reject(new Error('no')));
    const next = run(() => 'yes');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });

  it('gives up waiting when the signal is aborted, without running the task or blocking others', async () => {
    const run = locked();
    const first = gate();
    const holding = run(() => first.opened);
    const life = new AbortController();
    let ran = false;
    const given = run(() => void (ran = true), life.signal);
    const after = run(() => 'after');
    life.abort(new Error('left'));
    await expect(given).rejects.toThrow('left');
    first.open();
    await holding;
    expect(await after).toBe('after');
    expect(ran).toBe(false);
    await expect(run(() => 1, life.signal)).rejects.toThrow('left');
  });
});

it('does not let one key wait for another', async () => {
  const lock = new KeyedLock();
  const never = gate();
  const waiting = lock.run('a', () => never.opened);
  expect(await lock.run('b', () => 'done')).toBe('done');
  never.open();
  await waiting;
});
