import { expect, it } from 'vitest';
import { SingleFlight, type Flight } from '../../src/sources/single-flight.ts';
import { Slots } from '../../src/sources/slots.ts';
import type { Urgency } from '../../src/sources/source.ts';

const signal = new AbortController().signal;
const flight = (urgency: Urgency): Flight => ({ signal, urgency });

/** One slot, and a task in it that holds it until it is told to end. */
function busySlot() {
  const { promise, resolve: free } = Promise.withResolvers<void>();
  const slots = new Slots(1);
  const done: string[] = [];
  const first = slots.run(() => promise, flight('now'));
  const task = (name: string) => async () => void done.push(name);
  return { slots, done, task, free: () => (free(), first) };
}

it('does what somebody needs now before everything that is done ahead, each in the order of the calls', async () => {
  const { slots, done, task, free } = busySlot();
  const urgencies = { a: 'ahead', b: 'now', c: 'ahead', d: 'now' } as const;
  const all = Object.entries(urgencies).map(([name, urgency]) => slots.run(task(name), flight(urgency)));
  await free();
  await Promise.all(all);
  expect(done).toEqual(['b', 'd', 'a', 'c']);
});

it('does at once what was to be done ahead, when somebody comes to need it while it waits', async () => {
  const { slots, done, task, free } = busySlot();
  const flights = new SingleFlight<void>();
  const work = (name: string) => (it: Flight) => slots.run(task(name), it);
  const all = [flights.run('a', flight('ahead'), work('a')), flights.run('b', flight('ahead'), work('b'))];
  all.push(flights.run('b', flight('now'), work('again')));
  await free();
  await Promise.all(all);
  expect(done).toEqual(['b', 'a']);
});

it('forgets who has gone while waiting', async () => {
  const { slots, done, task, free } = busySlot();
  const life = new AbortController();
  const gone = slots.run(task('gone'), { signal: life.signal, urgency: 'now' });
  const stays = slots.run(task('stays'), flight('ahead'));
  life.abort(new Error('gone'));
  await expect(gone).rejects.toThrow('gone');
  await free();
  await stays;
  expect(done).toEqual(['stays']);
});
