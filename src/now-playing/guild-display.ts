import type { Logger } from 'pino';
import { TenutoError } from '../lib/errors.ts';
import { KeyedLock } from '../lib/keyed-lock.ts';
import type { Playback } from '../player/players.ts';
import type { VoiceState } from '../voice/voice-state.ts';
import type { DisplayChannel, DisplayPlace } from './display-channel.ts';
import { nextStep, refreshUntil, type DisplayStep } from './refresh-conditions.ts';
import { render } from './render.ts';

/** Events come in bursts (a resumed connection is gone and back within 50 ms); the display shows what they led to. */
const SETTLE_MS = 250;
/** Discord lets five edits of a channel's messages through in five seconds. */
const GAP_MS = 1_000;
const SLOWEST_MS = 60_000;
/** Edits that failed in a row before only an event leads to another. */
const MISSES = 5;

/** The display of one guild, as NowPlaying wires it. */
export interface GuildDisplayParts {
  readonly channel: DisplayChannel;
  playback(): Playback;
  voice(): VoiceState['status'];
  /** Where people gave their commands. */
  textChannelId(): string | null;
  /** Where the display was, remembered across restarts. */
  recall(): Promise<DisplayPlace | null>;
  remember(place: DisplayPlace | null): Promise<void>;
  readonly refreshMs: number;
  readonly log: Logger;
}

/** One message, kept true by one timer and one request at a time. Between events it can only refresh, and that ends by itself. */
export class GuildDisplay {
  readonly #parts: GuildDisplayParts;
  readonly #lock = new KeyedLock();
  #place: DisplayPlace | null | undefined;
  /** A display of music that has ended; removed when there is a new one. */
  #leftover: DisplayPlace | null = null;
  #displayedId: string | null | undefined;
  #content = '';
  #dismissed = false;
  #stopping = false;
  #until = 0;
  #intervalMs: number;
  #misses = 0;
  #notBefore = 0;
  #timer: { readonly due: number; readonly handle: NodeJS.Timeout } | null = null;

  constructor(parts: GuildDisplayParts) {
    this.#parts = parts;
    this.#intervalMs = parts.refreshMs;
  }

  /** Something that the display shows changed. */
  changed(): void {
    const now = Date.now();
    this.#until = refreshUntil(this.#parts.playback(), now);
    this.#misses = 0;
    this.#wake(Math.max(now + SETTLE_MS, this.#notBefore));
  }

  /** Shows the display at the bottom of a channel, and removes the one before. Throws CANNOT_WRITE. */
  async show(channelId: string): Promise<void> {
    await this.#lock.run('', async () => {
      await this.#recall();
      this.#begin();
      if (!(await this.#send(channelId))) throw new TenutoError('CANNOT_WRITE');
    });
    this.changed();
  }

  /** No more refreshes; says that the bot is offline, if Discord lets it. */
  async close(): Promise<void> {
    this.#stopping = true;
    this.#sleep();
    await this.#lock.run('', async () => {
      if (!this.#place || !this.#displayedId) return;
      await this.#parts.channel.edit(this.#place, render(this.#parts.playback(), { voiceReady: false, online: false }));
    });
  }

  #wake(due: number): void {
    if (this.#stopping || (this.#timer !== null && this.#timer.due <= due)) return;
    this.#sleep();
    const handle = setTimeout(() => {
      this.#timer = null;
      void this.#lock.run('', () => this.#look()).catch((error: unknown) => this.#miss(error));
    }, due - Date.now());
    this.#timer = { due, handle };
  }

  #sleep(): void {
    if (this.#timer !== null) clearTimeout(this.#timer.handle);
    this.#timer = null;
  }

  async #look(): Promise<void> {
    await this.#recall();
    if (this.#step() === 'begin') this.#begin();
    const step = this.#step();
    switch (step) {
      case 'begin':
      case 'rest':
        return;
      case 'send':
        await this.#sendWhereAsked();
        return;
      case 'refresh':
      case 'last-edit':
        await this.#edit(step);
    }
  }

  #step(): DisplayStep {
    return nextStep({
      stopping: this.#stopping,
      displayedId: this.#displayedId,
      hasMessage: this.#place !== null,
      dismissed: this.#dismissed,
      playback: this.#parts.playback(),
      voice: this.#parts.voice(),
      now: Date.now(),
      until: this.#until,
    });
  }

  #begin(): void {
    this.#displayedId = this.#parts.playback().entry?.id ?? null;
    this.#dismissed = false;
    this.#misses = 0;
    this.#intervalMs = this.#parts.refreshMs;
  }

  async #edit(step: 'refresh' | 'last-edit'): Promise<void> {
    const message = this.#render();
    const content = JSON.stringify(message);
    if (content !== this.#content && this.#place) {
      const outcome = await this.#parts.channel.edit(this.#place, message);
      if (outcome === 'gone') return await this.#dismiss();
      if (outcome !== 'done') return this.#miss(null, outcome.busyForMs);
      this.#done(content);
    }
    if (step === 'refresh') this.#wake(Date.now() + this.#intervalMs);
    else if (this.#displayedId === null) await this.#retire();
  }

  async #sendWhereAsked(): Promise<void> {
    const channelId = this.#parts.textChannelId();
    if (channelId === null) return;
    if (await this.#send(channelId)) this.#wake(Date.now() + this.#intervalMs);
    else this.#dismissed = true;
  }

  /** False when the bot may not write there. */
  async #send(channelId: string): Promise<boolean> {
    const message = this.#render();
    const messageId = await this.#parts.channel.send(channelId, message);
    if (messageId === null) return false;
    const before = this.#place ?? this.#leftover;
    this.#leftover = null;
    this.#done(JSON.stringify(message));
    await this.#settle({ channelId, messageId });
    if (before)
      await this.#parts.channel.remove(before).catch((error: unknown) => this.#warn(error, 'old display not removed'));
    return true;
  }

  #render() {
    return render(this.#parts.playback(), { voiceReady: this.#parts.voice() === 'ready' });
  }

  #done(content: string): void {
    this.#content = content;
    this.#misses = 0;
    this.#notBefore = Date.now() + GAP_MS;
  }

  /** Rate limited, or Discord could not be reached: the next try waits twice as long, or as long as Discord asks. */
  #miss(error: unknown, askedMs = 0): void {
    this.#misses += 1;
    this.#intervalMs = Math.min(SLOWEST_MS, this.#intervalMs * 2);
    this.#notBefore = Date.now() + Math.max(this.#intervalMs, askedMs);
    this.#parts.log.warn({ error, askedMs, intervalMs: this.#intervalMs }, 'display not refreshed');
    if (this.#misses < MISSES) this.#wake(this.#notBefore);
  }

  /** Somebody deleted it: for this entry that is a wish. */
  async #dismiss(): Promise<void> {
    this.#dismissed = true;
    await this.#settle(null);
  }

  /** The music ended: what is there stays until there is a new display, and a restart need not know of it. */
  async #retire(): Promise<void> {
    this.#leftover = this.#place ?? null;
    await this.#settle(null);
  }

  async #recall(): Promise<void> {
    if (this.#place === undefined) this.#place = await this.#parts.recall();
  }

  async #settle(place: DisplayPlace | null): Promise<void> {
    this.#place = place;
    if (place === null) this.#content = '';
    await this.#parts.remember(place).catch((error: unknown) => this.#warn(error, 'place of the display not saved'));
  }

  #warn(error: unknown, what: string): void {
    this.#parts.log.warn({ error }, what);
  }
}
