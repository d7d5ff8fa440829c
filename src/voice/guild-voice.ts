import { EventEmitter } from 'node:events';
import type { AudioPlayer } from '@discordjs/voice';
import { TenutoError } from '../lib/errors.ts';
import { within } from '../lib/time.ts';
import type { Store } from '../storage/store.ts';
import { ConnectionKeeper, type KeeperParts } from './connection-keeper.ts';
import { IncidentLog } from './incident-log.ts';
import type { Removal } from './voice-gateway.ts';
import type { Incident, VoiceReport } from './voice-reports.ts';
import type { VoiceState } from './voice-state.ts';

export interface GuildVoiceParts extends Omit<KeeperParts, 'awaited'> {
  readonly store: Store | null;
}

interface GuildVoiceEvents {
  change: [next: VoiceState, previous: VoiceState];
  incident: [Incident];
  kicked: [why: Removal];
  moved: [channelId: string];
}

/** One guild's voice for those who need it: it lasts from the first holder to the last. */
export class GuildVoice extends EventEmitter<GuildVoiceEvents> {
  readonly #parts: GuildVoiceParts;
  readonly #keeper: ConnectionKeeper;
  readonly #incidents: IncidentLog;
  /** Who needs the connection, and whether it may be deaf for them. */
  readonly #holders = new Map<string, boolean>();
  /** Who waits to be joined. */
  readonly #arrivals = new Set<PromiseWithResolvers<void>>();
  #recalled: Promise<void> | null = null;
  #quietUntil = 0;

  constructor(parts: GuildVoiceParts) {
    super();
    this.#parts = parts;
    this.#keeper = new ConnectionKeeper({ ...parts, awaited: () => this.#arrivals.size > 0 });
    this.#incidents = new IncidentLog(parts.guildId, parts.store, parts.log);
    this.#keeper.on('change', (next, previous) => this.#onChange(next, previous));
    this.#keeper.on('trouble', (what) => this.#tellIncident(this.#incidents.open(what, parts.now())));
    this.#keeper.on('over', (outcome) => this.#tellIncident(this.#incidents.settle(outcome, parts.now())));
    this.#keeper.on('removed', (why) => this.#tell('kicked', why));
    this.#keeper.on('moved', (channelId) => this.#tell('moved', channelId));
  }

  get state(): VoiceState {
    return this.#keeper.state;
  }

  get report(): VoiceReport {
    const { state, line, door } = this.#keeper;
    const { evidence, framesSent } = line;
    return {
      state,
      pingMs: evidence?.pingMs ?? null,
      dave: evidence?.encrypted ?? null,
      framesSent,
      joins: door.joins,
      incidents: this.#incidents.all,
    };
  }

  /** Reads what an earlier process left, once. */
  async recall(): Promise<void> {
    this.#recalled ??= this.#incidents.recall();
    await this.#recalled;
  }

  /** Notes a holder and sets out for the channel. Returns true when the holder is new. */
  hold(holder: string, channelId: string, selfDeaf: boolean): boolean {
    const quietForMs = this.#quietUntil - this.#parts.now();
    if (quietForMs > 0) {
      const seconds = Math.ceil(quietForMs / 1_000);
      throw new TenutoError('VOICE_UNAVAILABLE', `it was refused too often, so nobody tries for another ${seconds} s`);
    }
    const isNew = !this.#holders.has(holder);
    this.#holders.set(holder, selfDeaf);
    this.#listen();
    this.#keeper.go(channelId);
    return isNew;
  }

  /** Resolves when frames can be heard. Rejects when that is given up, or put off for longer than anyone waits. */
  async arrive(): Promise<void> {
    const { joinPatienceMs } = this.#parts.options;
    const late = () => new TenutoError('VOICE_UNAVAILABLE', 'Discord did not let me in within the time');
    const arrival = Promise.withResolvers<void>();
    this.#arrivals.add(arrival);
    this.#keeper.door.wake('turn');
    this.#settle();
    try {
      await within(joinPatienceMs, arrival.promise, late);
    } finally {
      this.#arrivals.delete(arrival);
    }
  }

  /** One holder less; the last one ends the connection. */
  async release(holder: string): Promise<void> {
    if (!this.#holders.delete(holder)) return;
    if (this.#holders.size === 0) return await this.#keeper.end();
    this.#listen();
  }

  async end(): Promise<void> {
    this.#holders.clear();
    await this.#keeper.end();
  }

  attach(player: AudioPlayer): void {
    this.#keeper.line.attach(player);
  }

  placed(channelId: string | null): void {
    this.#keeper.placed(channelId);
  }

  gatewayChanged(change: 'lost' | 'ready'): void {
    this.#keeper.door.gatewayChanged(change);
  }

  /** Tells those who wait, when the state is one to wait no longer. */
  #settle(): void {
    const { state } = this.#keeper;
    if (state.status === 'ready') for (const { resolve } of this.#arrivals) resolve();
    const refusal = refusalIn(state);
    if (refusal !== null) for (const { reject } of this.#arrivals) reject(refusal);
  }

  #listen(): void {
    this.#keeper.setSelfDeaf([...this.#holders.values()].every(Boolean));
  }

  #onChange(next: VoiceState, previous: VoiceState): void {
    const { log } = this.#parts;
    if (next.status === 'failed') log.error({ from: previous.status, ...next }, 'voice state');
    else if (next.status === 'cooling-down') log.warn({ from: previous.status, ...next }, 'voice state');
    else log.info({ from: previous.status, ...next }, 'voice state');
    if (next.status === 'cooling-down') this.#quietUntil = next.until;
    if (next.status === 'idle' || next.status === 'failed') this.#holders.clear();
    this.#settle();
    this.#tell('change', next, previous);
  }

  #tellIncident(incident: Incident | null): void {
    if (incident) this.#tell('incident', incident);
  }

  /** Told when the decision is complete, so that whoever hears it may ask for the next one. */
  #tell<E extends keyof GuildVoiceEvents>(event: E, ...details: GuildVoiceEvents[E]): void {
    queueMicrotask(() => {
      (this.emit as (event: E, ...details: GuildVoiceEvents[E]) => boolean).call(this, event, ...details);
    });
  }
}

/** Why nobody should wait to be joined in this state, or null. */
function refusalIn(state: VoiceState): TenutoError | null {
  if (state.status === 'failed') return new TenutoError('VOICE_FATAL', state.reason);
  if (state.status === 'cooling-down') return new TenutoError('VOICE_UNAVAILABLE', state.reason);
  if (state.status === 'idle') return new TenutoError('VOICE_UNAVAILABLE', 'the connection was ended meanwhile');
  return null;
}
