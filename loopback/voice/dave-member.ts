import type { VoiceOpcodes } from 'discord-api-types/voice/v8';

/** Whoever can be in a DAVE group: a connected client, or a person in this process. */
export interface DaveMember {
  readonly userId: string;
  /** True for people: their answers take no time. */
  readonly local: boolean;
  tell(op: VoiceOpcodes, d: unknown): void;
  tellBinary(op: VoiceOpcodes, payload: Uint8Array): void;
}

/** What a member says to its group. */
export interface DaveReplies {
  /** While it is true, frames that cannot be understood are nobody's mistake. */
  readonly changing: boolean;
  /** While it is true, plain frames are understood too. */
  readonly passthrough: boolean;
  /** Op 26. */
  keyPackage(member: DaveMember, payload: Buffer): void;
  /** Op 28. */
  commit(member: DaveMember, payload: Buffer): void;
  /** Op 23. */
  ready(member: DaveMember, transitionId: number): void;
  /** Op 31. */
  invalid(member: DaveMember): void;
}

/** How a group is led. */
export interface DaveOptions {
  /** A person's commit does not wait for a client's. */
  readonly listenersFirst: boolean;
  /** While it is true, no transition is executed. */
  readonly held?: () => boolean;
}
