import type { Change, Proposal } from './commit-validity.ts';
import type { ExternalSender } from './external-sender.ts';

/** What the gateway has proposed to one group in its present epoch, in the order in which it was broadcast. */
export class Proposals {
  readonly #groupId: bigint;
  readonly #sender: ExternalSender;
  /** By reference. */
  readonly #inForce = new Map<string, Proposal>();

  constructor(groupId: bigint, sender: ExternalSender) {
    this.#groupId = groupId;
    this.#sender = sender;
  }

  get all(): readonly Proposal[] {
    return [...this.#inForce.values()];
  }

  isLeaving(userId: string): boolean {
    return this.all.some((proposal) => proposal.kind === 'remove' && proposal.userId === userId);
  }

  /** A change, signed but not in force: no commit that includes it will be taken. */
  sign(epoch: bigint, change: Change): Proposal {
    const signed =
      change.kind === 'add'
        ? this.#sender.add(this.#groupId, epoch, change.keyPackage)
        : this.#sender.remove(this.#groupId, epoch, change.leaf);
    return { ...change, ...signed };
  }

  /** A change that the next commit must include. */
  propose(epoch: bigint, change: Change): Proposal {
    const proposal = this.sign(epoch, change);
    this.#inForce.set(proposal.reference, proposal);
    return proposal;
  }

  clear(): void {
    this.#inForce.clear();
  }
}
