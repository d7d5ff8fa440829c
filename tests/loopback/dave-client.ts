import { DAVESession } from '@snazzah/davey';
import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import type { Described } from './voice-dial.ts';

const { DaveMlsExternalSender, DaveMlsProposals, DaveMlsAnnounceCommitTransition, DaveMlsWelcome } = VoiceOpcodes;
const { DavePrepareEpoch, DavePrepareTransition, DaveTransitionReady } = VoiceOpcodes;
const { DaveMlsInvalidCommitWelcome, DaveMlsKeyPackage, DaveMlsCommitWelcome } = VoiceOpcodes;

/** A client with davey's MLS that follows its group, and says op 31 about what it cannot follow. */
export class DaveClient {
  readonly described: Described;
  readonly session: DAVESession;
  /** What of the group's messages could not be followed. */
  readonly failed: VoiceOpcodes[] = [];
  #version = 1;
  #read = { messages: 0, binaries: 0 };
  #counter = 0;
  #named = new Set<string>();

  constructor(described: Described, userId: string, channelId: string) {
    this.described = described;
    this.session = new DAVESession(1, userId, channelId);
    this.#binary(DaveMlsKeyPackage, this.session.getSerializedKeyPackage());
  }

  /** Does what everything that has come asks for, and says a frame. */
  step(): void {
    const { client, say } = this.described;
    const messages = client.messages.slice(this.#read.messages);
    const binaries = client.binaries.slice(this.#read.binaries);
    this.#read = { messages: client.messages.length, binaries: client.binaries.length };
    for (const { op, d } of messages) this.#follow(op, d as unknown as Record<string, unknown>);
    for (const bytes of binaries) if (bytes.length > 3) this.#followBinary(bytes.readUInt8(2), bytes.subarray(3));
    const opus = Buffer.from([0xf8, this.#counter & 0xff, 1, 2]);
    const payload = this.#version > 0 && this.session.ready ? this.session.encryptOpus(opus) : opus;
    say({ counter: ++this.#counter, payload });
  }

  #follow(op: VoiceOpcodes, d: Record<string, unknown>): void {
    const id = Number(d?.['transition_id']);
    if (op === VoiceOpcodes.ClientsConnect) for (const userId of d['user_ids'] as string[]) this.#named.add(userId);
    if (op === DavePrepareTransition && id > 0) this.described.client.send(DaveTransitionReady, { transition_id: id });
    if (op === DavePrepareTransition) this.#version = Number(d['protocol_version']);
    if (op === DavePrepareEpoch) this.#restart();
  }

  #followBinary(op: VoiceOpcodes, payload: Buffer): void {
    const { session } = this;
    try {
      if (op === DaveMlsExternalSender) session.setExternalSender(payload);
      if (op === DaveMlsProposals) {
        const { commit, welcome } = session.processProposals(payload.readUInt8(0), payload.subarray(1), [
          ...this.#named,
        ]);
        if (commit) this.#binary(DaveMlsCommitWelcome, Buffer.concat(welcome ? [commit, welcome] : [commit]));
      }
      if (op === DaveMlsAnnounceCommitTransition) session.processCommit(payload.subarray(2));
      if (op === DaveMlsWelcome) session.processWelcome(payload.subarray(2));
    } catch {
      this.failed.push(op);
      if (op !== DaveMlsAnnounceCommitTransition && op !== DaveMlsWelcome) return;
      this.described.client.send(DaveMlsInvalidCommitWelcome, { transition_id: payload.readUInt16BE(0) });
      return this.#restart();
    }
    const id = op === DaveMlsAnnounceCommitTransition || op === DaveMlsWelcome ? payload.readUInt16BE(0) : 0;
    if (id > 0) this.described.client.send(DaveTransitionReady, { transition_id: id });
  }

  #restart(): void {
    this.session.reinit(1, this.session.userId, this.session.channelId);
    this.#binary(DaveMlsKeyPackage, this.session.getSerializedKeyPackage());
  }

  #binary(op: VoiceOpcodes, payload: Buffer): void {
    this.described.client.raw(Buffer.concat([Buffer.from([op]), payload]));
  }
}
