import { EventEmitter } from 'node:events';
import { AudioPlayerStatus, createAudioPlayer, NoSubscriberBehavior, type AudioPlayer } from '@discordjs/voice';
import { TenutoError } from '../lib/errors.ts';
import { Machine } from '../lib/machine.ts';
import type { QueueEntry } from '../queue/queue.ts';
import type { Media, Track, Urgency } from '../sources/source.ts';
import type { OpenedAudio } from './audio-pipeline.ts';
import { LEGAL, type DeckState } from './deck-state.ts';
import { endReason } from './end-reasons.ts';
import { Sound } from './sound.ts';

/** How long a stream may give nothing before the track counts as stuck: 250 frames of 20 ms. */
const MAX_MISSED_FRAMES = 250;

const FAILURES = {
  finished: null,
  empty: new TenutoError('TRACK_UNAVAILABLE', 'there is no sound in it'),
  stuck: new TenutoError('TRACK_UNAVAILABLE', 'it stopped sending'),
} as const;

export interface OpenOptions {
  readonly startMs: number;
  /** Percent, 0 to 200. */
  readonly volume: number;
  readonly signal: AbortSignal;
}

/** How an entry is put on the deck. */
export interface LoadOptions {
  readonly startMs: number;
  /** Percent, when it is asked for. */
  volume(): number;
  readonly urgency: Urgency;
}

/** From a track to packets. */
export interface DeckParts {
  locate(track: Track, signal: AbortSignal, urgency: Urgency): Promise<Media>;
  open(media: Media, track: Track, options: OpenOptions): Promise<OpenedAudio>;
}

/** How an entry left the deck by itself. */
export interface Ending {
  readonly entry: QueueEntry;
  /** null: it was heard to its end. */
  readonly failure: unknown;
  readonly positionMs: number;
  /** Milliseconds that left since it was put on the deck. */
  readonly heardMs: number;
}

/** Plays one entry at a time on one AudioPlayer, and knows nothing of queues. Says `ended` only for entries nobody took off. */
export class Deck extends EventEmitter<{ change: []; ended: [Ending] }> {
  readonly audio: AudioPlayer;
  readonly #parts: DeckParts;
  readonly #machine = new Machine<DeckState>({ status: 'empty' }, LEGAL);
  #held = false;

  constructor(parts: DeckParts) {
    super();
    this.#parts = parts;
    // Paused without a connection: while voice recovers, the song waits where it is.
    const behaviors = { noSubscriber: NoSubscriberBehavior.Pause, maxMissedFrames: MAX_MISSED_FRAMES };
    this.audio = createAudioPlayer({ behaviors });
    // The sound keeps its failure itself; without a listener the event would end the process.
    this.audio.on('error', () => undefined);
    this.audio.on('stateChange', (previous, next) => {
      if (next.status === previous.status) return;
      if (next.status === AudioPlayerStatus.Playing) this.hold(this.#held);
      if (next.status === AudioPlayerStatus.Idle) this.#fellSilent();
      this.emit('change');
    });
    this.#machine.on('change', () => this.emit('change'));
  }

  /** The entry on the deck, or null. */
  get entry(): QueueEntry | null {
    const state = this.#machine.state;
    return state.status === 'empty' ? null : state.entry;
  }

  get loading(): boolean {
    return this.#machine.state.status === 'loading';
  }

  /** True while packets leave for a connection. */
  get audible(): boolean {
    return this.audio.state.status === AudioPlayerStatus.Playing;
  }

  /** Milliseconds into the entry, or null when the deck is empty. */
  get positionMs(): number | null {
    const state = this.#machine.state;
    if (state.status === 'empty') return null;
    return state.status === 'loading' ? state.startMs : state.sound.positionMs;
  }

  /** Puts an entry on the empty deck, to be heard from `startMs` on as soon as it is open. */
  load(entry: QueueEntry, options: LoadOptions): void {
    const { startMs } = options;
    const life = new AbortController();
    this.#machine.to({ status: 'loading', entry, life, startMs });
    this.#play(entry, options, life).catch((failure: unknown) => {
      if (!life.signal.aborted) this.#end({ entry, failure, positionMs: startMs, heardMs: 0 });
    });
  }

  /** Takes off what is on the deck; nothing is said about it. */
  clear(): void {
    const state = this.#machine.state;
    if (state.status === 'empty') return;
    this.#machine.to({ status: 'empty' });
    state.life.abort();
    this.audio.stop(true);
  }

  /** Holds the sound where it is, or lets it go on. */
  hold(held: boolean): void {
    this.#held = held;
    if (held) this.audio.pause();
    else this.audio.unpause();
  }

  setVolume(percent: number): void {
    const state = this.#machine.state;
    if (state.status === 'sounding') state.sound.setVolume(percent);
  }

  async #play(entry: QueueEntry, options: LoadOptions, life: AbortController): Promise<void> {
    const { signal } = life;
    const { startMs, urgency } = options;
    const media = await this.#parts.locate(entry.track, signal, urgency);
    const audio = await this.#parts.open(media, entry.track, { startMs, volume: options.volume(), signal });
    signal.throwIfAborted();
    const sound = new Sound(audio, startMs);
    sound.setVolume(options.volume());
    this.#machine.to({ status: 'sounding', entry, life, sound });
    this.audio.play(sound.resource);
  }

  #fellSilent(): void {
    const state = this.#machine.state;
    if (state.status !== 'sounding') return;
    const { entry, sound } = state;
    const reason = endReason(sound);
    const { positionMs, heardMs } = sound;
    this.#end({ entry, failure: reason === 'failed' ? sound.failure : FAILURES[reason], positionMs, heardMs });
  }

  #end(ending: Ending): void {
    this.clear();
    this.emit('ended', ending);
  }
}
