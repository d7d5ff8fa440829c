import { EventEmitter } from 'node:events';
import { Machine } from '../lib/machine.ts';
import { classify, type CloseCode } from './close-codes.ts';
import { ConnectionMonitor } from './connection-monitor.ts';
import { GuildDoor, type DoorParts } from './guild-door.ts';
import { GuildLine } from './guild-line.ts';
import { every, later } from './later.ts';
import { NO_EPISODE, nextStep, type Episode } from './reconnect-policy.ts';
import { SlidingWindow } from './sliding-window.ts';
import { LEGAL, type VoiceState } from './voice-state.ts';

export interface KeeperParts extends DoorParts {
  readonly random: () => number;
}

interface KeeperEvents {
  change: [next: VoiceState, previous: VoiceState];
  /** Something happened to the connection: what people read. */
  trouble: [what: string];
  /** The trouble is over, and how; `{ms}` stands for how long it took. */
  over: [outcome: string];
  /** We are out of the channel by another's will, and stay out. */
  removed: [];
  moved: [channelId: string];
}

const MONITOR_EVERY_MS = 1_000;
const NOT_THERE = 'I am not in that server any more';

/**
 * Keeps one guild in one channel: one link at a time, and a decision about each thing that can happen to it. Decisions are
 * synchronous; every wait belongs to a state and ends with it. Nobody else joins, so nothing can rejoin in a loop.
 */
export class ConnectionKeeper extends EventEmitter<KeeperEvents> {
  readonly line = new GuildLine();
  readonly door: GuildDoor;
  readonly #parts: KeeperParts;
  readonly #machine = new Machine<VoiceState>({ status: 'idle' }, LEGAL);
  readonly #resumes: SlidingWindow;
  #channelId = '';
  #selfDeaf = true;
  #episode: Episode = NO_EPISODE;
  /** A person asked for this join, so that what was tried before does not count against it. */
  #asked = false;

  constructor(parts: KeeperParts) {
    super();
    this.#parts = parts;
    this.door = new GuildDoor(parts);
    this.#resumes = new SlidingWindow(parts.options.maxResumes, parts.options.resumeWindowMs);
    this.#machine.on('change', (next, previous) => this.emit('change', next, previous));
  }

  get state(): VoiceState {
    return this.#machine.state;
  }

