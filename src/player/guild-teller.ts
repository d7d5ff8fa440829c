import { later } from '../lib/time.ts';
import type { Incident } from '../voice/voice-reports.ts';
import type { VoiceState } from '../voice/voice-state.ts';
import { AUDIBLE, SILENCED } from './announcements.ts';
import { developing, lengthOf, settled } from './incident-lines.ts';
import type { Notice, Posted } from './notice.ts';
import type { Playback } from './players.ts';
import { SparingVoice, type Words } from './sparing-voice.ts';

/** Nobody wants to read about a hole that is shorter. */
const NOTICED_MS = 300;
/** So long it may be unclear what happened: who was disconnected need not read first that something was the matter. */
const UNCLEAR_MS = 1_000;

/** What a guild's teller looks at, and where it speaks. */
export interface GuildTellerParts {
  /** Posts in the guild's text channel; null when there is none. */
  announce(notice: Notice): Posted | null;
  playback(): Playback['status'];
  /** People in the channel that the bot is in, or wants to be. */
  listeners(): number;
  voice(): VoiceState;
  /** Tries before a cool-down. */
  tries(): number;
}

/** Music that somebody could hear, was it not for voice. */
const SOUNDING: ReadonlySet<Playback['status']> = new Set(['playing', 'waiting-for-voice', 'loading']);
/** Nothing that an incident could take from anybody. */
const ABSENT: ReadonlySet<Playback['status']> = new Set(['idle', 'away']);

interface Tale {
  incident: Incident;
  /** There was music, or the promise of it, when it began. */
  readonly concerns: boolean;
  posted: Words | null;
  readonly life: AbortController;
}

/** Tells one guild what happens to its voice: one message an incident, kept true, and none about what nobody could hear. */
export class GuildTeller {
  readonly #parts: GuildTellerParts;
  readonly #channel: SparingVoice;
  #tale: Tale | null = null;
  #silence: { readonly why: keyof typeof SILENCED; posted: Words | null } | null = null;

  constructor(parts: GuildTellerParts) {
    this.#parts = parts;
    this.#channel = new SparingVoice((notice) => parts.announce(notice));
  }

  /** An incident began, went on or ended. */
  incident(incident: Incident): void {
    const tale = this.#tale?.incident.id === incident.id ? this.#tale : this.#begin(incident);
    tale.incident = incident;
    if (incident.endedAt === null) this.#develop(tale);
    else this.#settle(tale);
  }

  /** The state of voice, the music or who listens changed. */
  changed(): void {
    if (this.#tale?.incident.endedAt === null) this.#develop(this.#tale);
    if (this.#parts.voice().status === 'idle') this.#silence = null;
    this.#complain();
  }

  /** The bot is out of its channel by another's will: that is how the incident ended. */
  out(notice: Notice): void {
    const posted = this.#tale?.posted ?? null;
    this.close();
    if (posted !== null) posted.update(notice);
    else if (this.#parts.playback() !== 'idle') this.#channel.say(notice);
  }

  /** Nobody can hear the bot in its channel, for this reason; null: everybody can. Telling twice is harmless. */
  silenced(why: keyof typeof SILENCED | null): void {
    const { posted = null, why: before = null } = this.#silence ?? {};
    if (why === before) return;
    posted?.update(why === null ? AUDIBLE : SILENCED[why]);
    this.#silence = why === null ? null : { why, posted };
    this.#complain();
  }

  /** The incident is not told any further. */
  close(): void {
    this.#tale?.life.abort();
    this.#tale = null;
  }

  #begin(incident: Incident): Tale {
    this.close();
    const concerns = !ABSENT.has(this.#parts.playback());
    const tale: Tale = { incident, concerns, posted: null, life: new AbortController() };
    this.#tale = tale;
    for (const ms of [NOTICED_MS, UNCLEAR_MS]) {
      later(Math.max(0, incident.at + ms - Date.now()), tale.life.signal, () => this.#develop(tale));
    }
    return tale;
  }

  #develop(tale: Tale): void {
    const state = this.#parts.voice();
    const line = developing(tale.incident, state, this.#parts.tries());
    if (line === null) return;
    const due = tale.incident.at + (state.status === 'deciding' ? UNCLEAR_MS : NOTICED_MS);
    if (tale.posted !== null) tale.posted.update(line);
    else if (Date.now() >= due && this.#heard) tale.posted = this.#channel.say(line);
  }

  #settle(tale: Tale): void {
    tale.life.abort();
    const notice = settled(tale.incident);
    if (notice === null) return;
    if (tale.posted !== null) tale.posted.update(notice);
    else if (this.#isNews(tale)) this.#channel.say(notice);
    this.#tale = null;
  }

  /** Whether somebody misses something who has not read about it yet. */
  #isNews({ incident, concerns }: Tale): boolean {
    if (incident.result === 'gave-up') return concerns;
    const back = incident.result === 'resumed' || incident.result === 'rejoined';
    return back && lengthOf(incident) >= NOTICED_MS && this.#heard;
  }

  #complain(): void {
    const silence = this.#silence;
    if (silence !== null && silence.posted === null && this.#heard)
      silence.posted = this.#channel.say(SILENCED[silence.why]);
  }

  get #heard(): boolean {
    return SOUNDING.has(this.#parts.playback()) && this.#parts.listeners() > 0;
  }
}
