import { EventEmitter } from 'node:events';
import { later } from '../lib/time.ts';
import { Attempts } from './attempts.ts';
import type { CloseCode } from './close-codes.ts';
import { ConnectionMonitor } from './connection-monitor.ts';
import { GuildDoor, type DoorParts } from './guild-door.ts';
import { GuildLine } from './guild-line.ts';
import { MANNERS, Recovery, type Outcome } from './recovery.ts';
import { TROUBLES, type Trouble } from './troubles.ts';
import type { Verdict } from './verdicts.ts';
import type { GatewayChange, Removal } from './voice-gateway.ts';
import type { VoiceLink } from './voice-link.ts';
import { VoiceMachine } from './voice-machine.ts';
import type { VoiceState } from './voice-state.ts';

export type KeeperParts = DoorParts & { readonly random: () => number };

interface KeeperEvents {
  change: [next: VoiceState, previous: VoiceState];
  /** The voice socket was closed. */
  closed: [CloseCode];
  /** Something happened to the connection. */
  trouble: [Trouble];
  /** A fresh session is asked for. */
  tried: [];
  /** The trouble is over, and how. */
  over: [Outcome];
  /** We are out of the channel by another's will, and stay out. */
  removed: [why: Removal];
  moved: [channelId: string];
}

/**
 * Keeps one guild in one channel: one link at a time, and a decision about each thing that can happen to it. Decisions are
 * synchronous; every wait belongs to a state and ends with it. Nobody else joins, so nothing can rejoin in a loop.
 */
export class ConnectionKeeper extends EventEmitter<KeeperEvents> {
  readonly line = new GuildLine();
  readonly door: GuildDoor;
  readonly attempts: Attempts;
  readonly #parts: KeeperParts;
  readonly #machine: VoiceMachine;
  readonly #recovery: Recovery;
  readonly #monitor: ConnectionMonitor;

  constructor(parts: KeeperParts) {
    super();
    this.#parts = parts;
    this.door = new GuildDoor(parts);
    this.#monitor = new ConnectionMonitor(parts);
    this.attempts = new Attempts(parts.options, parts.now, parts.random);
    this.#machine = new VoiceMachine(parts.now, () => this.attempts.current);
    this.#machine.on('change', (next, previous) => this.emit('change', next, previous));
    const { line, door, attempts } = this;
    this.#recovery = new Recovery({ ...parts, machine: this.#machine, line, door, attempts });
    this.#recovery.on('trouble', (trouble) => this.emit('trouble', trouble));
    this.#recovery.on('tried', () => this.emit('tried'));
    this.#recovery.on('over', (outcome) => this.emit('over', outcome));
    this.#recovery.on('link', (link) => this.#listen(link));
    this.#recovery.on('channel-deleted', () => this.#stayOut());
  }

  get state(): VoiceState {
    return this.#machine.state;
  }

  /** What the monitor made of its last look. */
  get verdict(): Verdict {
    return this.state.status === 'ready' ? this.#monitor.verdict : 'quiet';
  }

  /** True when there is a connection, or one is on its way. */
  get present(): boolean {
    return this.state.status !== 'idle' && this.state.status !== 'failed';
  }

  /** True when it is in this channel, or on its way there: not between a removal and its consequence. */
  isHeadedFor(channelId: string): boolean {
    const isOut = this.state.status === 'deciding' && this.line.link === null;
    return this.present && !isOut && this.#machine.channelId === channelId;
  }

  /**
   * Goes to a channel, when it is this guild's turn and after a cool-down. There already, or on the way: nothing. `asked`: by
   * a person, so that what was tried before does not count.
   */
  go(channelId: string, asked: boolean): void {
    if (this.isHeadedFor(channelId)) return;
    const { present } = this;
    const { quietMs } = this.attempts;
    this.#machine.channelId = channelId;
    this.line.drop();
    if (quietMs > 0) return this.#recovery.coolDown('it was refused too often', quietMs);
    if (asked) this.attempts.ask();
    this.#machine.join();
    // A place left over from an earlier process: asking for it again may be answered with silence.
    this.#recovery.entrance.enter(!present && this.door.occupied);
  }

  /** Makes the connection anew, past a cool-down and every wait between tries. */
  renew(): void {
    if (this.present) this.#recovery.renew();
  }

  /** The library failed where nobody could catch it, so nothing of the link can be trusted. */
  fault(): void {
    if (this.line.link !== null) this.#recovery.lost(TROUBLES.libraryFault);
  }

