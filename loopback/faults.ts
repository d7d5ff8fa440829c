import type { z } from 'zod';
import type { FaultTargets } from './fault-row.ts';
import { FAULTS } from './fault-table.ts';

export type FaultName = keyof typeof FAULTS;
export type FaultParams<Name extends FaultName> = z.input<(typeof FAULTS)[Name]['params']>;

/** A fault that was thrown. */
export interface Thrown {
  readonly id: number;
  readonly name: FaultName;
  readonly params: unknown;
  /** Whether it goes on until it is lifted. */
  readonly lasts: boolean;
  /** Ends it; doing so twice, or to one that did not last, does nothing. */
  readonly lift: () => void;
}

/** Makes things go wrong, by name. */
export class Faults {
  readonly #targets: FaultTargets;
  readonly #lasting = new Map<number, Thrown>();
  #count = 0;

  constructor(targets: FaultTargets) {
    this.#targets = targets;
  }

  /** Those that go on, oldest first. */
  get lasting(): readonly Thrown[] {
    return [...this.#lasting.values()];
  }

  /** Throws a fault. An error says why when its row does not allow the parameters, or when there is nothing for it to meet. */
  throw<Name extends FaultName>(name: Name, params: FaultParams<Name>): Thrown {
    return this.#throw(name, params);
  }

  /** The same for a name and parameters that came from outside; null when no fault has that name. */
  throwByName(name: string, params: unknown): Thrown | null {
    return isFaultName(name) ? this.#throw(name, params) : null;
  }

  /** Ends every fault that lasts. */
  liftAll(): void {
    for (const fault of this.lasting) fault.lift();
  }

  #throw(name: FaultName, params: unknown): Thrown {
    const { lasts, start } = FAULTS[name];
    const end = start(this.#targets, params);
    const id = ++this.#count;
    const lift = () => {
      if (this.#lasting.delete(id)) end();
    };
    const fault: Thrown = { id, name, params, lasts, lift };
    if (lasts) this.#lasting.set(id, fault);
    return fault;
  }
}

const isFaultName = (name: string): name is FaultName => Object.hasOwn(FAULTS, name);
