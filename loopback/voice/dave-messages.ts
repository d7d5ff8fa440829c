import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import type { Proposal } from './commit-validity.ts';
import type { DaveMember } from './dave-member.ts';
import { uint16, vector } from './mls-wire.ts';

const VERSION = 1;
const APPEND = Buffer.from([0]);
const REVOKE = Buffer.from([1]);

/** Op 27 with proposals to keep in mind. Nobody is told of those about itself. */
export function append(member: DaveMember, proposals: readonly Proposal[]): void {
  tellProposals(member, APPEND, proposals, ({ message }) => message);
}

/** Op 27 with proposals to forget. */
export function revoke(member: DaveMember, proposals: readonly Proposal[]): void {
  tellProposals(member, REVOKE, proposals, ({ reference }) => vector(Buffer.from(reference, 'hex')));
}

/** Ops 24 and 21: the member is alone, forgets its group, and sends a new key package. */
export function tellRestart(member: DaveMember): void {
  member.tell(VoiceOpcodes.DavePrepareEpoch, { protocol_version: VERSION, epoch: 1 });
  tellTransition(member, 0, VERSION);
}

/** Op 21: a version of the protocol that counts as soon as the transition is executed. */
export function tellTransition(member: DaveMember, transition: number, version: number): void {
  member.tell(VoiceOpcodes.DavePrepareTransition, { protocol_version: version, transition_id: transition });
}

/** Op 29: the winning commit. */
export function tellCommit(member: DaveMember, transition: number, commit: Buffer): void {
  member.tellBinary(VoiceOpcodes.DaveMlsAnnounceCommitTransition, Buffer.concat([uint16(transition), commit]));
}

/** Op 30: the way into the group for one new member. */
export function tellWelcome(member: DaveMember, transition: number, welcome: Buffer): void {
  member.tellBinary(VoiceOpcodes.DaveMlsWelcome, Buffer.concat([uint16(transition), welcome]));
}

function tellProposals(
  member: DaveMember,
  kind: Buffer,
  all: readonly Proposal[],
  write: (one: Proposal) => Buffer,
): void {
  const proposals = all.filter(({ userId }) => userId !== member.userId);
  if (proposals.length === 0) return;
  member.tellBinary(VoiceOpcodes.DaveMlsProposals, Buffer.concat([kind, vector(...proposals.map(write))]));
}
