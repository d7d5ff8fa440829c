import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import type { Change, Proposal } from './commit-validity.ts';
import { append, revoke, tellCommit, tellRestart, tellTransition, tellWelcome } from './dave-messages.ts';
import type { DaveMember, DaveOptions, DaveReplies } from './dave-member.ts';
import { Roster } from './dave-roster.ts';
import type { ExternalSender } from './external-sender.ts';
import { readCommitWelcome, readKeyPackage, type KeyPackage } from './mls-messages.ts';
import { MlsSyntaxError } from './mls-wire.ts';
import { Proposals } from './proposals.ts';
import { Transitions } from './transitions.ts';
import { Turns } from './turns.ts';
import { Unrest } from './unrest.ts';

const COMMIT_DEADLINE_MS = 1_000;
/** https://daveprotocol.com, "Passthrough Mode" */
const PASSTHROUGH_MS = 10_000;

type CommitWelcome = ReturnType<typeof readCommitWelcome>;

/**
 * One channel's end-to-end encryption as the gateway leads it: the MLS delivery service of the DAVE protocol, version 1
 * (https://daveprotocol.com). It never has the group's keys; it proposes members, picks the winning commit and passes it on.
 */
export class DaveGroup implements DaveReplies {
  readonly #sender: ExternalSender;
  readonly #listenersFirst: boolean;
  readonly #roster: Roster;
  /** Op 25 is said once in a session: a client that is in a group cannot take a second one. */
  readonly #introduced = new WeakSet<DaveMember>();
  readonly #unrest = new Unrest();
  readonly #transitions: Transitions;
  /** People answer while a message is still being sent around. */
  readonly #turns = new Turns();
  /** A person's commit that waits for a client's. */
  #held: NodeJS.Timeout | undefined;
  #upgradedAt = -Infinity;

  constructor(channelId: string, sender: ExternalSender, { listenersFirst, held }: DaveOptions) {
    const groupId = BigInt(channelId);
    this.#roster = new Roster(groupId, new Proposals(groupId, sender));
    this.#sender = sender;
    this.#listenersFirst = listenersFirst;
    this.#transitions = new Transitions(() => this.#unrest.began(), held);
  }

  /** The version of the protocol that is spoken now; 0 is none. */
  get version(): 0 | 1 {
    return this.#roster.status === 'plain' ? 0 : 1;
  }

  get passthrough(): boolean {
    return this.version === 0 || performance.now() - this.#upgradedAt < PASSTHROUGH_MS;
  }

  get changing(): boolean {
    return this.#unrest.excuses(this.#roster.settled && !this.#transitions.open);
  }

