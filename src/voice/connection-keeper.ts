import { EventEmitter } from 'node:events';
import { later } from '../lib/time.ts';
import { Attempts } from './attempts.ts';
import { classify, type CloseCode } from './close-codes.ts';
import { ConnectionMonitor } from './connection-monitor.ts';
import { GuildDoor, type DoorParts } from './guild-door.ts';
import { GuildLine } from './guild-line.ts';
import type { Removal } from './voice-gateway.ts';
import { VoiceMachine } from './voice-machine.ts';
import type { VoiceState } from './voice-state.ts';

export type KeeperParts = DoorParts & { readonly random: () => number };

interface KeeperEvents {
  change: [next: VoiceState, previous: VoiceState];
  /** Something happened to the connection: what people read. */
  trouble: [what: string];
  /** The trouble is over, and how; `{ms}` stands for how long it took. */
  over: [outcome: string];
  /** We are out of the channel by another's will, and stay out. */
  removed: [why: Removal];
  moved: [channelId: string];
}

const OUT = 'I was disconnected from the channel';

/**
 * Keeps one guild in one channel: one link at a time, and a decision about each thing that can happen to it. Decisions are
 * synchronous; every wait belongs to a state and ends with it. Nobody else joins, so nothing can rejoin in a loop.
 */
export class ConnectionKeeper extends EventEmitter<KeeperEvents> {
  readonly line = new GuildLine();
  readonly door: GuildDoor;
  readonly #parts: KeeperParts;
  readonly #machine: VoiceMachine;
  readonly #attempts: Attempts;
  readonly #monitor: ConnectionMonitor;
  #selfDeaf = true;

  constructor(parts: KeeperParts) {
    super();
    this.#parts = parts;
    this.door = new GuildDoor(parts);
    this.#monitor = new ConnectionMonitor(parts.options.stuckAfterMs, parts.now);
    this.#attempts = new Attempts(parts.options, parts.now, parts.random);
    this.#machine = new VoiceMachine(parts.now, () => this.#attempts.current);
    this.#machine.on('change', (next, previous) => this.emit('change', next, previous));
  }

  get state(): VoiceState {
    return this.#machine.state;
  }

