import './sodium-bridge.ts';
import { EventEmitter } from 'node:events';
import type { AudioPlayer } from '@discordjs/voice';
import type { Logger } from 'pino';
import { TenutoError } from '../lib/errors.ts';
import { KeyedLock } from '../lib/keyed-lock.ts';
import type { Store } from '../storage/store.ts';
import type { CloseCode } from './close-codes.ts';
import { GuildVoice } from './guild-voice.ts';
import { RecoveryPacer } from './recovery-pacer.ts';
import type { GatewayChange, Removal, VoiceFacts, VoiceGateway } from './voice-gateway.ts';
import { DEFAULT_VOICE_OPTIONS, type VoiceOptions } from './voice-options.ts';
import type { Incident, VoiceControls, VoiceReport, VoiceReports } from './voice-reports.ts';
import type { VoiceState } from './voice-state.ts';

export interface VoiceConnectionManagerParts {
  readonly gateway: VoiceGateway;
  readonly log: Logger;
  readonly options?: Partial<VoiceOptions>;
  /** Keeps incidents over a restart. */
  readonly store?: Store;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** From 0 to 1. */
  readonly random?: () => number;
}

/** Where somebody wants the guild's connection to be. */
export interface HoldRequest {
  readonly guildId: string;
  readonly channelId: string;
  readonly holder: string;
  /** False for a holder that listens. */
  readonly selfDeaf?: boolean;
}

interface VoiceEvents {
  change: [guildId: string, next: VoiceState, previous: VoiceState];
  /** A voice socket was closed. */
  closed: [guildId: string, close: CloseCode];
  /** An incident began, went on, or ended. */
  incident: [guildId: string, incident: Incident];
  /**
   * Out of the channel by another's will. All holders are forgotten; nobody comes back by itself. The state `idle` without
   * this event, and without a `leave`, means only that the main gateway was closed for good: a restart may come back.
   */
  kicked: [guildId: string, why: Removal];
  /** In another channel by another's will; the music follows. */
  moved: [guildId: string, channelId: string];
}

const IDLE: VoiceState = { status: 'idle' };

/** VoiceConnectionManager: at most one voice connection a guild, for as long as somebody holds it, mended when it breaks. */
export class VoiceConnectionManager
  extends EventEmitter<VoiceEvents>
  implements VoiceReports, VoiceControls, VoiceFacts
{
  readonly #parts: VoiceConnectionManagerParts;
  readonly #options: VoiceOptions;
  readonly #guilds = new Map<string, GuildVoice>();
  /** Nobody waits for a recovery or a restore as for an answer, so those of many guilds take turns. */
  readonly #pacer: RecoveryPacer;
  readonly #lock = new KeyedLock();
  #closed = false;

  constructor(parts: VoiceConnectionManagerParts) {
    super();
    this.#parts = parts;
    const { random = Math.random } = parts;
    this.#options = { ...DEFAULT_VOICE_OPTIONS, ...parts.options };
    // A clock that is never set back: who waits for a turn would wait for as long as that took.
    this.#pacer = new RecoveryPacer(this.#options, () => performance.now(), random);
  }

  /** Reads what earlier processes noted about these guilds, so that reports have it before the first join. Never rejects. */
  async recall(guildIds: readonly string[]): Promise<void> {
    await Promise.all(guildIds.map((guildId) => this.#guild(guildId).recall()));
  }

  /**
   * Sets out for the channel without waiting to arrive: the guild takes its turn among all guilds, waits out a cool-down that
   * was begun before, and tries and gives up as after a lost connection.
   */
  async hold(request: HoldRequest): Promise<void> {
    await this.#hold(request, false);
  }

  /**
   * Resolves when what is played in the channel can be heard there; at once when it can already. Another channel of the
   * guild moves there. Rejects with VOICE_UNAVAILABLE or VOICE_FATAL; the holder holds nothing then, unless it did before.
   */
  async join(request: HoldRequest): Promise<void> {
    const { guildId, holder } = request;
    const isNew = await this.#hold(request, true);
    try {
      await this.#guild(guildId).arrive();
    } catch (error) {
      if (isNew) await this.leave(guildId, holder);
      throw error;
    }
  }

  /** The holder needs the connection no more. It ends with the last holder, whatever it is doing. */
  async leave(guildId: string, holder: string): Promise<void> {
    let leaving: Promise<void> | undefined;
    // Only the decision is made under the lock: Discord's word may take a second.
    await this.#lock.run(guildId, () => {
      leaving = this.#guild(guildId).release(holder);
    });
    await leaving;
  }

  /** The player is heard over whatever connection the guild has, now and after every rebuild. One player a guild. */
  attach(guildId: string, player: AudioPlayer): void {
    this.#guild(guildId).attach(player);
  }

  state(guildId: string): VoiceState {
    return this.#guilds.get(guildId)?.state ?? IDLE;
  }

  report(guildId: string): VoiceReport {
    return this.#guild(guildId).report;
  }

  /** One report for each guild that voice has had to do with. */
  reports(): readonly VoiceReport[] {
    return Array.from(this.#guilds.values(), ({ report }) => report);
  }

  /** True while voice fails everywhere. */
  get outage(): boolean {
    return this.#pacer.outage;
  }

  /** Op 4 sent so far, for all guilds. */
  get sent(): number {
    return Array.from(this.#guilds.values(), ({ sent }) => sent).reduce((all, one) => all + one, 0);
  }

  async reconnect(guildId: string): Promise<void> {
    await this.#guild(guildId).reconnect();
  }

  /** The library failed where nobody could catch it, in what it did for this guild; null: nobody knows for which. */
  libraryFault(guildId: string | null): void {
    if (guildId !== null) return this.#guilds.get(guildId)?.fault();
    for (const guild of this.#guilds.values()) guild.fault();
  }

  ownVoiceState(guildId: string, channelId: string | null): void {
    this.#guilds.get(guildId)?.placed(channelId);
  }

  mainGateway(change: GatewayChange): void {
    for (const guild of this.#guilds.values()) guild.gatewayChanged(change);
  }

  /** Leaves everywhere, within the deadline for leaving; nothing can be joined any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#guilds.values()].map((guild) => guild.end()));
  }

  /** Returns true when the holder is new. */
  async #hold({ guildId, channelId, holder, selfDeaf = true }: HoldRequest, asked: boolean): Promise<boolean> {
    const guild = this.#guild(guildId);
    return await this.#lock.run(guildId, async () => {
      await guild.recall();
      if (this.#closed) throw new TenutoError('STOPPING');
      return guild.hold(holder, channelId, { selfDeaf, asked });
    });
  }

  #guild(guildId: string): GuildVoice {
    const known = this.#guilds.get(guildId);
    if (known) return known;
    const { gateway, log, store = null, now = Date.now, random = Math.random } = this.#parts;
    const options = this.#options;
    const pacer = this.#pacer;
    const own = log.child({ guild_id: guildId });
    const guild = new GuildVoice({ guildId, gateway, options, store, now, random, pacer, log: own });
    guild.on('change', (next, previous) => this.emit('change', guildId, next, previous));
    guild.on('closed', (close) => this.emit('closed', guildId, close));
    guild.on('incident', (incident) => this.emit('incident', guildId, incident));
    guild.on('kicked', (why) => this.emit('kicked', guildId, why));
    guild.on('moved', (channelId) => this.emit('moved', guildId, channelId));
    this.#guilds.set(guildId, guild);
    return guild;
  }
}
