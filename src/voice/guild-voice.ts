import { EventEmitter } from 'node:events';
import type { AudioPlayer } from '@discordjs/voice';
import { TenutoError } from '../lib/errors.ts';
import { within } from '../lib/time.ts';
import type { Store } from '../storage/store.ts';
import type { CloseCode } from './close-codes.ts';
import { ConnectionKeeper, type KeeperParts } from './connection-keeper.ts';
import { EpisodeMemory } from './episode-memory.ts';
import { IncidentLog } from './incident-log.ts';
import type { GatewayChange, Removal } from './voice-gateway.ts';
import { VoiceLog } from './voice-log.ts';
import type { Incident, VoiceReport } from './voice-reports.ts';
import type { VoiceState } from './voice-state.ts';

export interface GuildVoiceParts extends Omit<KeeperParts, 'awaited'> {
  readonly store: Store | null;
}

interface GuildVoiceEvents {
  change: [next: VoiceState, previous: VoiceState];
  closed: [CloseCode];
  incident: [Incident];
  kicked: [why: Removal];
  moved: [channelId: string];
}

/** One guild's voice for those who need it: it lasts from the first holder to the last. */
export class GuildVoice extends EventEmitter<GuildVoiceEvents> {
  readonly #parts: GuildVoiceParts;
  readonly #keeper: ConnectionKeeper;
  readonly #incidents: IncidentLog;
  readonly #memory: EpisodeMemory;
  readonly #log: VoiceLog;
  /** Who needs the connection, and whether it may be deaf for them. */
  readonly #holders = new Map<string, boolean>();
  /** Who waits to be joined. */
  readonly #arrivals = new Set<PromiseWithResolvers<void>>();
  #recalled: Promise<void> | null = null;

