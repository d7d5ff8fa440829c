import { sleep } from '../lib/time.ts';

/** Hands over item after item; ends when there are no more, or with its failure, or soon after `signal` is aborted. */
export type Producer<T> = (took: (item: T) => void, signal: AbortSignal) => Promise<void>;

/** Chunks to be read once. `return` ends the work behind them at once, also while `next` waits. */
export interface Chunks<C> extends AsyncIterable<C> {
  next(): Promise<IteratorResult<C, void>>;
  return(): Promise<IteratorResult<C, void>>;
}

/**
 * What a producer hands over, in chunks of what has come meanwhile: the first as soon as there is one item, each other
 * `gatherMs` milliseconds later. Throws the producer's failure behind all that came before it.
 */
export function inChunks<T>(produce: Producer<T>, gatherMs: number): Chunks<readonly T[]> {
  const life = new AbortController();
  const chunks = gather(produce, gatherMs, life.signal);
  return iterable({
    next: () => chunks.next(),
    // A generator would first finish what it waits for.
    return: () => {
      life.abort(new Error('nobody reads on'));
      return chunks.return();
    },
  });
}

/** The chunks as `map` makes them, behind `first`, which has been read already. */
export function resumed<C, D>(first: C, others: Chunks<C>, map: (chunk: C) => D): Chunks<D> {
  let read = false;
  return iterable<D>({
    async next() {
      const next: IteratorResult<C, void> = read ? await others.next() : { value: first };
      read = true;
      return next.done === true ? next : { value: map(next.value) };
    },
    async return() {
      await others.return();
      return { done: true, value: undefined };
    },
  });
}

const iterable = <C>(chunks: Omit<Chunks<C>, typeof Symbol.asyncIterator>): Chunks<C> => ({
  ...chunks,
  [Symbol.asyncIterator]: () => chunks,
});

async function* gather<T>(
  produce: Producer<T>,
  gatherMs: number,
  life: AbortSignal,
): AsyncGenerator<readonly T[], void, void> {
  let gathered: T[] = [];
  let over = false;
  const some = Promise.withResolvers<void>();
  const produced = produce((item) => {
    gathered.push(item);
    some.resolve();
  }, life).finally(() => {
    over = true;
  });
  const ended = produced.catch(() => undefined);
  await Promise.race([some.promise, ended]);
  while (!life.aborted) {
    const last = over;
    const chunk = gathered;
    gathered = [];
    if (chunk.length > 0) yield chunk;
    if (last) return await produced;
    await Promise.race([sleep(gatherMs, life), ended]).catch(() => undefined);
  }
  await ended;
}
