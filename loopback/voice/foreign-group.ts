import { DAVESession } from '@snazzah/davey';
import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import { DaveGroup } from './dave.ts';
import type { DaveMember } from './dave-member.ts';
import { ExternalSender } from './external-sender.ts';
import { readKeyPackage, type KeyPackage } from './mls-messages.ts';

const VERSION = 1;
const CHANNEL = '1';

/** Someone in a group that no client of ours has anything to do with; remembers the last message of each kind. */
class Stranger implements DaveMember {
  readonly userId: string;
  readonly local = true;
  readonly told = new Map<VoiceOpcodes, Buffer>();
  readonly #session: DAVESession;
  readonly #group: DaveGroup;

  constructor(userId: string, group: DaveGroup) {
    this.userId = userId;
    this.#group = group;
    this.#session = new DAVESession(VERSION, userId, CHANNEL);
  }

  tell(): void {
    // A group of two that never changes says nothing that matters here.
  }

  tellBinary(op: VoiceOpcodes, bytes: Uint8Array): void {
    const payload = Buffer.from(bytes);
    this.told.set(op, payload);
    if (op === VoiceOpcodes.DaveMlsExternalSender) {
      this.#session.setExternalSender(payload);
      this.#group.keyPackage(this, this.#session.getSerializedKeyPackage());
    } else if (op === VoiceOpcodes.DaveMlsProposals) {
      const { commit, welcome } = this.#session.processProposals(payload.readUInt8(0), payload.subarray(1));
      if (commit) this.#group.commit(this, Buffer.concat(welcome ? [commit, welcome] : [commit]));
    }
  }
}

/** Messages that are right in every way, but for the group that they are of. */
export interface ForeignGroup {
  /** Payload of op 25. */
  readonly externalSender: Buffer;
  /** Payload of op 27. */
  readonly proposals: Buffer;
  readonly commit: Buffer;
  readonly welcome: Buffer;
}

/** Makes a group of two strangers, and returns what was said in it. */
export function foreignGroup(): ForeignGroup {
  const group = new DaveGroup(CHANNEL, new ExternalSender(), { listenersFirst: true });
  const strangers = ['2', '3'].map((userId) => new Stranger(userId, group));
  for (const stranger of strangers) group.join(stranger);
  group.close();
  const said = (op: VoiceOpcodes): Buffer => {
    const payload = strangers.flatMap(({ told }) => told.get(op) ?? [])[0];
    if (!payload) throw new Error(`the strangers were never told op ${op}`);
    return payload;
  };
  return {
    externalSender: said(VoiceOpcodes.DaveMlsExternalSender),
    proposals: said(VoiceOpcodes.DaveMlsProposals),
    // Both begin with a transition, which is for whoever sends them on to choose.
    commit: said(VoiceOpcodes.DaveMlsAnnounceCommitTransition).subarray(2),
    welcome: said(VoiceOpcodes.DaveMlsWelcome).subarray(2),
  };
}

/** A key package as this user would send it. */
export const keyPackageOf = (userId: string): KeyPackage =>
  readKeyPackage(new DAVESession(VERSION, userId, CHANNEL).getSerializedKeyPackage());
