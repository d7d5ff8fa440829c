import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import type { AudioPacket } from './datagrams.ts';
import type { DaveGroup } from './dave.ts';
import type { Listener } from './listener.ts';
import type { VoiceSession } from './session.ts';
import type { UdpAddress } from './udp.ts';

/** Undocumented, and sent for everyone whom op 11 names: what they are (0: nothing special), and on what (0: a desktop). */
const CLIENT_FLAGS = 18;
const CLIENT_PLATFORM = 20;

/** A voice channel with someone in it: who is there, and who hears whom. */
export class Room {
  /** Null without end-to-end encryption. */
  readonly dave: DaveGroup | null;
  readonly #send: (datagram: Buffer, to: UdpAddress) => void;
  readonly #undocumented: boolean;
  readonly #people = new Map<string, Listener>();
  readonly #sessions = new Map<string, VoiceSession>();
  #muted: ReadonlySet<string> = new Set();

  constructor(
    send: (datagram: Buffer, to: UdpAddress) => void,
    dave: DaveGroup | null,
    options: { readonly undocumented: boolean },
  ) {
    this.#send = send;
    this.dave = dave;
    this.#undocumented = options.undocumented;
  }

  get empty(): boolean {
    return this.#people.size === 0 && this.#sessions.size === 0 && this.#muted.size === 0;
  }

  /** What these members send is heard by nobody. */
  mute(userIds: readonly string[]): void {
    this.#muted = new Set(userIds);
  }

  isMuted(userId: string): boolean {
    return this.#muted.has(userId);
  }

  /** Everyone is out. */
  close(): void {
    this.#people.clear();
    this.#sessions.clear();
    this.dave?.close();
  }

  /** Of everyone here. */
  get ssrcs(): readonly number[] {
    return [...this.#people.values(), ...this.#sessions.values()].map(({ ssrc }) => ssrc);
  }

  person(userId: string): Listener | undefined {
    return this.#people.get(userId);
  }

  /** Exactly these people are here now; those who are new are made by `arrive`. */
  setPeople(userIds: readonly string[], arrive: (userId: string) => Listener): void {
    const now = new Set(userIds);
    for (const person of [...this.#people.values()].filter(({ userId }) => !now.has(userId))) {
      this.#people.delete(person.userId);
      this.#farewell(person.userId);
      this.dave?.leave(person);
    }
    for (const userId of [...now].filter((userId) => !this.#people.has(userId))) {
      const person = arrive(userId);
      // Before DAVE proposes them: members refuse additions that nobody announced.
      this.#announce([userId]);
      this.#people.set(userId, person);
      this.dave?.join(person);
    }
  }

  /** A client has identified: it learns who is here, and they learn of it. */
  enter(session: VoiceSession): void {
    this.#announce([session.userId]);
    const others = [...this.#people.keys(), ...this.#sessions.keys()];
    if (others.length > 0) this.#introduce(session, others);
    this.#sessions.set(session.userId, session);
  }

  /** A client can be heard, and takes part in the encryption. */
  describe(session: VoiceSession): void {
    this.dave?.join(session);
  }

  /** A client's session is over. */
  leave(session: VoiceSession): void {
    if (this.#sessions.get(session.userId) !== session) return;
    this.#sessions.delete(session.userId);
    this.#farewell(session.userId);
    this.dave?.leave(session);
  }

  /** A packet of someone's voice, still end-to-end encrypted, goes to everyone else. */
  relay(speakerId: string, packet: AudioPacket): void {
    for (const person of this.#people.values()) if (person.userId !== speakerId) person.hear(speakerId, packet);
    for (const session of this.#sessions.values()) {
      const heard = session.userId === speakerId ? null : session.hear(speakerId, packet);
      if (heard) this.#send(heard.datagram, heard.remote);
    }
  }

  /** A client says that it begins or stops speaking. */
  speaking(speaker: VoiceSession, flags: number): void {
    for (const session of this.#sessions.values()) {
      if (session !== speaker) session.tellSpeaking(speaker.userId, speaker.ssrc, flags);
    }
  }

  #announce(userIds: readonly string[]): void {
    for (const session of this.#sessions.values()) this.#introduce(session, userIds);
  }

  #introduce(session: VoiceSession, userIds: readonly string[]): void {
    session.tell(VoiceOpcodes.ClientsConnect, { user_ids: userIds });
    for (const userId of this.#undocumented ? userIds : []) {
      session.tell(CLIENT_FLAGS, { user_id: userId, flags: 0 });
      session.tell(CLIENT_PLATFORM, { user_id: userId, platform: 0 });
    }
  }

  #farewell(userId: string): void {
    for (const session of this.#sessions.values()) session.tell(VoiceOpcodes.ClientDisconnect, { user_id: userId });
  }
}
