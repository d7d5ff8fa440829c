import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import { includedBy, leavesAfter, type Change, type Leaves, type Proposal } from './commit-validity.ts';
import { append, revoke, tellCommit, tellRestart, tellWelcome } from './dave-messages.ts';
import type { DaveMember, DaveReplies } from './dave-member.ts';
import type { ExternalSender } from './external-sender.ts';
import { readCommitWelcome, readKeyPackage, welcomeFor, type KeyPackage } from './mls-messages.ts';
import { MlsSyntaxError } from './mls-wire.ts';
import { Transitions } from './transitions.ts';
import { Unrest } from './unrest.ts';

const COMMIT_DEADLINE_MS = 1_000;
/**
 * `forming`: every member has a local group of itself (epoch 0) and is offered all the others; whoever commits first has made the group.
 * `established`: one group, whose leaves the gateway knows by following the commits.
 */
type Group =
  | { readonly status: 'forming' }
  | { readonly status: 'established'; readonly epoch: bigint; readonly leaves: Leaves };

type CommitWelcome = ReturnType<typeof readCommitWelcome>;

/**
 * One channel's end-to-end encryption as the gateway leads it: the MLS delivery service of the DAVE protocol, version 1
 * (https://daveprotocol.com). It never has the group's keys; it proposes members, picks the winning commit and passes it on.
 */
export class DaveGroup implements DaveReplies {
  readonly #groupId: bigint;
  readonly #sender: ExternalSender;
  readonly #listenersFirst: boolean;
  readonly #members = new Map<string, DaveMember>();
  /** Of pending members; used up by the welcome. */
  readonly #packages = new Map<string, KeyPackage>();
  /** In force in this epoch, by reference, in the order in which they were broadcast. */
  readonly #proposals = new Map<string, Proposal>();
  readonly #unrest = new Unrest();
  readonly #transitions = new Transitions(() => this.#unrest.began());
  readonly #work: (() => void)[] = [];
  #group: Group = { status: 'forming' };
  /** A person's commit that waits for a client's. */
  #held: NodeJS.Timeout | undefined;
  #working = false;

  constructor(channelId: string, sender: ExternalSender, options: { readonly listenersFirst: boolean }) {
    this.#groupId = BigInt(channelId);
    this.#sender = sender;
    this.#listenersFirst = options.listenersFirst;
  }

  get changing(): boolean {
    const isSettled = this.#group.status === 'established' && this.#proposals.size === 0 && !this.#transitions.open;
    return this.#unrest.excuses(isSettled && this.#committers().length === this.#members.size);
  }

