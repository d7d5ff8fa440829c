import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { TenutoError } from '../lib/errors.ts';
import { Lock } from '../lib/keyed-lock.ts';
import { Machine } from '../lib/machine.ts';
import type { Playback } from '../player/players.ts';
import type { DisplayChannel, DisplayPlace, SentMessage } from './display-channel.ts';
import { LEGAL, recordOf, type DisplayRecord, type DisplayState, type Sending } from './display-state.ts';
import type { VoiceHealth } from './heading.ts';
import { Pace } from './pace.ts';
import { nextStep, refreshUntil, type DisplayStep } from './refresh-conditions.ts';
import { render, renderOffline } from './render.ts';

/** The display of one guild, as NowPlaying wires it. */
export interface GuildDisplayParts {
  readonly channel: DisplayChannel;
  playback(): Playback;
  voice(): VoiceHealth;
  /** Where people gave their commands. */
  textChannelId(): string | null;
  /** What was remembered of the display, across restarts. */
  recall(): Promise<DisplayRecord | null>;
  remember(record: DisplayRecord | null): Promise<void>;
  readonly refreshMs: number;
  readonly log: Logger;
}

type Absent = Extract<DisplayState, { readonly status: 'absent' }>;
type Shown = Extract<DisplayState, { readonly status: 'shown' }>;
type Dismissed = Extract<DisplayState, { readonly status: 'dismissed' }>;

/** More than there are only where Discord lets none of them be removed. */
const OLD = 3;

/** One message, kept true by one timer and one request at a time. Between events it can only refresh, and that ends by itself. */
export class GuildDisplay {
  readonly #parts: GuildDisplayParts;
  readonly #lock = new Lock();
  readonly #machine = new Machine<DisplayState>({ status: 'unknown' }, LEGAL);
  readonly #pace: Pace;
  #until = 0;
  #below = 0;
  /** Of what is being sent, known before or without Discord's answer. */
  #arrived: SentMessage | null = null;

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

  /** A message was sent in the guild. Five below the display push it away: the next refresh moves it down. */
  said(message: SentMessage): void {
    const { state } = this.#machine;
    const { channelId, messageId, nonce } = message;
    if (state.status === 'absent' && nonce !== null && nonce === state.sending?.nonce) this.#arrived = message;
    if (state.status !== 'shown' || state.place.channelId !== channelId) return;
    if (state.place.messageId !== messageId) this.#below += 1;
  }

