import { Ears } from '../ears.ts';
import { Admissions, memberKey } from './admissions.ts';
import { CloseWith } from './close-with.ts';
import type { VoiceHouse } from './connection.ts';
import { DatagramDoor } from './datagram-door.ts';
import type { AudioPacket } from './datagrams.ts';
import type { DaveGroup } from './dave.ts';
import type { Identify, Resume } from './messages.ts';
import { memberOf, Mistakes } from './mistakes.ts';
import { MlsSyntaxError } from './mls-wire.ts';
import type { Frame } from './outbox.ts';
import type { Room } from './room.ts';
import { Rooms } from './rooms.ts';
import { ENCRYPTION_MODES, type EncryptionMode } from './rtp.ts';
import { VoiceSession, type Wire } from './session.ts';
import type { Caller, Switches } from './switches.ts';
import { opcodeOf, type Trick } from './tricks.ts';
import type { UdpPort } from './udp.ts';
import type { VoiceEvent, VoiceOptions, VoiceService } from './voice-service.ts';

/** Five seconds of sound. */
const PACKETS_A_REPORT = 250;

/** Everyone who may come, everyone who is here, and in which channel: what connections and datagrams are checked against. */
export class House implements VoiceHouse {
  readonly heartbeatIntervalMs: number;
  readonly identifyDeadlineMs: number;
  readonly modes: readonly EncryptionMode[];
  /** Where the UDP socket's datagrams go. */
  readonly door: DatagramDoor;
  readonly #options: VoiceOptions;
  readonly #switches: Switches;
  readonly #udp: UdpPort;
  readonly #report: (event: VoiceEvent) => void;
  readonly #admissions = new Admissions();
  readonly #sessions = new Map<string, VoiceSession>();
  readonly #rooms: Rooms;
  readonly #ears = new Map<string, Ears>();
  readonly #mistakes = new Mistakes();