  /** Someone has come: they are pending until their key package is here. */
  join(member: DaveMember): void {
    this.#run(() => {
      this.#unrest.began();
      this.#members.set(member.userId, member);
      // Once in a session: a client that is in a group cannot take a second op 25.
      member.tellBinary(VoiceOpcodes.DaveMlsExternalSender, this.#sender.package);
    });
  }

  /** Someone has left for good. */
  leave(member: DaveMember): void {
    this.#run(() => {
      if (!this.#knows(member)) return;
      this.#members.delete(member.userId);
      this.#transitions.left(member.userId);
      this.#expel(member.userId);
    });
  }

  /** Throws `MlsSyntaxError` for a key package that the protocol forbids. */
  keyPackage(member: DaveMember, payload: Buffer): void {
    const keyPackage = readKeyPackage(payload);
    if (keyPackage.userId !== member.userId) throw new MlsSyntaxError('the key package of someone else');
    this.#run(() => {
      if (!this.#knows(member)) return;
      this.#expel(member.userId);
      this.#packages.set(member.userId, keyPackage);
      this.#invite(keyPackage);
    });
  }

  /** Throws `MlsSyntaxError` for what is no commit; one that is not valid (any more) is passed over. */
  commit(member: DaveMember, payload: Buffer): void {
    const commit = readCommitWelcome(payload);
    this.#run(() => {
      const clients = this.#committers().some(({ local }) => !local);
      if (!member.local || this.#listenersFirst || !clients) return this.#accept(member, commit);
      // Clients are slower than people in this process: they get their chance.
      this.#drop();
      this.#held = setTimeout(() => this.#run(() => this.#accept(member, commit)), COMMIT_DEADLINE_MS).unref();
    });
  }

  ready(member: DaveMember, transitionId: number): void {
    if (this.#knows(member)) this.#transitions.ready(member.userId, transitionId);
  }

  /** The member could not follow, has forgotten its group, and sends a new key package next. */
  invalid(member: DaveMember): void {
    this.#run(() => {
      if (this.#knows(member)) this.#expel(member.userId);
    });
  }

  /** Forgets everyone. */
  close(): void {
    this.#transitions.clear();
    this.#drop();
    this.#members.clear();
  }

  /** One thing after the other: people answer while a message is still being sent around. */
  #run(task: () => void): void {
    this.#work.push(task);
    if (this.#working) return;
    this.#working = true;
    try {
      for (let next = this.#work.shift(); next; next = this.#work.shift()) next();
    } finally {
      this.#working = false;
    }
  }

  #knows(member: DaveMember): boolean {
    return this.#members.get(member.userId) === member;
  }

  get #epoch(): bigint {
    return this.#group.status === 'established' ? this.#group.epoch : 0n;
  }

  /** The tree as this member has it: in a forming group, its own leaf alone. */
  #leavesOf(userId: string): Leaves {
    return this.#group.status === 'forming' ? [this.#packages.get(userId) ?? null] : this.#group.leaves;
  }

  /** Who gets proposals and may commit: in a forming group all who have sent a key package, else the members in good standing. */
  #committers(): readonly DaveMember[] {
    const userIds =
      this.#group.status === 'forming'
        ? [...this.#packages.keys()]
        : this.#group.leaves.flatMap((leaf) => (leaf && !this.#isLeaving(leaf.userId) ? [leaf.userId] : []));
    return userIds.flatMap((userId) => this.#members.get(userId) ?? []);
  }

  #isLeaving(userId: string): boolean {
    return [...this.#proposals.values()].some((proposal) => proposal.kind === 'remove' && proposal.userId === userId);
  }

  /** Proposes a pending member to all others, and in a forming group the others to it. */
  #invite(keyPackage: KeyPackage): void {
    const { userId } = keyPackage;
    const others = [...this.#proposals.values()];
    const proposal = this.#sign({ kind: 'add', userId, keyPackage });
    for (const member of this.#committers()) if (member.userId !== userId) append(member, [proposal]);
    const member = this.#members.get(userId);
    if (member && this.#group.status === 'forming') append(member, others);
  }

  /** Takes a member, or the proposal to add it, out of the group. */
  #expel(userId: string): void {
    this.#unrest.began();
    this.#packages.delete(userId);
    const others = [...this.#proposals.values()].filter(({ kind, userId: of }) => kind === 'remove' || of !== userId);
    const leaf = this.#isLeaving(userId) ? -1 : this.#leavesOf(userId).findIndex((holder) => holder?.userId === userId);
    if (leaf < 0) {
      if (others.length < this.#proposals.size) this.#amend(others, userId);
      return;
    }
    const remaining = this.#committers().filter((member) => member.userId !== userId);
    if (remaining.length <= 1) return this.#restart(remaining);
    this.#amend([...others, { kind: 'remove', userId, leaf }], userId);
  }

  /**
   * Replaces what is proposed in this epoch. Everything is revoked and proposed again in one message, because davey makes a welcome
   * only when the message that lets it commit has an addition in it; new signatures keep commits to the old proposals from counting.
   */
  #amend(changes: readonly Change[], expelled?: string): void {
    const members = this.#committers().filter(({ userId }) => userId !== expelled);
    const revoked = [...this.#proposals.values()];
    this.#proposals.clear();
    const proposals = changes.map((change) => this.#sign(change));
    for (const member of members) {
      revoke(member, revoked);
      append(member, proposals);
    }
  }

  #sign(change: Change): Proposal {
    const signed =
      change.kind === 'add'
        ? this.#sender.add(this.#groupId, this.#epoch, change.keyPackage)
        : this.#sender.remove(this.#groupId, this.#epoch, change.leaf);
    const proposal = { ...change, ...signed };
    this.#proposals.set(proposal.reference, proposal);
    return proposal;
  }

  /** "Sole member reset": nobody keeps control of a group alone. Everyone still pending is proposed anew. */
  #restart(remaining: readonly DaveMember[]): void {
    this.#group = { status: 'forming' };
    this.#proposals.clear();
    this.#transitions.clear();
    this.#drop();
    for (const member of remaining) tellRestart(member);
    const pending = [...this.#packages.values()];
    this.#amend(pending.map((keyPackage) => ({ kind: 'add', userId: keyPackage.userId, keyPackage })));
  }

  /** Moves the group on if this is the first valid commit of the epoch. */
  #accept(member: DaveMember, { commit, welcome }: CommitWelcome): void {
    if (!this.#committers().includes(member)) return;
    const before = this.#leavesOf(member.userId);
    const offered = [...this.#proposals.values()].filter(({ userId }) => userId !== member.userId);
    const group = { groupId: this.#groupId, epoch: this.#epoch, leaves: before };
    const included = includedBy(commit, member.userId, group, offered);
    if (!included) return;
    const welcomes = included.flatMap((one) => {
      if (one.kind === 'remove') return [];
      return { userId: one.userId, bytes: welcome && welcomeFor(welcome, one.keyPackage) };
    });
    if (welcomes.some(({ bytes }) => bytes === null)) return;

    const forming = this.#group.status === 'forming';
    const transition = forming ? 0 : this.#transitions.next();
    const present = forming ? [member] : this.#committers();
    this.#unrest.began();
    this.#group = { status: 'established', epoch: this.#epoch + 1n, leaves: leavesAfter(before, included) };
    this.#proposals.clear();
    this.#drop();
    for (const { userId } of [member, ...welcomes]) this.#packages.delete(userId);

    for (const one of present) tellCommit(one, transition, commit.bytes);
    const welcomed = welcomes.flatMap(({ userId, bytes }) => {
      const one = this.#members.get(userId);
      if (one && bytes) tellWelcome(one, transition, bytes);
      return one ?? [];
    });
    if (transition !== 0) this.#transitions.begin(transition, [...present, ...welcomed]);
  }

  #drop(): void {
    clearTimeout(this.#held);
  }
}
