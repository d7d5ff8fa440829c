import { MISTAKES, type DatagramKind } from './datagrams.ts';

/** Who did something, for a sentence about it. */
export const memberOf = (owner: { readonly guildId: string; readonly userId: string } | null): string =>
  owner === null ? 'a client that had not identified' : `${owner.userId} in guild ${owner.guildId}`;

/** What went wrong at the voice servers, each kind with how often: what clients must not do, and what the double itself could not. */
export class Mistakes {
  readonly #counts = new Map<string, number>();

  note(what: string, times = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + times);
  }

  /** The kinds of datagrams that no correct client sends. */
  noteDatagrams(who: string, counts: Readonly<Record<DatagramKind, number>>): void {
    for (const kind of MISTAKES) if (counts[kind] > 0) this.note(`${who} sent datagrams: ${kind}`, counts[kind]);
  }

  /** These and others, added up. */
  and(others: Mistakes): Mistakes {
    const sum = new Mistakes();
    for (const [what, times] of [...this.#counts, ...others.#counts]) sum.note(what, times);
    return sum;
  }

  /** One line each. */
  get lines(): readonly string[] {
    return [...this.#counts].map(([what, times]) => `voice: ${what}${times > 1 ? ` (${times} times)` : ''}`);
  }
}
