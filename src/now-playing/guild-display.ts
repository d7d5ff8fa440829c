import type { Logger } from 'pino';
import { TenutoError } from '../lib/errors.ts';
import { Lock } from '../lib/keyed-lock.ts';
import { Machine } from '../lib/machine.ts';
import type { Playback } from '../player/players.ts';
import type { DisplayChannel, DisplayPlace } from './display-channel.ts';
import { LEGAL, type DisplayState } from './display-state.ts';
import { Pace } from './pace.ts';
import { nextStep, refreshUntil, type DisplayStep } from './refresh-conditions.ts';
import type { VoiceHealth } from './heading.ts';
import { render, renderOffline } from './render.ts';

/** The display of one guild, as NowPlaying wires it. */
export interface GuildDisplayParts {
  readonly channel: DisplayChannel;
  playback(): Playback;
  voice(): VoiceHealth;
  /** Where people gave their commands. */
  textChannelId(): string | null;
  /** Where the display was, remembered across restarts. */
  recall(): Promise<DisplayPlace | null>;
  remember(place: DisplayPlace | null): Promise<void>;
  readonly refreshMs: number;
  readonly log: Logger;
}

type Absent = Extract<DisplayState, { readonly status: 'absent' }>;
type Shown = Extract<DisplayState, { readonly status: 'shown' }>;

/** One message, kept true by one timer and one request at a time. Between events it can only refresh, and that ends by itself. */
export class GuildDisplay {
  readonly #parts: GuildDisplayParts;
  readonly #lock = new Lock();
  readonly #machine = new Machine<DisplayState>({ status: 'unknown' }, LEGAL);
  readonly #pace: Pace;
  #until = 0;

  constructor(parts: GuildDisplayParts) {
    this.#parts = parts;
    this.#pace = new Pace(parts.refreshMs, () =>
      this.#lock.run(() => this.#look()).catch((error: unknown) => this.#miss(error)),
    );
  }

  /** Something that the display shows changed. */
  changed(): void {
    this.#until = refreshUntil(this.#parts.playback(), Date.now());
    this.#pace.soon();
  }

  /** Shows the display at the bottom of a channel, and removes the one before. Throws CANNOT_WRITE. */
  async show(channelId: string): Promise<void> {
    await this.#lock.run(async () => {
      if (!(await this.#send(await this.#begin(), channelId))) throw new TenutoError('CANNOT_WRITE');
    });
    this.changed();
  }

  /** No more refreshes; says that the bot is offline, if Discord lets it. */
  async close(): Promise<void> {
    this.#pace.stop();
    await this.#lock.run(async () => {
      const { state } = this.#machine;
      this.#machine.to({ status: 'closed' });
      if (state.status !== 'shown' || state.entryId === null) return;
      await this.#parts.channel.edit(state.place, renderOffline(this.#parts.playback()));
    });
  }

  async #look(): Promise<void> {
    if (this.#step() === 'begin') await this.#begin();
    const step = this.#step();
    const { state } = this.#machine;
    if (step === 'send' && state.status === 'absent') await this.#sendWhereAsked(state);
    if ((step === 'refresh' || step === 'last-edit') && state.status === 'shown') await this.#edit(state, step);
  }

  #step(): DisplayStep {
    return nextStep({
      display: this.#machine.state,
      playback: this.#parts.playback(),
      voice: this.#parts.voice().state,
      now: Date.now(),
      until: this.#until,
    });
  }

  /** Begins anew for what is current now, with the message that is there. */
  async #begin(): Promise<Absent | Shown> {
    const message = await this.#message();
    const begun = { ...message, entryId: this.#parts.playback().entry?.id ?? null };
    this.#machine.to(begun);
    this.#pace.reset();
    return begun;
  }

  async #message(): Promise<Omit<Absent, 'entryId'> | Omit<Shown, 'entryId'>> {
    const { state } = this.#machine;
    switch (state.status) {
      case 'unknown': {
        const place = await this.#parts.recall();
        return place ? { status: 'shown', place, content: '' } : { status: 'absent', leftover: null };
      }
      case 'shown':
        return state;
      case 'absent':
      case 'dismissed':
        return { status: 'absent', leftover: state.leftover };
      case 'closed':
        throw new TenutoError('STOPPING');
    }
  }

  async #edit(shown: Shown, step: 'refresh' | 'last-edit'): Promise<void> {
    const { entryId, place } = shown;
    const message = this.#render();
    const content = JSON.stringify(message);
    if (content !== shown.content) {
      const outcome = await this.#parts.channel.edit(place, message);
      if (outcome === 'gone') return await this.#settle({ status: 'dismissed', entryId, leftover: null }, null);
      if (outcome !== 'done') return this.#miss(null, outcome.busyForMs);
      this.#pace.hit();
      this.#machine.to({ ...shown, content });
    }
    if (step === 'refresh') this.#pace.later();
    // A restart need not look for the display of music that has ended.
    else if (entryId === null) await this.#settle({ status: 'absent', entryId, leftover: place }, null);
  }

  async #sendWhereAsked(absent: Absent): Promise<void> {
    const channelId = this.#parts.textChannelId();
    if (channelId === null) return;
    if (await this.#send(absent, channelId)) this.#pace.later();
    else this.#machine.to({ ...absent, status: 'dismissed' });
  }

  /** False when the bot may not write there. */
  async #send(before: Absent | Shown, channelId: string): Promise<boolean> {
    const message = this.#render();
    const messageId = await this.#parts.channel.send(channelId, message);
    if (messageId === null) return false;
    this.#pace.hit();
    const place = { channelId, messageId };
    await this.#settle({ status: 'shown', entryId: before.entryId, place, content: JSON.stringify(message) }, place);
    const old = before.status === 'shown' ? before.place : before.leftover;
    if (old)
      await this.#parts.channel.remove(old).catch((error: unknown) => this.#warn(error, 'old display not removed'));
    return true;
  }

  #render() {
    return render(this.#parts.playback(), this.#parts.voice());
  }

  async #settle(next: DisplayState, place: DisplayPlace | null): Promise<void> {
    this.#machine.to(next);
    await this.#parts.remember(place).catch((error: unknown) => this.#warn(error, 'place of the display not saved'));
  }

  #miss(error: unknown, askedMs = 0): void {
    this.#parts.log.warn({ error, waitMs: this.#pace.miss(askedMs) }, 'display not refreshed');
  }

  #warn(error: unknown, what: string): void {
    this.#parts.log.warn({ error }, what);
  }
}
