import { DAVESession } from '@snazzah/davey';
import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import type { Ears } from '../ears.ts';
import type { DaveMember, DaveReplies } from './dave-member.ts';
import type { AudioPacket } from './datagrams.ts';

const VERSION = 1;
const AUDIO = 0;
const SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);
const PROTOCOL_FRAME_END = Buffer.from([0xfa, 0xfa]);
/** Seconds for which plain frames still in flight are let through after a group was established (DAVE, "Passthrough Mode"). */
const PASSTHROUGH_S = 10;
const RECOVERIES = 3;

/** A person in a voice channel: a real DAVE member who hears everyone else there, and may speak. */
export class Listener implements DaveMember {
  readonly userId: string;
  readonly ssrc: number;
  readonly local = true;
  readonly #channelId: string;
  readonly #ears: Ears;
  readonly #group: DaveReplies | null;
  readonly #session: DAVESession | null;
  #recoveries = 0;

  /** `group` is null in a channel without end-to-end encryption. */
  constructor(who: { userId: string; ssrc: number; ears: Ears; channelId: string; group: DaveReplies | null }) {
    this.userId = who.userId;
    this.ssrc = who.ssrc;
    this.#channelId = who.channelId;
    this.#ears = who.ears;
    this.#group = who.group;
    this.#session = who.group && new DAVESession(VERSION, who.userId, who.channelId);
  }

  /** A packet of someone else's voice. */
  hear(userId: string, { payload, sequence, timestamp, ssrc }: AudioPacket): void {
    const opus = this.#decrypt(userId, payload);
    if (!opus) return this.#ears.miss();
    // A protocol frame is always longer than what is in it.
    const dave = opus.length < payload.length;
    this.#ears.hear({ opus, sequence, timestamp, ssrc, userId, dave, at: performance.now() });
  }

  /** What this person's microphone sends: Opus, end-to-end encrypted once there is a group. */
  utter(opus: Buffer): Buffer {
    return this.#session?.ready ? this.#session.encryptOpus(opus) : opus;
  }

  tell(op: VoiceOpcodes, d: unknown): void {
    if (op === VoiceOpcodes.DavePrepareEpoch && (d as { epoch: number }).epoch === 1) this.#startOver();
  }

  tellBinary(op: VoiceOpcodes, payload: Uint8Array): void {
    const session = this.#session;
    if (!session) return;
    try {
      this.#follow(session, op, Buffer.from(payload));
    } catch {
      // As the protocol asks of any member that cannot follow; but not for ever.
      this.#recoveries += 1;
      if (this.#recoveries > RECOVERIES) return;
      this.#group?.invalid(this);
      this.#startOver();
    }
  }

  #follow(session: DAVESession, op: VoiceOpcodes, payload: Buffer): void {
    if (op === VoiceOpcodes.DaveMlsExternalSender) {
      session.setExternalSender(payload);
      this.#group?.keyPackage(this, session.getSerializedKeyPackage());
    } else if (op === VoiceOpcodes.DaveMlsProposals) {
      const { commit, welcome } = session.processProposals(payload.readUInt8(0), payload.subarray(1));
      if (commit) this.#group?.commit(this, Buffer.concat(welcome ? [commit, welcome] : [commit]));
    } else if (op === VoiceOpcodes.DaveMlsAnnounceCommitTransition) {
      this.#enter(session, () => session.processCommit(payload.subarray(2)));
    } else if (op === VoiceOpcodes.DaveMlsWelcome) {
      this.#enter(session, () => session.processWelcome(payload.subarray(2)));
    }
  }

  #enter(session: DAVESession, step: () => void): void {
    const before = session.ready;
    step();
    this.#recoveries = 0;
    if (before) return;
    session.setPassthroughMode(true);
    session.setPassthroughMode(false, PASSTHROUGH_S);
  }

  #startOver(): void {
    if (!this.#session) return;
    this.#session.reinit(VERSION, this.userId, this.#channelId);
    this.#group?.keyPackage(this, this.#session.getSerializedKeyPackage());
  }

  #decrypt(userId: string, payload: Buffer): Buffer | null {
    if (payload.equals(SILENCE)) return payload;
    if (!this.#session?.ready) return payload.subarray(-2).equals(PROTOCOL_FRAME_END) ? null : payload;
    try {
      return this.#session.decrypt(userId, AUDIO, payload);
    } catch {
      return null; // davey throws for frames of an epoch that it has no key for
    }
  }
}
