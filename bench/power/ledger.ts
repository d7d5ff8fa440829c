import { applyOperation } from '../../src/queue/queue-operations.ts';
import { EMPTY_QUEUE, NEW_SESSION, type Queue, type QueueEntry, type Session } from '../../src/queue/queue.ts';
import type { Report, Wish } from './wishes.ts';

/** How a guild stands. The position is no matter here: nothing plays. */
export interface Standing {
  readonly queue: Queue;
  readonly session: Session;
}

/** How what was found relates to what was said to be durable. */
export type Verdict =
  | { readonly kind: 'right' }
  | { readonly kind: 'lost'; readonly operations: number }
  | { readonly kind: 'wrong' };

const FRESH: Standing = { queue: EMPTY_QUEUE, session: NEW_SESSION };

/** What was said of one guild since somebody last looked. */
export class Ledger {
  #standing = FRESH;
  #underWay: Wish | null = null;
  /** After each durable wish, the oldest first. */
  #past: string[] = [fingerprint(FRESH)];

  take(report: Report): void {
    if ('wish' in report) this.#underWay = report.wish;
    else if (this.#underWay !== null) {
      this.#standing = after(this.#standing, this.#underWay);
      this.#past.push(fingerprint(this.#standing));
      this.#underWay = null;
    }
  }

  /** How many wishes were said to be durable. */
  get acknowledged(): number {
    return this.#past.length - 1;
  }

  /** Compares and begins anew from what was found. */
  compare(found: Standing): Verdict {
    const fingerprints = [this.#standing, ...(this.#underWay === null ? [] : [after(this.#standing, this.#underWay)])];
    const is = fingerprint(found);
    const before = this.#past.lastIndexOf(is);
    const verdict: Verdict = fingerprints.map(fingerprint).includes(is)
      ? { kind: 'right' }
      : before === -1
        ? { kind: 'wrong' }
        : { kind: 'lost', operations: this.acknowledged - before };
    this.#standing = found;
    this.#underWay = null;
    this.#past = [is];
    return verdict;
  }
}

function after({ queue, session }: Standing, wish: Wish): Standing {
  return 'operation' in wish
    ? { queue: applyOperation(queue, wish.operation), session }
    : { queue, session: { ...session, ...wish.session } };
}

const idsOf = (entries: readonly QueueEntry[]): string[] => entries.map(({ id }) => id);

function fingerprint({ queue, session }: Standing): string {
  const { current, upcoming, history, undoable, loop } = queue;
  const { volume, paused } = session;
  const back = undoable && [undoable.what, idsOf(undoable.upcoming), undoable.since];
  return JSON.stringify([current?.id ?? null, idsOf(upcoming), idsOf(history), back, loop, volume, paused]);
}