  /** Someone has come: they are pending until their key package is here. */
  join(member: DaveMember): void {
    this.#turns.run(() => {
      this.#unrest.began();
      this.#roster.members.set(member.userId, member);
      if (this.version > 0) this.#introduce(member);
    });
  }

  /** Someone has left for good. */
  leave(member: DaveMember): void {
    this.#turns.run(() => {
      if (!this.#roster.knows(member)) return;
      this.#roster.members.delete(member.userId);
      this.#transitions.left(member.userId);
      this.#expel(member.userId);
    });
  }

  /** Throws `MlsSyntaxError` for a key package that the protocol forbids. */
  keyPackage(member: DaveMember, payload: Buffer): void {
    const keyPackage = readKeyPackage(payload);
    if (keyPackage.userId !== member.userId) throw new MlsSyntaxError('the key package of someone else');
    this.#turns.run(() => {
      if (!this.#roster.knows(member) || this.version === 0) return;
      this.#expel(member.userId);
      this.#roster.packages.set(member.userId, keyPackage);
      this.#invite(keyPackage);
    });
  }

  /** Throws `MlsSyntaxError` for what is no commit; one that is not valid (any more) is passed over. */
  commit(member: DaveMember, payload: Buffer): void {
    const commit = readCommitWelcome(payload);
    this.#turns.run(() => {
      const clients = this.#roster.committers().some(({ local }) => !local);
      if (!member.local || this.#listenersFirst || !clients) return this.#accept(member, commit);
      // Clients are slower than people in this process: they get their chance.
      this.#drop();
      this.#held = setTimeout(() => this.#turns.run(() => this.#accept(member, commit)), COMMIT_DEADLINE_MS).unref();
    });
  }

  ready(member: DaveMember, transitionId: number): void {
    if (this.#roster.knows(member)) this.#transitions.ready(member.userId, transitionId);
  }

  /** The member could not follow, has forgotten its group, and sends a new key package next. */
  invalid(member: DaveMember): void {
    this.#turns.run(() => {
      if (this.#roster.knows(member)) this.#expel(member.userId);
    });
  }

  /** Everyone starts over, as members do whose group is beyond repair. */
  reset(): void {
    this.#turns.run(() => {
      this.#unrest.began();
      this.#roster.packages.clear();
      this.#restart([...this.#roster.members.values()]);
    });
  }

  /** Everyone goes back to no encryption, as when someone comes who knows none. */
  downgrade(): void {
    this.#turns.run(() => {
      this.#disband('plain');
      this.#roster.packages.clear();
      const transition = this.#transitions.next();
      const members = [...this.#roster.members.values()];
      for (const member of members) tellTransition(member, transition, 0);
      this.#transitions.begin(transition, members);
    });
  }

  /** The end of a downgrade: a new group, in which plain frames are understood for ten seconds more. */
  upgrade(): void {
    if (this.version > 0) return;
    this.#upgradedAt = performance.now();
    this.reset();
  }

  /** What op 25 says here. */
  get externalSender(): Buffer {
    return this.#sender.package;
  }

  /** A change that is signed for this epoch, and that the group knows nothing of. */
  forge(change: Change): Proposal {
    return this.#roster.proposals.sign(this.#roster.epoch, change);
  }

  /** Forgets everyone. */
  close(): void {
    this.#transitions.clear();
    this.#drop();
    this.#roster.members.clear();
  }

  #introduce(member: DaveMember): void {
    if (this.#introduced.has(member)) return;
    this.#introduced.add(member);
    member.tellBinary(VoiceOpcodes.DaveMlsExternalSender, this.#sender.package);
  }

  /** Proposes a pending member to all others, and in a forming group the others to it. */
  #invite(keyPackage: KeyPackage): void {
    const { userId } = keyPackage;
    const others = this.#roster.proposals.all;
    const proposal = this.#roster.proposals.propose(this.#roster.epoch, { kind: 'add', userId, keyPackage });
    for (const member of this.#roster.committers()) if (member.userId !== userId) append(member, [proposal]);
    const member = this.#roster.members.get(userId);
    if (member && this.#roster.status === 'forming') append(member, others);
  }

  /** Takes a member, or the proposal to add it, out of the group. */
  #expel(userId: string): void {
    this.#unrest.began();
    this.#roster.packages.delete(userId);
    const before = this.#roster.proposals.all;
    const others = before.filter(({ kind, userId: of }) => kind === 'remove' || of !== userId);
    const leaves = this.#roster.proposals.isLeaving(userId) ? [] : this.#roster.leavesOf(userId);
    const leaf = leaves.findIndex((holder) => holder?.userId === userId);
    if (leaf < 0) {
      if (others.length < before.length) this.#amend(others, userId);
      return;
    }
    const remaining = this.#roster.committers().filter((member) => member.userId !== userId);
    if (remaining.length <= 1) return this.#restart(remaining);
    this.#amend([...others, { kind: 'remove', userId, leaf }], userId);
  }

  /**
   * Replaces what is proposed in this epoch. Everything is revoked and proposed again in one message, because davey makes a welcome
   * only when the message that lets it commit has an addition in it; new signatures keep commits to the old proposals from counting.
   */
  #amend(changes: readonly Change[], expelled?: string): void {
    const members = this.#roster.committers().filter(({ userId }) => userId !== expelled);
    const revoked = this.#roster.proposals.all;
    this.#roster.proposals.clear();
    const proposals = changes.map((change) => this.#roster.proposals.propose(this.#roster.epoch, change));
    for (const member of members) {
      revoke(member, revoked);
      append(member, proposals);
    }
  }

  #disband(status: 'plain' | 'forming'): void {
    this.#roster.disband(status);
    this.#transitions.clear();
    this.#drop();
  }

  /** "Sole member reset": nobody keeps control of a group alone. Everyone still pending is proposed anew. */
  #restart(remaining: readonly DaveMember[]): void {
    this.#disband('forming');
    for (const member of remaining) {
      tellRestart(member);
      this.#introduce(member);
    }
    const pending = [...this.#roster.packages.values()];
    this.#amend(pending.map((keyPackage) => ({ kind: 'add', userId: keyPackage.userId, keyPackage })));
  }

  /** Moves the group on if this is the first valid commit of the epoch. */
  #accept(member: DaveMember, { commit, welcome }: CommitWelcome): void {
    const verdict = this.#roster.judge(member, { commit, welcome });
    if (!verdict) return;
    const forming = this.#roster.status === 'forming';
    const transition = forming ? 0 : this.#transitions.next();
    const present = forming ? [member] : this.#roster.committers();
    this.#unrest.began();
    this.#roster.advance(verdict.leaves);
    this.#drop();
    for (const { userId } of [member, ...verdict.welcomes]) this.#roster.packages.delete(userId);

    for (const one of present) tellCommit(one, transition, commit.bytes);
    const welcomed = verdict.welcomes.flatMap(({ userId, bytes }) => {
      const one = this.#roster.members.get(userId);
      if (one) tellWelcome(one, transition, bytes);
      return one ?? [];
    });
    if (transition !== 0) this.#transitions.begin(transition, [...present, ...welcomed]);
  }

  #drop(): void {
    clearTimeout(this.#held);
  }
}