  constructor(parts: GuildVoiceParts) {
    super();
    const { guildId, store, now, log } = parts;
    this.#parts = parts;
    this.#keeper = new ConnectionKeeper({ ...parts, awaited: () => this.#arrivals.size > 0 });
    this.#incidents = new IncidentLog(guildId, store, log);
    this.#memory = new EpisodeMemory(guildId, store, log);
    this.#log = new VoiceLog(log, () => this.#incidents.current);
    this.#keeper.on('change', (next, previous) => this.#onChange(next, previous));
    this.#keeper.on('closed', (close) => {
      this.#log.closed(close, this.#keeper.state);
      this.#tell('closed', close);
    });
    this.#keeper.on('trouble', (trouble) => this.#tellIncident(this.#incidents.note(trouble, now())));
    this.#keeper.on('tried', () => this.#tellIncident(this.#incidents.tried()));
    this.#keeper.on('over', (outcome) => this.#tellIncident(this.#incidents.settle(outcome, now())));
    this.#keeper.on('removed', (why) => this.#tell('kicked', why));
    this.#keeper.on('moved', (channelId) => this.#tell('moved', channelId));
  }

  get state(): VoiceState {
    return this.#keeper.state;
  }

  /** Op 4 sent so far. */
  get sent(): number {
    return this.#keeper.door.sent;
  }

  get report(): VoiceReport {
    const { state, line, door, attempts, verdict } = this.#keeper;
    return {
      state,
      verdict,
      endpoint: line.evidence?.endpoint ?? null,
      pingMs: line.evidence?.pingMs ?? null,
      encryption: line.evidence?.encryption ?? null,
      dave: line.evidence?.dave ?? null,
      framesSent: line.framesSent,
      joins: door.joins,
      attempts: { made: attempts.episode.attempts, of: this.#parts.options.policy.attempts },
      outage: this.#parts.pacer.outage,
      incidents: this.#incidents.all,
    };
  }

  /** Reads what an earlier process left, once. */
  async recall(): Promise<void> {
    this.#recalled ??= Promise.all([this.#incidents.recall(), this.#memory.recall()]).then(([, episode]) =>
      this.#keeper.attempts.recall(episode),
    );
    await this.#recalled;
  }

  /**
   * Notes a holder and sets out for the channel. Returns true when the holder is new. `asked`: by a person, who is told when
   * nothing may be tried now.
   */
  hold(holder: string, channelId: string, { selfDeaf, asked }: { selfDeaf: boolean; asked: boolean }): boolean {
    if (asked) this.#refuse(channelId);
    const isNew = !this.#holders.has(holder);
    this.#holders.set(holder, selfDeaf);
    this.#listen();
    this.#keeper.go(channelId, asked);
    return isNew;
  }

  /** Resolves when frames can be heard. Rejects when that is given up, or put off for longer than anyone waits. */
  async arrive(): Promise<void> {
    const { joinPatienceMs } = this.#parts.options;
    const late = () => new TenutoError('VOICE_UNAVAILABLE', 'Discord did not let me in within the time');
    const arrival = Promise.withResolvers<void>();
    this.#arrivals.add(arrival);
    this.#keeper.door.hurry();
    this.#settle();
    try {
      await within(joinPatienceMs, arrival.promise, late);
    } finally {
      this.#arrivals.delete(arrival);
    }
  }

  /** Makes the connection anew, past a cool-down and every wait between tries. Rejects with NOT_CONNECTED when there is none, nor one on its way. */
  async reconnect(): Promise<void> {
    if (!this.#keeper.present) throw new TenutoError('NOT_CONNECTED');
    const { line, door } = this.#keeper;
    refuseFor(door.waitMs(line.link === null ? 1 : 2), TOO_OFTEN);
    this.#keeper.renew();
    await this.arrive();
  }

  /** The library failed where nobody could catch it. */
  fault(): void {
    this.#keeper.fault();
  }

  /** One holder less; the last one ends the connection. */
  async release(holder: string): Promise<void> {
    const held = this.#holders.delete(holder);
    // What nobody holds is left all the same: an earlier leaving may not have reached Discord.
    if (this.#holders.size === 0) return await this.#keeper.end();
    if (!held) return;
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

  gatewayChanged(change: GatewayChange): void {
    this.#keeper.gatewayChanged(change);
  }

  /** Throws when a person must wait before a join of this channel: after refusals, or after much coming and going. */
  #refuse(channelId: string): void {
    const { attempts, door } = this.#keeper;
    refuseFor(attempts.quietMs, 'it was refused too often');
    if (!this.#keeper.isHeadedFor(channelId)) refuseFor(door.waitMs(1), TOO_OFTEN);
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
    this.#log.changed(next, previous, this.#keeper.line.evidence?.pingMs ?? null);
    this.#memory.keep(this.#keeper.attempts.episode);
    if (next.status === 'idle' || next.status === 'failed') this.#holders.clear();
    this.#settle();
    this.#tell('change', next, previous);
  }

  #tellIncident(incident: Incident | null): void {
    if (incident === null) return;
    this.#log.incident(incident);
    this.#tell('incident', incident);
  }

  /** Told when the decision is complete, so that whoever hears it may ask for the next one. */
  #tell<E extends keyof GuildVoiceEvents>(event: E, ...details: GuildVoiceEvents[E]): void {
    queueMicrotask(() => {
      (this.emit as (event: E, ...details: GuildVoiceEvents[E]) => boolean).call(this, event, ...details);
    });
  }
}

const TOO_OFTEN = 'I came and went too often';

/** Throws when there is something to wait for, and says for how long. */
function refuseFor(waitMs: number, why: string): void {
  const seconds = Math.ceil(waitMs / 1_000);
  if (seconds > 0) throw new TenutoError('VOICE_UNAVAILABLE', `${why}, so nobody tries for another ${seconds} s`);
}

/** Why nobody should wait to be joined in this state, or null. */
function refusalIn(state: VoiceState): TenutoError | null {
  if (state.status === 'failed') return new TenutoError('VOICE_FATAL', state.reason);
  if (state.status === 'cooling-down') return new TenutoError('VOICE_UNAVAILABLE', state.reason);
  if (state.status === 'idle') return new TenutoError('VOICE_UNAVAILABLE', 'the connection was ended meanwhile');
  return null;
}