  /** Leaves, from any state. Resolves when Discord has taken note, cannot be asked, or takes too long. */
  async end(): Promise<void> {
    const { present } = this;
    this.#recovery.entrance.end();
    this.line.drop();
    if (this.state.status !== 'idle') this.#machine.to({ status: 'idle' });
    this.emit('over', 'left');
    if (present || this.door.haunted) await this.door.leave(this.#machine.signal);
  }

  /** Deaf or not, from now on. */
  setSelfDeaf(selfDeaf: boolean): void {
    this.door.selfDeaf = selfDeaf;
    if (this.state.status === 'ready') this.line.link?.setSelfDeaf(selfDeaf);
  }

  /** Discord said where we are. A link hears that itself; between two links it is somebody's will. */
  placed(channelId: string | null): void {
    if (this.line.link !== null || !this.present || this.state.status === 'deciding') return;
    if (channelId !== null) this.#adopt(channelId);
    else if (!this.door.mayEcho && !this.door.shaded && !this.door.outlived) this.#removed();
  }

  gatewayChanged(change: GatewayChange): void {
    this.door.gatewayChanged(change);
    if (change !== 'identified' || this.state.status !== 'ready') return;
    // The session that voice belongs to is lost, and Discord ends it within minutes: better at a moment of our choice.
    this.door.takeTurn(1, this.#machine.signal, () => this.#recovery.replace(TROUBLES.sessionLapsed));
  }

  #listen(link: VoiceLink): void {
    const { serverAway } = TROUBLES;
    const { joinDeadlineMs } = this.#parts.options;
    link.on('connecting', () => this.#onConnecting());
    link.on('ready', () => this.#onReady());
    link.on('resuming', (close) => this.#onResuming(close));
    link.on('closed', (close) => this.#onClosed(close));
    link.on('placed', (channelId) => this.#adopt(channelId));
    link.on('removed', () => this.#removed());
    // Not Discord's word about us, so no kick: the main gateway was closed for good, or the guild is not ours any more.
    link.on('gone', () => this.#recovery.finish({ status: 'idle' }, TROUBLES.gatewayClosed, 'gateway-closed'));
    link.on('unserved', () => this.#decide(serverAway, joinDeadlineMs, () => this.#recovery.lost(serverAway)));
    link.on('fault', () => this.#recovery.lost(TROUBLES.unreadable));
  }

  #onConnecting(): void {
    if (this.state.status === 'joining') return;
    this.line.hush();
    this.emit('trouble', TROUBLES.serverChanged);
    this.#recovery.entrance.follow();
  }

  #onReady(): void {
    const { status } = this.state;
    if (status !== 'joining' && status !== 'resuming') return;
    this.#recovery.entrance.end();
    this.#parts.pacer.succeeded(this.#parts.guildId);
    if (status === 'joining') this.attempts.succeed();
    this.#watch(this.#machine.arrive());
    this.line.hear();
    this.line.link?.setSelfDeaf(this.door.selfDeaf);
    this.emit('over', status === 'resuming' ? 'resumed' : 'rejoined');
  }

  #watch(life: AbortSignal): void {
    const { gateway, guildId } = this.#parts;
    const look = () =>
      this.line.look({
        silence: gateway.ownSilence(guildId),
        listeners: gateway.listenersIn(guildId, this.#machine.channelId),
      });
    this.#monitor.watch(look, life, (remedy, trouble) => {
      if (remedy === 'rejoin') return this.#recovery.lost(trouble);
      this.emit('trouble', trouble);
      this.line.link?.resume();
    });
  }

  #onResuming(close: CloseCode): void {
    this.emit('closed', close);
    if (!this.attempts.mayResume()) return this.#recovery.lost(TROUBLES.resumeStorm);
    if (this.state.status !== 'ready') return;
    this.emit('trouble', close);
    const life = this.#machine.resume(close.sentence);
    later(this.#parts.options.resumeDeadlineMs, life, () => this.#recovery.lost(TROUBLES.notResumed));
  }

  #onClosed(close: CloseCode): void {
    this.emit('closed', close);
    const { remedy } = close;
    if (remedy === 'give-up') return this.#recovery.fail(close);
    if (remedy !== 'evidence') return this.#recovery.lost(close, MANNERS[remedy]);
    this.#decide(close, this.#parts.options.evidenceMs, () => this.#judge(close));
  }

  /** What happened is not clear. The link lives on: when Discord names a server, the library follows it by itself. */
  #decide(trouble: Trouble, waitMs: number, verdict: () => void): void {
    if (this.state.status === 'deciding') return;
    this.#recovery.entrance.end();
    this.line.hush();
    this.emit('trouble', trouble);
    later(waitMs, this.#machine.decide(trouble.sentence), verdict);
  }

  /**
   * Discord said no more. What takes us out of a channel always comes with a voice state that says so, so when Discord
   * still sees us in one, or the main gateway was away and could not tell, we come back; else somebody sent us away.
   */
  #judge(close: CloseCode): void {
    if (this.door.occupied || this.door.shaded) this.#recovery.lost(close);
    else void this.door.leave(this.#stayOut());
  }

  #adopt(channelId: string): void {
    if (channelId === this.#machine.channelId) return;
    this.#machine.channelId = channelId;
    if (this.state.status === 'ready') this.#watch(this.#machine.arrive(this.state.since));
    this.emit('moved', channelId);
  }

  /** Discord says that we are out. That the channel was deleted, it may say a moment later. */
  #removed(): void {
    if (this.door.outlived) return this.#recovery.lost(TROUBLES.sessionLapsed);
    // What we asked for meanwhile would bring us back.
    const isExpected = this.line.link?.placed === false;
    this.#recovery.drop(TROUBLES.removed);
    later(this.#parts.options.removalEvidenceMs, this.#machine.decide(TROUBLES.removed.sentence), () => {
      const life = this.#stayOut();
      if (isExpected) void this.door.leave(life);
    });
  }

  #stayOut(): AbortSignal {
    const why = this.door.leadsTo(this.#machine.channelId) ? 'removed' : 'channel-deleted';
    const life = this.#recovery.finish({ status: 'idle' }, TROUBLES.removed, 'stayed-out');
    this.emit('removed', why);
    return life;
  }
}
