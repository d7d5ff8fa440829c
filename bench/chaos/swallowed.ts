import type { Loopback } from '../../loopback/index.ts';
import { every } from '../../src/lib/time.ts';

const LOOK_EVERY_MS = 50;
/** What a datagram can be that takes no frame away from anybody. */
const HARMLESS = new Set(['audio', 'discovery', 'keep-alive', 'nonce-reused', 'nonce-backwards', 'before-speaking']);

/**
 * Counts, while `life` lasts, what left the bot and was heard by nobody: datagrams that were lost, late or muted, and frames
 * that nobody was there for, or could decrypt. All guilds together: the network does not say whose datagram it lost.
 */
export class SwallowLog {
  readonly #loopback: Loopback;
  readonly #heard = new Map<number, number>();
  readonly #ofSessions = new Map<number, number>();
  readonly #looks: { readonly at: number; readonly count: number }[] = [];

  constructor(loopback: Loopback, life: AbortSignal) {
    this.#loopback = loopback;
    this.look();
    every(LOOK_EVERY_MS, life, () => this.look());
  }

  /** What this person hears was not swallowed. */
  attend(name: string): void {
    const count = ({ ssrc }: { readonly ssrc: number }) => this.#heard.set(ssrc, (this.#heard.get(ssrc) ?? 0) + 1);
    this.#loopback.ears(name).on('packet', count);
  }

  /** Looks now. */
  look(): void {
    const { voice } = this.#loopback;
    // A session that has ended is not listed any more; what it had counted stays.
    for (const { ssrc, datagrams } of voice.sessions()) {
      this.#ofSessions.set(ssrc, swallowedIn(datagrams) + datagrams.audio - (this.#heard.get(ssrc) ?? 0));
    }
    const count = swallowedIn(voice.strayDatagrams()) + sum(this.#ofSessions.values());
    this.#looks.push({ at: performance.now(), count });
  }

  /** At most so many frames between two moments of `performance.now()`. */
  between(from: number, to: number): number {
    const before = this.#looks.findLast(({ at }) => at <= from)?.count ?? 0;
    const after = this.#looks.find(({ at }) => at >= to)?.count ?? this.#looks.at(-1)?.count ?? 0;
    return after - before;
  }
}

const swallowedIn = (datagrams: Readonly<Record<string, number>>): number =>
  sum(Object.entries(datagrams).map(([kind, count]) => (HARMLESS.has(kind) ? 0 : count)));

function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
