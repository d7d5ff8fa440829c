import type { SignedProposal } from './external-sender.ts';
import type { Commit, KeyPackage } from './mls-messages.ts';

/** A member's place in the group's tree. */
export interface Leaf {
  readonly userId: string;
  readonly signatureKey: Buffer;
}

/** The tree's leaves from left to right; null is a blank one. */
export type Leaves = readonly (Leaf | null)[];

/** A change of the group's members. */
export type Change =
  | { readonly kind: 'add'; readonly userId: string; readonly keyPackage: KeyPackage }
  | { readonly kind: 'remove'; readonly userId: string; readonly leaf: number };

/** A change that the gateway has proposed in this epoch. */
export type Proposal = SignedProposal & Change;

/**
 * "Voice Gateway Commit Validity": the proposals that a valid commit includes, in the committer's order; null for any other commit.
 * `offered` are the proposals that the committer was sent and that were not revoked.
 */
export function includedBy(
  commit: Commit,
  committerId: string,
  group: { readonly groupId: bigint; readonly epoch: bigint; readonly leaves: Leaves },
  offered: readonly Proposal[],
): readonly Proposal[] | null {
  const index = group.leaves.findIndex((leaf) => leaf?.userId === committerId);
  const leaf = group.leaves[index];
  if (!leaf || commit.groupId !== group.groupId || commit.epoch !== group.epoch || commit.leaf !== index) return null;
  const renewed = commit.committer ?? leaf;
  if (renewed.userId !== committerId || !renewed.signatureKey.equals(leaf.signatureKey)) return null;
  const included = commit.references.flatMap((name) => offered.find(({ reference }) => reference === name) ?? []);
  const onlyOffered = included.length === commit.references.length;
  const allOffered = offered.length > 0 && new Set(included).size === offered.length;
  return onlyOffered && allOffered ? included : null;
}

/** RFC 9420, section 12.4.2: removals blank their leaves, then each addition takes the leftmost blank leaf or a new one. */
export function leavesAfter(before: Leaves, included: readonly Proposal[]): Leaves {
  const removed = new Set(included.filter(({ kind }) => kind === 'remove').map(({ userId }) => userId));
  const leaves: (Leaf | null)[] = before.map((leaf) => (leaf && removed.has(leaf.userId) ? null : leaf));
  for (const proposal of included) {
    if (proposal.kind !== 'add') continue;
    const blank = leaves.indexOf(null);
    const { userId, signatureKey } = proposal.keyPackage;
    leaves[blank < 0 ? leaves.length : blank] = { userId, signatureKey };
  }
  return leaves;
}
