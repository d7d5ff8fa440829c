import { DAVESession } from '@snazzah/davey';
import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import type { Ears } from '../ears.ts';
import type { DaveMember, DaveReplies } from './dave-member.ts';
import type { AudioPacket } from './datagrams.ts';

const VERSION = 1;
const AUDIO = 0;
const SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);
const PROTOCOL_FRAME_END = Buffer.from([0xfa, 0xfa]);
const RECOVERIES = 3;

/** Who listens where, and to whom it is told when something is wrong. */
export interface ListenerParts {
  readonly userId: string;
  readonly ssrc: number;
  readonly ears: Ears;
  readonly channelId: string;
  /** Null in a channel without end-to-end encryption. */
  readonly group: DaveReplies | null;
  /** A speaker sent what nobody there can understand, although nothing in the group excuses it. */
  readonly accuse: (speakerId: string, what: string) => void;
  /** This listener failed. */
  readonly admit: (what: string) => void;
}

/**
 * A person in a voice channel: a real DAVE member who hears everyone else there, and may speak. In a channel with end-to-end
 * encryption it hears nothing else, but for downgrades and for what follows them (DAVE, "Passthrough Mode").
 */
export class Listener implements DaveMember {
  readonly userId: string;
  readonly ssrc: number;
  readonly local = true;
  readonly #parts: ListenerParts;
  readonly #session: DAVESession | null;
  #recoveries = 0;
  /** Op 25 was here: before it a key package is of no use. */
  #introduced = false;

  constructor(parts: ListenerParts) {
    this.userId = parts.userId;
    this.ssrc = parts.ssrc;
    this.#parts = parts;
    this.#session = parts.group && new DAVESession(VERSION, parts.userId, parts.channelId);
  }

  /** A packet of someone else's voice. */
  hear(userId: string, { payload, sequence, timestamp, ssrc }: AudioPacket): void {
    const opus = this.#understand(userId, payload);
    if (!opus) return this.#miss(userId, payload.subarray(-2).equals(PROTOCOL_FRAME_END) ? 'undecryptable' : 'plain');
    // A protocol frame is always longer than what is in it.
    const dave = opus.length < payload.length;
    this.#parts.ears.hear({ opus, sequence, timestamp, ssrc, userId, dave, at: performance.now() });
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
    } catch (error) {
      this.#parts.admit(`could not follow op ${op} of DAVE: ${String(error)}`);
      // As the protocol asks of any member that cannot follow; but not for ever.
      this.#recoveries += 1;
      if (this.#recoveries > RECOVERIES) return this.#parts.admit('gave DAVE up, and hears nothing any more');
      this.#parts.group?.invalid(this);
      this.#startOver();
    }
  }

  #miss(speakerId: string, kind: 'undecryptable' | 'plain'): void {
    this.#parts.ears.miss(kind);
    if (!this.#parts.group?.changing) this.#parts.accuse(speakerId, kind);
  }

  #follow(session: DAVESession, op: VoiceOpcodes, payload: Buffer): void {
    if (op === VoiceOpcodes.DaveMlsExternalSender) {
      session.setExternalSender(payload);
      this.#introduced = true;
      this.#parts.group?.keyPackage(this, session.getSerializedKeyPackage());
    } else if (op === VoiceOpcodes.DaveMlsProposals) {
      const { commit, welcome } = session.processProposals(payload.readUInt8(0), payload.subarray(1));
      if (commit) this.#parts.group?.commit(this, Buffer.concat(welcome ? [commit, welcome] : [commit]));
    } else if (op === VoiceOpcodes.DaveMlsAnnounceCommitTransition) {
      session.processCommit(payload.subarray(2));
      this.#recoveries = 0;
    } else if (op === VoiceOpcodes.DaveMlsWelcome) {
      session.processWelcome(payload.subarray(2));
      this.#recoveries = 0;
    }
  }

  #startOver(): void {
    if (!this.#session) return;
    this.#session.reinit(VERSION, this.userId, this.#parts.channelId);
    if (this.#introduced) this.#parts.group?.keyPackage(this, this.#session.getSerializedKeyPackage());
  }

  #understand(userId: string, payload: Buffer): Buffer | null {
    if (!this.#session || payload.equals(SILENCE)) return payload;
    if (this.#parts.group?.passthrough && !payload.subarray(-2).equals(PROTOCOL_FRAME_END)) return payload;
    if (!this.#session.ready) return null;
    try {
      return this.#session.decrypt(userId, AUDIO, payload);
    } catch {
      return null; // davey throws for plain frames, and for those of an epoch that it has no key for
    }
  }
}
