import { describe, expect, it } from 'vitest';
import { KeyedLock } from '../../src/lib/keyed-lock.ts';

function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, opened: promise };
}

describe('KeyedLock', () => {
  it('runs the tasks of a key one after the other, in the order of the calls', async () => {
    const lock = new KeyedLock();
    const log: string[] = [];
    const first = gate();
    const tasks = [
      lock.run('a', async () => {
        log.push('1 begins');
        await first.opened;
        log.push('1 ends');
      }),
      lock.run('a', () => log.push('2')),
      lock.run('a', () => log.push('3')),
    ];
    await Promise.resolve();
    first.open();
    await Promise.all(tasks);
    expect(log).toEqual(['1 begins', '1 ends', '2', '3']);
  });

  it('does not let one key wait for another', async () => {
    const lock = new KeyedLock();
    const never = gate();
    const waiting = lock.run('a', () => never.opened);
    expect(await lock.run('b', () => 'done')).toBe('done');
    never.open();
    await waiting;
  });

  it('goes on after a task that failed', async () => {
    const lock = new KeyedLock();
    const failing = lock.run('a', () => Promise.reject(new Error('no')));
    const next = lock.run('a', () => 'yes');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });

  it('gives up waiting when the signal is aborted, without running the task or blocking others', async () => {
    const lock = new KeyedLock();
    const first = gate();
    const holding = lock.run('a', () => first.opened);
    const life = new AbortController();
    let ran = false;
    const given = lock.run('a', () => void (ran = true), life.signal);
    const after = lock.run('a', () => 'after');
    life.abort(new Error('left'));
    await expect(given).rejects.toThrow('left');
    first.open();
    await holding;
    expect(await after).toBe('after');
    expect(ran).toBe(false);
    await expect(lock.run('a', () => 1, life.signal)).rejects.toThrow('left');
  });
});