  /** Goes to a channel because a person wants it. There already, or on the way: nothing. */
  go(channelId: string): void {
    const { status } = this.state;
    const absent = status === 'idle' || status === 'failed';
    const underWay = !absent && status !== 'deciding' && this.#channelId === channelId;
    if (underWay) return;
    this.#asked = true;
    this.#episode = { ...NO_EPISODE, attempts: 1 };
    this.#channelId = channelId;
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
    this.line.drop();
    const life = this.#machine.to({
      status: 'joining',
      channelId: this.#channelId,
      attempt: this.#episode.attempts,
    });
    if (!this.door.exists) return this.#fail(NOT_THERE);
    if (!this.door.ready) return this.#awaitGateway();
    this.#expectReady(life);
    if (!leaveFirst) return this.#open();
    void this.door.leave(life).then(() => {
      if (!life.aborted) this.#open();
    });
  }

  #open(): void {
    const link = this.door.link(this.#channelId, this.#selfDeaf);
    if (link === null) return this.#fail(NOT_THERE);
    this.line.use(link);
    link.on('connecting', () => this.#onConnecting());
    link.on('ready', () => this.#onReady());
    link.on('resuming', (code) => this.#onResuming(classify(code)));
    link.on('closed', (code) => this.#onClosed(classify(code)));
    link.on('placed', (channelId) => this.#adopt(channelId));
    link.on('removed', () => this.#removed());
    link.on('gone', () => this.#removed());
    link.on('unserved', () => {
      const reason = 'the voice server went away';
      this.#decide(reason, this.#parts.options.joinDeadlineMs, () => this.#lost(reason));
    });
    link.on('fault', (error) => {
      this.#parts.log.warn({ err: error }, 'voice library threw');
      this.#lost('Discord sent what I could not read');
    });
    if (!link.open()) this.#awaitGateway();
  }

  #onConnecting(): void {
    const { status } = this.state;
    if (status === 'joining') return;
    this.line.hush();
    this.emit('trouble', 'the voice server changed');
    const attempt = Math.max(1, this.#episode.attempts);
    this.#expectReady(this.#machine.to({ status: 'joining', channelId: this.#channelId, attempt }));
  }

  #onReady(): void {
    const { status } = this.state;
    if (status === 'ready') return;
    const now = this.#parts.now();
    if (status === 'joining') this.#episode = { ...(this.#asked ? NO_EPISODE : this.#episode), readyAt: now };
    this.#asked = false;
    this.#enterReady(now);
    this.line.hear();
    this.emit('over', status === 'resuming' ? 'resumed after {ms}' : 'joined again after {ms}');
  }

  #enterReady(since: number): void {
    const { now, options } = this.#parts;
    const life = this.#machine.to({ status: 'ready', channelId: this.#channelId, since });
    const monitor = new ConnectionMonitor(options.stuckAfterMs, now());
    every(MONITOR_EVERY_MS, life, () => {
      if (monitor.judge(this.line, now()) === 'stuck') this.#lost('no sound left me');
    });
  }

  #onResuming(row: CloseCode): void {
    const { options, now } = this.#parts;
    this.#logClose(row);
    const reason = sentence(row);
    if (this.#resumes.waitMs(1, now()) > 0) return this.#lost(reason);
    this.#resumes.note(now());
    if (this.state.status !== 'ready') return;
    this.emit('trouble', reason);
    const life = this.#machine.to({ status: 'resuming', channelId: this.#channelId, reason });
    later(options.resumeDeadlineMs, life, () => this.#lost(reason));
  }

  #onClosed(row: CloseCode): void {
    this.#logClose(row);
    switch (row.remedy) {
      case 'resume':
      case 'rejoin':
        return this.#lost(sentence(row));
      case 'cool-down':
        return this.#lost(sentence(row), true);
      case 'evidence':
        return this.#decide(sentence(row), this.#parts.options.evidenceMs, () => this.#judge(sentence(row)));
      case 'give-up':
        return this.#fail(sentence(row));
    }
  }

  /** The link is of no use any more; what now is the policy's word. `coolDown`: Discord asked for silence. */
  #lost(reason: string, coolDown = false): void {
    const { options, now, random } = this.#parts;
    const unserved = this.line.link?.served === false;
    this.line.drop();
    this.emit('trouble', reason);
    const step = nextStep(options.policy, this.#episode, { now: now(), random, coolDown });
    if (step.kind === 'give-up') return this.#fail(reason);
    this.#episode = step.episode;
    const { attempts: attempt } = step.episode;
    // A place that Discord did not serve, and the last try, begin from nothing.
    const leaveFirst = step.kind === 'cool-down' || unserved || attempt === options.policy.attempts;
    const delayMs = Math.max(step.delayMs, this.door.waitMs(leaveFirst ? 2 : 1));
    const until = now() + delayMs;
    const channelId = this.#channelId;
    if (step.kind === 'cool-down') this.#asked = false;
    const life = this.#machine.to(
      step.kind === 'cool-down'
        ? { status: 'cooling-down', channelId, reason, until }
        : { status: 'recovering', channelId, reason, attempt, until },
    );
    later(delayMs, life, () => this.#begin(leaveFirst));
  }

  /** Nothing can be sent now. It goes on when the main gateway is back, and that is no attempt. */
  #awaitGateway(): void {
    const reason = 'the connection to Discord is down';
    this.line.drop();
    this.emit('trouble', reason);
    const attempt = this.#episode.attempts;
    const until = this.#parts.now() + this.#parts.options.gatewayPollMs;
    const life = this.#machine.to({ status: 'recovering', channelId: this.#channelId, reason, attempt, until });
    this.door.onceReady(life, () => this.#begin(false));
  }

  /** What happened is not clear. The link lives on: when Discord names a server, the library follows it by itself. */
  #decide(reason: string, waitMs: number, verdict: () => void): void {
    if (this.state.status === 'deciding') return;
    this.line.hush();
    this.emit('trouble', reason);
    later(waitMs, this.#machine.to({ status: 'deciding', channelId: this.#channelId, reason }), verdict);
  }

  /** Discord said no more. Moved, or cut off together with the main gateway, we come back; else somebody sent us away. */
  #judge(reason: string): void {
    const moved = this.state.status === 'deciding' && this.state.channelId !== this.#channelId;
    if (moved || this.door.shaded) this.#lost(reason);
    else void this.door.leave(this.#removed());
  }

  #adopt(channelId: string): void {
    if (channelId === this.#channelId) return;
    this.#channelId = channelId;
    if (this.state.status === 'ready') this.#enterReady(this.state.since);
    this.emit('moved', channelId);
  }

  #removed(): AbortSignal {
    this.line.drop();
    this.emit('trouble', 'I was disconnected from the channel');
    const life = this.#machine.to({ status: 'idle' });
    this.emit('over', 'disconnected by somebody; stayed out');
    this.emit('removed');
    return life;
  }

  #fail(reason: string): void {
    this.line.drop();
    this.emit('trouble', reason);
    const life = this.#machine.to({ status: 'failed', reason });
    this.emit('over', `gave up: ${reason}`);
    void this.door.leave(life);
  }

  #expectReady(life: AbortSignal): void {
    later(this.#parts.options.joinDeadlineMs, life, () => this.#lost('Discord did not let me in within the time'));
  }

  #logClose({ code, name, remedy, operators, documented }: CloseCode): void {
    const err = this.line.link?.lastError;
    this.#parts.log.warn({ code, name, remedy, documented, cause: operators, err }, 'voice socket closed');
  }
}

const sentence = (row: CloseCode) => `${row.people} (${row.code})`;