  constructor(options: VoiceOptions, switches: Switches, udp: UdpPort, report: (event: VoiceEvent) => void) {
    this.#options = options;
    this.#switches = switches;
    this.#udp = udp;
    this.#report = report;
    this.heartbeatIntervalMs = options.heartbeatIntervalMs ?? 13_750;
    this.identifyDeadlineMs = options.identifyDeadlineMs ?? 10_000;
    this.modes = options.modes ?? ENCRYPTION_MODES;
    this.door = new DatagramDoor({
      echoKeepAlives: options.echoKeepAlives ?? false,
      weather: udp.weather,
      send: (bytes, to) => udp.send(bytes, to),
      deliver: (session, packet) => this.#deliver(session, packet),
    });
    this.#rooms = new Rooms({
      options,
      mistakes: this.#mistakes,
      send: (datagram, to) => udp.send(datagram, to),
      takeSsrc: () => this.door.takeSsrc(),
      ears: (userId) => this.ears(userId),
      transitionsAreHeld: () => switches.transitionsAreHeld.value,
    });
  }

  get udpPort(): number {
    return this.#udp.port;
  }

  get sessions(): readonly VoiceSession[] {
    return [...this.#sessions.values()];
  }

  session(guildId: string, userId: string): VoiceSession | undefined {
    return this.#sessions.get(memberKey({ guildId, userId }));
  }

  /** What clients did wrong so far, and what the listeners here could not do: a line each. */
  get problems(): readonly string[] {
    const now = new Mistakes();
    for (const { view } of this.sessions) now.noteDatagrams(memberOf(view), view.datagrams);
    now.noteDatagrams('somebody', this.door.strays);
    return this.#mistakes.and(now).lines;
  }

  /** The room that a client has connected to. */
  room(session: VoiceSession): Room | undefined {
    return this.#rooms.at(session.owner);
  }

  /** The room of the guild in which this person is, if any. */
  roomOf(guildId: string, userId: string): Room | undefined {
    return this.#rooms.of(guildId, userId);
  }

  ears(userId: string): Ears {
    const ears = this.#ears.get(userId) ?? new Ears();
    this.#ears.set(userId, ears);
    return ears;
  }

  trick(guildId: string | null, frame: Frame): Trick | null {
    const { tricks } = this.#switches;
    return tricks.empty ? null : tricks.meet({ op: opcodeOf(frame), guildId });
  }

  readonly admit: VoiceService['admit'] = (member) => this.#admissions.admit(member);

  readonly dismiss: VoiceService['dismiss'] = (guildId, userId, code = 4014) => {
    this.#admissions.revoke({ guildId, userId });
    const session = this.session(guildId, userId);
    if (session && (code !== null || !session.wire)) this.#finish(session, code ?? 4006);
  };

  readonly members: VoiceService['members'] = (...change) => this.#rooms.members(...change);

  identify(wire: Wire, identify: Identify): VoiceSession {
    const { server_id: guildId, user_id: userId } = identify;
    this.#mayRefuse({ asks: 'identify', guildId });
    const owner = this.#admissions.ownerOf(identify);
    const { max_dave_protocol_version: offered } = identify;
    if (offered < this.#rooms.daveVersionIn(owner)) throw new CloseWith(4017, 'identified without offering DAVE');
    if (offered < this.#switches.demandedDave.value) throw new CloseWith(4017);
    const previous = this.session(guildId, userId);
    if (previous) this.#finish(previous, 4006);
    const session = new VoiceSession(owner, this.door.takeSsrc(), wire);
    this.#sessions.set(memberKey(owner), session);
    this.door.register(session);
    this.#tell('identified', session, null);
    return session;
  }

  resume(wire: Wire, resume: Resume): { session: VoiceSession; missed: readonly Frame[] } {
    this.#mayRefuse({ asks: 'resume', guildId: resume.server_id });
    const session = this.sessions.find(
      ({ owner }) =>
        owner.guildId === resume.server_id &&
        owner.sessionId === resume.session_id &&
        owner.token === resume.token &&
        this.#admissions.stands(owner),
    );
    const missed = session?.resume(wire, resume.seq_ack);
    if (session && missed) {
      this.#tell('resumed', session, null);
      return { session, missed };
    }
    if (session) this.#finish(session, 4006);
    throw new CloseWith(4006);
  }

  entered(session: VoiceSession): void {
    this.#rooms.open(session.owner).enter(session);
  }

  described(session: VoiceSession): void {
    this.door.locate(session);
    this.#tell('described', session, null);
    this.#rooms.at(session.owner)?.describe(session);
  }

  speaking(session: VoiceSession, flags: number): void {
    session.setSpeaking(flags);
    this.#rooms.at(session.owner)?.speaking(session, flags);
  }

  keyPackage(session: VoiceSession, payload: Buffer): void {
    this.#dave(session, (group) => group.keyPackage(session, payload));
  }

  commit(session: VoiceSession, payload: Buffer): void {
    this.#dave(session, (group) => group.commit(session, payload));
  }

  transitionReady(session: VoiceSession, transitionId: number): void {
    this.#dave(session, (group) => group.ready(session, transitionId));
  }

  invalidTransition(session: VoiceSession, transitionId: number): void {
    const isMisled = session.misledAbout.has(transitionId);
    if (!isMisled) this.mistake(session, `could not follow transition ${transitionId} of DAVE (op 31)`);
    this.#dave(session, (group) => group.invalid(session));
  }

  daveVersionFor(session: VoiceSession): number {
    return this.room(session)?.dave?.version ?? this.#rooms.daveVersionIn(session.owner);
  }

  mistake(session: VoiceSession | null, what: string): void {
    this.#mistakes.note(`${memberOf(session?.owner ?? null)} ${what}`);
  }

  gone(session: VoiceSession | null, wire: Wire, code: number, byClient: boolean): void {
    this.#tell(session ? 'closed' : 'refused', session, code);
    if (session?.wire !== wire) return;
    // A client that closes with 1000 or 1001 has left, as at the main gateway; every other loss may be resumed by who is a member.
    const resumable = byClient ? code !== 1000 && code !== 1001 : code < 4000 || code === 4015;
    const lasts = resumable && this.#admissions.stands(session.owner);
    if (lasts) session.detach(this.#options.resumeWindowMs ?? 60_000, () => this.#finish(session, 4006));
    else this.#finish(session, code);
  }

  /** Ends every session. */
  close(): void {
    for (const session of this.sessions) this.#finish(session, 1001);
    this.#rooms.close();
  }

  #mayRefuse(caller: Caller): void {
    const code = this.#switches.refusals.meet(caller);
    if (code !== null) throw new CloseWith(code);
  }

  #deliver(session: VoiceSession, packet: AudioPacket): void {
    const room = this.#rooms.at(session.owner);
    const isMuted = room?.isMuted(session.userId) === true;
    const number = session.count(isMuted ? 'muted' : 'audio');
    if (!isMuted) room?.relay(session.userId, packet);
    const isDue = number % PACKETS_A_REPORT === 1 && this.#options.undocumented !== false;
    const report = isDue ? session.report(packet) : null;
    if (report) this.#udp.send(report.datagram, report.remote);
  }

  #dave(session: VoiceSession, act: (group: DaveGroup) => void): void {
    const group = this.#rooms.at(session.owner)?.dave;
    if (!group) throw new CloseWith(4001, 'spoke DAVE where there is none');
    try {
      act(group);
    } catch (error) {
      if (error instanceof MlsSyntaxError) throw new CloseWith(4020, `broke DAVE: ${error.message}`);
      throw error;
    }
  }

  #finish(session: VoiceSession, code: number): void {
    if (this.session(session.owner.guildId, session.userId) === session) {
      this.#sessions.delete(memberKey(session.owner));
      this.#mistakes.noteDatagrams(memberOf(session.owner), session.view.datagrams);
    }
    this.door.forget(session);
    session.end(code);
    this.#rooms.at(session.owner)?.leave(session);
    this.#rooms.tidy(session.owner);
  }

  #tell(what: VoiceEvent['what'], session: VoiceSession | null, code: number | null): void {
    const { guildId = null, userId = null } = session?.owner ?? {};
    this.#report({ what, guildId, userId, code, at: performance.now() });
  }
}