  /** Goes to a channel, when it is this guild's turn. There already, or on the way: nothing. */
  go(channelId: string): void {
    const { status } = this.state;
    const absent = status === 'idle' || status === 'failed';
    if (!absent && status !== 'deciding' && this.#machine.channelId === channelId) return;
    this.#attempts.ask();
    this.#machine.channelId = channelId;
    this.line.drop();
    this.#machine.join();
    // A place left over from an earlier process: asking for it again may be answered with silence.
    this.#begin(absent && this.door.occupied);
  }

  /** Leaves, from any state. Resolves when Discord has taken note, cannot be asked, or takes too long. */
  async end(): Promise<void> {
    const { status } = this.state;
    if (status === 'idle') return;
    this.line.drop();
    const life = this.#machine.to({ status: 'idle' });
    this.emit('over', 'I left');
    if (status !== 'failed') await this.door.leave(life);
  }

  /** Deaf or not, from now on. */
  setSelfDeaf(selfDeaf: boolean): void {
    if (this.#selfDeaf === selfDeaf) return;
    this.#selfDeaf = selfDeaf;
    if (this.state.status === 'ready') this.line.link?.setSelfDeaf(selfDeaf);
  }

  /** Discord said where we are. A link hears that itself; between two links it is somebody's will. */
  placed(channelId: string | null): void {
    if (this.line.link !== null || this.state.status !== 'recovering') return;
    if (channelId !== null) this.#adopt(channelId);
    else if (!this.door.shaded) this.#removed();
  }

  #begin(leaveFirst: boolean): void {
    if (this.door.exists && !this.door.ready) return this.#awaitGateway();
    const waitMs = this.door.takeTurn(leaveFirst ? 2 : 1);
    if (waitMs === 0) return this.#start(leaveFirst);
    const { state } = this;
    // A first join stays what it is; what comes back says when.
    const life = 'until' in state ? this.#machine.recover(state.reason, waitMs) : this.#machine.signal;
    this.door.wait('turn', waitMs, life, () => this.#start(leaveFirst));
  }

  #start(leaveFirst: boolean): void {
    const life = this.state.status === 'joining' ? this.#machine.signal : this.#machine.join();
    this.#expire(life);
    if (!leaveFirst) return this.#open();
    void this.door.leave(life).then(() => {
      if (!life.aborted) this.#open();
    });
  }

  #open(): void {
    const link = this.door.link(this.#machine.channelId, this.#selfDeaf);
    if (link === null) return this.#fail('I am not in that server any more');
    this.line.use(link);
    link.on('connecting', () => this.#onConnecting());
    link.on('ready', () => this.#onReady());
    link.on('resuming', (code) => this.#onResuming(classify(code).sentence));
    link.on('closed', (code) => this.#onClosed(classify(code)));
    link.on('placed', (channelId) => this.#adopt(channelId));
    link.on('removed', () => this.#removed());
    link.on('gone', () => this.#gone());
    link.on('unserved', () => {
      const reason = 'the voice server went away';
      this.#decide(reason, this.#parts.options.joinDeadlineMs, () => this.#lost(reason));
    });
    link.on('fault', () => this.#lost('Discord sent what I could not read'));
    if (!link.open()) this.#awaitGateway();
  }

  #onConnecting(): void {
    if (this.state.status === 'joining') return;
    this.line.hush();
    this.emit('trouble', 'the voice server changed');
    this.#expire(this.#machine.join());
  }

  #onReady(): void {
    const { status } = this.state;
    if (status !== 'joining' && status !== 'resuming') return;
    if (status === 'joining') this.#attempts.succeed();
    this.#watch(this.#machine.arrive());
    this.line.hear();
    this.emit('over', status === 'resuming' ? 'resumed after {ms}' : 'joined again after {ms}');
  }

  #expire(life: AbortSignal): void {
    later(this.#parts.options.joinDeadlineMs, life, () => this.#lost('Discord did not let me in within the time'));
  }

  #watch(life: AbortSignal): void {
    this.#monitor.watch(this.line, life, () => this.#lost('no sound left me'));
  }

  #onResuming(reason: string): void {
    if (!this.#attempts.mayResume()) return this.#lost(reason);
    if (this.state.status !== 'ready') return;
    this.emit('trouble', reason);
    later(this.#parts.options.resumeDeadlineMs, this.#machine.resume(reason), () => this.#lost(reason));
  }

  #onClosed({ remedy, sentence }: CloseCode): void {
    switch (remedy) {
      case 'resume':
      case 'rejoin':
      case 'cool-down':
        return this.#lost(sentence, remedy === 'cool-down');
      case 'evidence':
        return this.#decide(sentence, this.#parts.options.evidenceMs, () => this.#judge(sentence));
      case 'give-up':
        return this.#fail(sentence);
    }
  }

  /** The link is of no use any more; what now is the policy's word. `coolDown`: Discord asked for silence. */
  #lost(reason: string, coolDown = false): void {
    const unserved = this.line.link?.served === false;
    this.line.drop();
    this.emit('trouble', reason);
    const step = this.#attempts.fail(coolDown);
    if (step.kind === 'give-up') return this.#fail(reason);
    const { current: attempt } = this.#attempts;
    // A place that Discord did not serve, and the last try, begin from nothing.
    const leaveFirst = step.kind === 'cool-down' || unserved || attempt === this.#parts.options.policy.attempts;
    const delayMs = Math.max(step.delayMs, this.door.waitMs(leaveFirst ? 2 : 1));
    const life =
      step.kind === 'cool-down' ? this.#machine.coolDown(reason, delayMs) : this.#machine.recover(reason, delayMs);
    later(delayMs, life, () => this.#begin(leaveFirst));
  }

  /** Nothing can be sent now. It goes on when the main gateway is back, and that is no attempt. */
  #awaitGateway(): void {
    const reason = 'the connection to Discord is down';
    this.line.drop();
    this.emit('trouble', reason);
    const { gatewayPollMs } = this.#parts.options;
    this.door.wait('gateway', gatewayPollMs, this.#machine.recover(reason, gatewayPollMs), () => this.#begin(false));
  }

  /** What happened is not clear. The link lives on: when Discord names a server, the library follows it by itself. */
  #decide(reason: string, waitMs: number, verdict: () => void): void {
    if (this.state.status === 'deciding') return;
    this.line.hush();
    this.emit('trouble', reason);
    later(waitMs, this.#machine.decide(reason), verdict);
  }

  /** Discord said no more. Moved, or cut off together with the main gateway, we come back; else somebody sent us away. */
  #judge(reason: string): void {
    const moved = this.state.status === 'deciding' && this.state.channelId !== this.#machine.channelId;
    if (moved || this.door.shaded) this.#lost(reason);
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
    this.line.drop();
    this.emit('trouble', OUT);
    later(this.#parts.options.removalEvidenceMs, this.#machine.decide(OUT), () => this.#stayOut());
  }

  #stayOut(): AbortSignal {
    const why = this.door.leadsTo(this.#machine.channelId) ? 'removed' : 'channel-deleted';
    const life = this.#finish({ status: 'idle' }, OUT, 'stayed out');
    this.emit('removed', why);
    return life;
  }

  /** Not Discord's word about us, so no kick: the main gateway was closed for good, or the guild is not ours any more. */
  #gone(): void {
    this.#finish({ status: 'idle' }, 'the connection to Discord was closed', 'waits for the next start');
  }

  #fail(reason: string): void {
    void this.door.leave(this.#finish({ status: 'failed', reason }, reason, `gave up: ${reason}`));
  }

  #finish(end: VoiceState, trouble: string, outcome: string): AbortSignal {
    this.line.drop();
    this.emit('trouble', trouble);
    const life = this.#machine.to(end);
    this.emit('over', outcome);
    return life;
  }
}