  /** Removes the display where it is and shows it at the bottom of a channel. Throws CANNOT_WRITE: then it comes back where it may. */
  async show(channelId: string): Promise<void> {
    try {
      await this.#lock.run(async () => {
        const { status } = await this.#send(await this.#begin(), channelId);
        if (status !== 'shown') throw new TenutoError('CANNOT_WRITE');
      });
    } finally {
      this.changed();
    }
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
    if (this.#pace.postpones()) return;
    if (this.#step() === 'begin') await this.#begin();
    const step = this.#step();
    const { state } = this.#machine;
    if (step === 'send' && state.status === 'absent')
      await this.#put(state, state.sending?.channelId ?? this.#parts.textChannelId());
    if (state.status !== 'shown') return;
    if (step === 'move') await this.#put(state, state.place.channelId);
    if (step === 'refresh' || step === 'last-edit') await this.#edit(state, step);
  }

  #step(): DisplayStep {
    return nextStep({
      display: this.#machine.state,
      playback: this.#parts.playback(),
      voice: this.#parts.voice().state,
      now: Date.now(),
      until: this.#until,
      below: this.#below,
    });
  }

  /** Begins anew for what is current now, with the message that is there. */
  async #begin(): Promise<Absent | Shown> {
    const message = await this.#message();
    // What could not be removed when the display moved away, perhaps can now.
    const old = message.status === 'shown' ? await this.#removed(message.old) : message.old;
    const begun = { ...message, old, entryId: this.#parts.playback().entry?.id ?? null };
    this.#pace.reset();
    if (old.length === message.old.length) this.#machine.to(begun);
    else await this.#settle(begun);
    return begun;
  }

  async #message(): Promise<Absent | Shown> {
    const { state } = this.#machine;
    switch (state.status) {
      case 'unknown': {
        const { place, ...rest } = (await this.#parts.recall()) ?? { place: null, old: [], sending: null };
        if (place === null) return { status: 'absent', entryId: null, ...rest };
        return { status: 'shown', entryId: null, old: rest.old, place, content: '', sentAt: Date.now() };
      }
      case 'shown':
        return { ...state, content: '' };
      case 'absent':
        return state;
      case 'dismissed':
        return { ...state, status: 'absent' };
      case 'closed':
        throw new TenutoError('STOPPING');
    }
  }

  async #edit(shown: Shown, step: 'refresh' | 'last-edit'): Promise<void> {
    const { entryId, place, old } = shown;
    const message = this.#render();
    const content = JSON.stringify(message);
    if (content !== shown.content) {
      const outcome = await this.#parts.channel.edit(place, message);
      if (outcome === 'gone') return await this.#gone(shown);
      if (outcome === 'forbidden') {
        await this.#settle({ status: 'dismissed', entryId, old: joined(old, place), sending: null });
        return;
      }
      if (outcome !== 'done') return this.#miss(null, outcome.busyForMs);
      this.#pace.hit();
      this.#machine.to({ ...shown, content });
    }
    if (step === 'refresh') this.#pace.later();
    // What stays after the music is no display any more: the next one takes its place.
    else if (entryId === null)
      await this.#settle({ status: 'absent', entryId, old: joined(old, place), sending: null });
  }

  /** Deleted while it said something of this entry, that is a wish. Deleted before, it was one for then. */
  async #gone({ entryId, old, content }: Shown): Promise<void> {
    if (content !== '') return void (await this.#settle({ status: 'dismissed', entryId, old, sending: null }));
    await this.#settle({ status: 'absent', entryId, old, sending: null });
    this.#pace.soon();
  }

  /** Where no message may be, none is tried for again until there is another entry. */
  async #put(from: Absent | Shown, channelId: string | null): Promise<void> {
    if (channelId === null) return;
    const sent = await this.#send(from, channelId);
    if (sent.status === 'shown') this.#pace.later();
    else this.#machine.to({ ...sent, status: 'dismissed' });
  }

  /** Takes the display away and sends it to the end of a channel; `absent` when the bot may not write there. What it throws may be tried again. */
  async #send(from: Absent | Shown, channelId: string): Promise<Absent | Shown> {
    const pending = from.status === 'absent' ? from.sending : null;
    if (pending?.channelId === channelId) return await this.#deliver(from, pending);
    // It may have arrived all the same: under its nonce it is found, and goes.
    const found = pending === null ? from : await this.#deliver(from, pending);
    return await this.#deliver(found, { channelId, nonce: randomBytes(8).toString('hex') });
  }

  /** In this order, and written down before, so that there are never two: also where this throws, or the process ends. */
  async #deliver(from: Absent | Shown, sending: Sending): Promise<Absent | Shown> {
    const { entryId } = from;
    const repeated = from.status === 'absent' && from.sending === sending;
    const leaving = from.status === 'shown' ? joined(from.old, from.place) : from.old;
    await this.#settle({ status: 'absent', entryId, old: leaving, sending });
    const old = await this.#removed(leaving);
    const message = this.#render();
    const sent = this.#arrival(sending) ?? (await this.#parts.channel.send(sending.channelId, message, sending.nonce));
    const messageId = sent ?? this.#arrival(sending);
    // Refused now, it may have arrived before.
    if (messageId === null)
      return await this.#settle({ status: 'absent', entryId, old, sending: repeated ? sending : null });
    this.#pace.hit();
    this.#below = 0;
    return await this.#settle({
      status: 'shown',
      entryId,
      old,
      place: { channelId: sending.channelId, messageId },
      // A first try may have brought it there, with what was true then.
      content: repeated ? '' : JSON.stringify(message),
      sentAt: Date.now(),
    });
  }

  #arrival({ nonce }: Sending): string | null {
    return this.#arrived?.nonce === nonce ? this.#arrived.messageId : null;
  }

  /** Removes messages; returns those that Discord does not let the bot remove. */
  async #removed(places: readonly DisplayPlace[]): Promise<readonly DisplayPlace[]> {
    const outcomes = await Promise.all(places.map((place) => this.#parts.channel.remove(place)));
    return places.filter((_place, index) => outcomes[index] === 'forbidden');
  }

  #render() {
    return render(this.#parts.playback(), this.#parts.voice());
  }

  async #settle<S extends Absent | Shown | Dismissed>(next: S): Promise<S> {
    this.#machine.to(next);
    await this.#parts.remember(recordOf(next)).catch((error: unknown) => {
      this.#parts.log.warn({ error }, 'place of the display not saved');
    });
    return next;
  }

  #miss(error: unknown, askedMs = 0): void {
    this.#parts.log.warn({ error, waitMs: this.#pace.miss(askedMs) }, 'display not refreshed');
  }
}

const joined = (old: readonly DisplayPlace[], place: DisplayPlace) => [...old, place].slice(-OLD);
