import { includedBy, leavesAfter, type Leaves, type Proposal } from './commit-validity.ts';
import type { DaveMember } from './dave-member.ts';
import { welcomeFor, type KeyPackage, type readCommitWelcome } from './mls-messages.ts';
import type { Proposals } from './proposals.ts';

/**
 * `forming`: every member has a local group of itself (epoch 0) and is offered all the others; whoever commits first has made the group.
 * `established`: one group, whose leaves the gateway knows by following the commits. `plain`: no group, as the call was downgraded.
 */
type Group =
  | { readonly status: 'plain' }
  | { readonly status: 'forming' }
  | { readonly status: 'established'; readonly epoch: bigint; readonly leaves: Leaves };

/** A commit that moves the group on: the tree that it makes, and the welcome of each member that it adds. */
export interface Verdict {
  readonly leaves: Leaves;
  readonly welcomes: readonly { readonly userId: string; readonly bytes: Buffer }[];
}

/** Who is in a DAVE group, who wants to be, and who may commit. */
export class Roster {
  readonly members = new Map<string, DaveMember>();
  /** Of pending members; used up by the welcome. */
  readonly packages = new Map<string, KeyPackage>();
  readonly proposals: Proposals;
  readonly #groupId: bigint;
  #group: Group = { status: 'forming' };

  constructor(groupId: bigint, proposals: Proposals) {
    this.#groupId = groupId;
    this.proposals = proposals;
  }

  get status(): Group['status'] {
    return this.#group.status;
  }

  get epoch(): bigint {
    return this.#group.status === 'established' ? this.#group.epoch : 0n;
  }

  /** True when everyone is in the group, and nothing is about to change in it. */
  get settled(): boolean {
    const isQuiet = this.#group.status === 'established' && this.proposals.all.length === 0;
    return isQuiet && this.committers().length === this.members.size;
  }

  knows(member: DaveMember): boolean {
    return this.members.get(member.userId) === member;
  }

  /** There is no group any more, or none for now. */
  disband(status: 'plain' | 'forming'): void {
    this.#group = { status };
    this.proposals.clear();
  }

  /** The next epoch, with these leaves. */
  advance(leaves: Leaves): void {
    this.#group = { status: 'established', epoch: this.epoch + 1n, leaves };
    this.proposals.clear();
  }

  /** The tree as this member has it: without a group, its own leaf alone. */
  leavesOf(userId: string): Leaves {
    return this.#group.status === 'established' ? this.#group.leaves : [this.packages.get(userId) ?? null];
  }

  /** Who gets proposals and may commit: in a forming group all who have sent a key package, else the members in good standing. */
  committers(): readonly DaveMember[] {
    const userIds =
      this.#group.status === 'established'
        ? this.#group.leaves.flatMap((leaf) => (leaf && !this.proposals.isLeaving(leaf.userId) ? [leaf.userId] : []))
        : [...this.packages.keys()];
    return userIds.flatMap((userId) => this.members.get(userId) ?? []);
  }

  /** What a commit makes of the group, or null when it is not valid (any more). */
  judge(member: DaveMember, { commit, welcome }: ReturnType<typeof readCommitWelcome>): Verdict | null {
    if (!this.committers().includes(member)) return null;
    const leaves = this.leavesOf(member.userId);
    const offered = this.proposals.all.filter(({ userId }) => userId !== member.userId);
    const included = includedBy(commit, member.userId, { groupId: this.#groupId, epoch: this.epoch, leaves }, offered);
    if (!included) return null;
    const added = included.filter((one): one is Extract<Proposal, { kind: 'add' }> => one.kind === 'add');
    const welcomes = added.flatMap(({ userId, keyPackage }) => {
      const bytes = welcome && welcomeFor(welcome, keyPackage);
      return bytes ? { userId, bytes } : [];
    });
    return welcomes.length === added.length ? { leaves: leavesAfter(leaves, included), welcomes } : null;
  }
}
