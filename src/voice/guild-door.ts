import type { Logger } from 'pino';
import { later } from './later.ts';
import { leaveVoice } from './leaving.ts';
import { SlidingWindow } from './sliding-window.ts';
import type { VoiceGateway } from './voice-gateway.ts';
import { VoiceLink } from './voice-link.ts';
import type { VoiceOptions } from './voice-options.ts';

export interface DoorParts {
  readonly guildId: string;
  readonly gateway: VoiceGateway;
  readonly options: VoiceOptions;
  readonly now: () => number;
  readonly log: Logger;
}

const MINUTE_MS = 60_000;

/** The way into a guild's voice and out of it: what is asked of the main gateway, and how much of it. */
export class GuildDoor {
  readonly #parts: DoorParts;
  readonly #sends: SlidingWindow;
  #joins = 0;
  #gatewayLostAt = -Infinity;
  /** What waits for the main gateway. */
  #waiting: (() => void) | null = null;

  constructor(parts: DoorParts) {
    this.#parts = parts;
    this.#sends = new SlidingWindow(parts.options.policy.sendsPerMinute, MINUTE_MS);
  }

  /** Joins so far. */
  get joins(): number {
    return this.#joins;
  }

  /** True while the bot is in the guild. */
  get exists(): boolean {
    return this.#adapterCreator !== null;
  }

  /** True when the main gateway takes an op 4 now. */
  get ready(): boolean {
    return this.#parts.gateway.mainGatewayReady(this.#parts.guildId);
  }

  /** True when Discord believes us to be in a channel. */
  get occupied(): boolean {
    return this.#parts.gateway.ownChannelId(this.#parts.guildId) !== null;
  }

  /** True when the main gateway is away, or was a moment ago: what happens to voice then may come from that. */
  get shaded(): boolean {
    return !this.ready || this.#parts.now() - this.#gatewayLostAt < this.#parts.options.gatewayShadowMs;
  }

  gatewayChanged(change: 'lost' | 'ready'): void {
    if (change === 'lost') this.#gatewayLostAt = this.#parts.now();
    else this.#waiting?.();
  }

  /** Acts when the main gateway may be ready again, unless `life` ends before. */
  onceReady(life: AbortSignal, act: () => void): void {
    this.#waiting = act;
    life.addEventListener('abort', () => (this.#waiting = null), { once: true });
    later(this.#parts.options.gatewayPollMs, life, act);
  }

  /** Milliseconds until `sends` more op 4 are within the budget. */
  waitMs(sends: number): number {
    return this.#sends.waitMs(sends, this.#parts.now());
  }

  /** A link that will ask for this channel when it is opened, or null when the bot is not in the guild. */
  link(channelId: string, selfDeaf: boolean): VoiceLink | null {
    const { guildId, gateway, options, now } = this.#parts;
    const adapterCreator = this.#adapterCreator;
    if (adapterCreator === null) return null;
    const { encryptionGraceMs } = options;
    const ownUserId = gateway.ownUserId();
    const link = new VoiceLink({ guildId, channelId, selfDeaf, ownUserId, adapterCreator, encryptionGraceMs });
    link.once('sent', () => (this.#joins += 1));
    link.on('sent', () => this.#sends.note(now()));
    return link;
  }

  /** Leaves. Resolves when Discord has taken note, cannot be asked, or takes too long, or when `life` ends. */
  async leave(life: AbortSignal): Promise<void> {
    const { guildId, options, now, log } = this.#parts;
    const adapterCreator = this.#adapterCreator;
    if (adapterCreator === null) return;
    this.#sends.note(now());
    await leaveVoice(adapterCreator, guildId, options.leaveDeadlineMs, life).catch((error: unknown) => {
      log.warn({ error }, 'voice could not be left');
    });
  }

  get #adapterCreator() {
    return this.#parts.gateway.adapterCreator(this.#parts.guildId);
  }
}
