import type { Logger } from 'pino';
import { later } from '../lib/time.ts';
import { leaveVoice } from './leaving.ts';
import { SlidingWindow } from './sliding-window.ts';
import type { RecoveryPacer } from './recovery-pacer.ts';
import type { GatewayChange, VoiceGateway } from './voice-gateway.ts';
import { VoiceLink } from './voice-link.ts';
import type { VoiceOptions } from './voice-options.ts';

export interface DoorParts {
  readonly guildId: string;
  readonly gateway: VoiceGateway;
  readonly options: VoiceOptions;
  readonly now: () => number;
  readonly log: Logger;
  /** The turns of all guilds. */
  readonly pacer: RecoveryPacer;
  /** True while somebody waits to be joined: it is their turn at once. */
  readonly awaited: () => boolean;
}

const MINUTE_MS = 60_000;

/** The way into a guild's voice and out of it: what is asked of the main gateway, and how much of it. */
export class GuildDoor {
  /** Whether links listen, from the next one on. */
  selfDeaf = true;
  readonly #parts: DoorParts;
  readonly #sends: SlidingWindow;
  #joins = 0;
  #sent = 0;
  #gatewayLostAt = -Infinity;
  #identifiedAt = -Infinity;
  #linkedAt = -Infinity;
  /** When a leaving was begun that Discord has not answered. */
  #unansweredAt = -Infinity;
  /** Discord has not said that we are out, although we want to be. */
  #owesLeaving = false;
  /** What is done when the main gateway is back. */
  #awaiting: (() => void) | null = null;

  constructor(parts: DoorParts) {
    this.#parts = parts;
    this.#sends = new SlidingWindow(parts.options.policy.sendsPerMinute, MINUTE_MS);
  }

  /** Joins so far. */
  get joins(): number {
    return this.#joins;
  }

  /** Op 4 so far, of every kind. */
  get sent(): number {
    return this.#sent;
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

  /** True when a leaving did not take effect, as it seems, and another one may be tried. */
  get haunted(): boolean {
    return this.occupied && !this.mayEcho && this.waitMs(0) === 0;
  }

  /** True while the channel is there. */
  leadsTo(channelId: string): boolean {
    return this.#parts.gateway.channelExists(this.#parts.guildId, channelId);
  }

  /** True when the bot may connect to the channel and speak there. */
  admitsTo(channelId: string): boolean {
    return this.#parts.gateway.mayPlayIn(this.#parts.guildId, channelId);
  }

  /** True when the main gateway is away, or was a moment ago: what happens to voice then may come from that. */
  get shaded(): boolean {
    return !this.ready || this.#isWithin(this.#parts.options.gatewayShadowMs, this.#gatewayLostAt);
  }

  /** True while the answer to a leaving of ours may still come. */
  get mayEcho(): boolean {
    return this.#isWithin(this.#parts.options.echoMs, this.#unansweredAt);
  }

  /**
   * True when the last link was made in a main gateway session that is lost. When Discord forgets that session, it tells us
   * that we are out, in the same words as for a kick.
   */
  get outlived(): boolean {
    return (
      this.#linkedAt < this.#identifiedAt && this.#isWithin(this.#parts.options.sessionLapseMs, this.#identifiedAt)
    );
  }

  gatewayChanged(change: GatewayChange): void {
    const now = this.#parts.now();
    if (change === 'lost') this.#gatewayLostAt = now;
    if (change === 'identified') this.#identifiedAt = now;
    if (change === 'lost') return;
    // What was sent just before the connection was lost may be lost with it.
    const mayLeave = this.#owesLeaving && this.occupied && this.waitMs(0) === 0;
    if (mayLeave) void this.leave(new AbortController().signal);
    this.#awaiting?.();
  }

  /** Acts once, when the main gateway is back or after `ms`, unless `life` ends before. */
  awaitGateway(ms: number, life: AbortSignal, act: () => void): void {
    const over = new AbortController();
    const either = AbortSignal.any([life, over.signal]);
    const actOnce = () => {
      over.abort();
      act();
    };
    this.#awaiting = actOnce;
    either.addEventListener('abort', () => (this.#awaiting = null), { once: true });
    later(ms, either, actOnce);
  }

  /**
   * Goes when it is the guild's turn among all guilds to send so many op 4, unless `life` ends before. Returns the milliseconds
   * until then, 0 when it has gone already, null when nobody can tell.
   */
  takeTurn(sends: number, life: AbortSignal, go: () => void): number | null {
    const { guildId, pacer, awaited } = this.#parts;
    return pacer.request({ guildId, sends, life, urgent: awaited, go });
  }

  /** Somebody has come to wait. */
  hurry(): void {
    this.#parts.pacer.hurry(this.#parts.guildId);
  }

  /** Milliseconds until a join with so many op 4 is within the guild's budget, and leaving again after it too. */
  waitMs(sends: number): number {
    return this.#sends.waitMs(sends + 1, this.#parts.now());
  }

  /** A link that will ask for this channel when it is opened, or null when the bot is not in the guild. */
  link(channelId: string): VoiceLink | null {
    const { guildId, gateway, options, now, log } = this.#parts;
    const adapterCreator = this.#adapterCreator;
    if (adapterCreator === null) return null;
    const { encryptionGraceMs, encryptionPatienceMs } = options;
    const ownUserId = gateway.ownUserId();
    this.#linkedAt = now();
    this.#owesLeaving = false;
    const { selfDeaf } = this;
    const mayEcho = () => this.mayEcho;
    const link = new VoiceLink({
      guildId,
      channelId,
      selfDeaf,
      ownUserId,
      adapterCreator,
      encryptionGraceMs,
      encryptionPatienceMs,
      mayEcho,
    });
    link.once('sent', () => (this.#joins += 1));
    link.on('sent', () => this.#noteSend());
    link.on('fault', (error) => log.warn({ error }, 'voice library threw'));
    return link;
  }

  /** Leaves. Resolves when Discord has taken note, cannot be asked, or takes too long, or when `life` ends. */
  async leave(life: AbortSignal): Promise<void> {
    const { guildId, options, now, log } = this.#parts;
    const adapterCreator = this.#adapterCreator;
    if (adapterCreator === null) return;
    this.#noteSend();
    this.#unansweredAt = now();
    this.#owesLeaving = true;
    try {
      const how = await leaveVoice(adapterCreator, guildId, options.leaveDeadlineMs, life);
      if (how !== 'unanswered') this.#unansweredAt = -Infinity;
      if (how === 'left') this.#owesLeaving = false;
    } catch (error) {
      log.warn({ error }, 'voice could not be left');
    }
  }

  /** A clock that was set back makes nothing last longer. */
  #isWithin(ms: number, since: number): boolean {
    const elapsedMs = this.#parts.now() - since;
    return elapsedMs >= 0 && elapsedMs < ms;
  }

  #noteSend(): void {
    this.#sent += 1;
    this.#sends.note(this.#parts.now());
  }

  get #adapterCreator() {
    return this.#parts.gateway.adapterCreator(this.#parts.guildId);
  }
}
