import type { Logger } from 'pino';
import { later } from '../lib/time.ts';
import { classify } from './close-codes.ts';
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
  /** The turns of all guilds to send an op 4. */
  readonly turns: SlidingWindow;
  /** True while somebody waits to be joined: it is their turn at once. */
  readonly awaited: () => boolean;
}

/** What a guild can be waiting for: the main gateway, or its turn among all guilds. */
type Awaited = 'gateway' | 'turn';

const MINUTE_MS = 60_000;

/** The way into a guild's voice and out of it: what is asked of the main gateway, and how much of it. */
export class GuildDoor {
  readonly #parts: DoorParts;
  readonly #sends: SlidingWindow;
  #joins = 0;
  #gatewayLostAt = -Infinity;
  #waiting: { readonly what: Awaited; readonly act: () => void } | null = null;

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

  /** True while the channel is there. */
  leadsTo(channelId: string): boolean {
    return this.#parts.gateway.channelExists(this.#parts.guildId, channelId);
  }

  /** True when the main gateway is away, or was a moment ago: what happens to voice then may come from that. */
  get shaded(): boolean {
    return !this.ready || this.#parts.now() - this.#gatewayLostAt < this.#parts.options.gatewayShadowMs;
  }

  gatewayChanged(change: 'lost' | 'ready'): void {
    if (change === 'lost') this.#gatewayLostAt = this.#parts.now();
    else this.wake('gateway');
  }

  /** Acts once, after `ms` or when woken, unless `life` ends before. */
  wait(what: Awaited, ms: number, life: AbortSignal, act: () => void): void {
    const over = new AbortController();
    const either = AbortSignal.any([life, over.signal]);
    const actOnce = () => {
      over.abort();
      act();
    };
    this.#waiting = { what, act: actOnce };
    either.addEventListener('abort', () => (this.#waiting = null), { once: true });
    later(ms, either, actOnce);
  }

  /** Ends the wait for this, if there is one. */
  wake(what: Awaited): void {
    if (this.#waiting?.what === what) this.#waiting.act();
  }

  /** Takes a turn among all guilds for so many op 4. Returns the milliseconds until it comes. */
  takeTurn(sends: number): number {
    const waitMs = this.#parts.turns.take(sends, this.#parts.now());
    return this.#parts.awaited() ? 0 : waitMs;
  }

  /** Milliseconds until `sends` more op 4 are within the budget. */
  waitMs(sends: number): number {
    return this.#sends.waitMs(sends, this.#parts.now());
  }

  /** A link that will ask for this channel when it is opened, or null when the bot is not in the guild. */
  link(channelId: string, selfDeaf: boolean): VoiceLink | null {
    const { guildId, gateway, options, now, log } = this.#parts;
    const adapterCreator = this.#adapterCreator;
    if (adapterCreator === null) return null;
    const { encryptionGraceMs } = options;
    const ownUserId = gateway.ownUserId();
    const link = new VoiceLink({ guildId, channelId, selfDeaf, ownUserId, adapterCreator, encryptionGraceMs });
    link.once('sent', () => (this.#joins += 1));
    link.on('sent', () => this.#sends.note(now()));
    for (const event of ['resuming', 'closed'] as const) {
      link.on(event, (code) =>
        log.warn({ code, remedy: classify(code).remedy, error: link.lastError ?? undefined }, 'voice socket closed'),
      );
    }
    link.on('fault', (error) => log.warn({ error }, 'voice library threw'));
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
