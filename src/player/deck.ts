import { EventEmitter } from 'node:events';
import { AudioPlayerStatus, createAudioPlayer, NoSubscriberBehavior, type AudioPlayer } from '@discordjs/voice';
import { TenutoError, toTenutoError } from '../lib/errors.ts';
import { Machine } from '../lib/machine.ts';
import { within } from '../lib/time.ts';
import type { QueueEntry } from '../queue/queue.ts';
import type { Media, Track, Urgency } from '../sources/source.ts';
import type { OpenedAudio } from './audio-pipeline.ts';
import { LEGAL, type Aim, type DeckState, type Disc, type LoadOptions, type Opening } from './deck-state.ts';
import { endReason } from './end-reasons.ts';
import type { Filtering } from './filters.ts';
import { Sound } from './sound.ts';

/** How long a stream may give nothing before the track counts as stuck: 250 frames of 20 ms. */
const MAX_MISSED_FRAMES = 250;
/** For a second sound to be where the first one is: it comes much faster than it is heard, or it is of no use. */
const REACH_MS = 10_000;

const FAILURES = {
  finished: null,
  empty: new TenutoError('TRACK_UNAVAILABLE', 'there is no sound in it'),
  stuck: new TenutoError('TRACK_UNAVAILABLE', 'it stopped sending'),
} as const;

export interface OpenOptions {
  readonly startMs: number;
  /** Percent, 0 to 200. */
  readonly volume: number;
  readonly filtering: Filtering | null;
  readonly signal: AbortSignal;
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

type Played = Extract<DeckState, { readonly sound: Sound }>;

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
    return 'disc' in state ? state.disc.entry : null;
  }

  get loading(): boolean {
    return this.#machine.state.status === 'loading';
  }

  /** True while packets leave for a connection. */
  get audible(): boolean {
    return 'sound' in this.#machine.state && this.audio.state.status === AudioPlayerStatus.Playing;
  }

  /** True when all of what sounds has come in, and only some seconds of it are still to be heard. */
  get nearEnd(): boolean {
    const state = this.#machine.state;
    return state.status === 'sounding' && state.sound.arrived;
  }

  /** Milliseconds into the entry, or null when the deck is empty. */
  get positionMs(): number | null {
    const state = this.#machine.state;
    if (!('disc' in state)) return null;
    return state.status === 'loading' ? state.startMs : state.sound.positionMs;
  }

  /** What is done to the sound of the entry, or will be when it is open; null without filters. */
  get filtering(): Filtering | null {
    const state = this.#machine.state;
    if (!('disc' in state)) return null;
    return 'sound' in state ? state.sound.filtering : state.opening.filtering;
  }

  /** Puts an entry on the empty deck, to be heard from `startMs` on as soon as it is open. */
  load(entry: QueueEntry, { startMs, filtering, volume, urgency }: LoadOptions): void {
    this.#load({ entry, volume, urgency }, startMs, filtering);
  }

  /**
   * Lets the entry go on elsewhere (`startMs`) or with other filters. What sounds sounds on until that is open, and if it
   * cannot be opened. Resolves with true when it goes on as was wanted or will as soon as it is loaded, with false when
   * something else came in between.
   */
  async swap(change: Partial<Aim>): Promise<boolean> {
    const state = this.#machine.state;
    switch (state.status) {
      case 'empty':
      case 'fading':
        return false;
      case 'loading': {
        state.opening.life.abort();
        const { startMs, filtering } = { ...state.opening, ...change };
        this.#load(state.disc, startMs ?? state.startMs, filtering);
        return true;
      }
      case 'sounding':
        return await this.#swap(state, { startMs: null, filtering: state.sound.filtering, ...change });
      case 'swapping':
        state.opening.life.abort();
        return await this.#swap(state, { ...state.opening, ...change });
    }
  }

  /** Takes off what is on the deck; nothing is said about it. */
  clear(): void {
    const state = this.#machine.state;
    if (state.status === 'empty') return;
    this.#machine.to({ status: 'empty' });
    if ('opening' in state) state.opening.life.abort();
    if ('sound' in state) state.sound.close();
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
    if ('sound' in state) state.sound.setVolume(percent);
  }

  #load(disc: Disc, startMs: number, filtering: Filtering | null): void {
    const opening = { startMs, filtering, life: new AbortController() };
    this.#machine.to({ status: 'loading', disc, opening, startMs });
    this.#bring(disc, opening, null).catch((failure: unknown) => {
      if (!opening.life.signal.aborted) this.#end({ entry: disc.entry, failure, positionMs: startMs, heardMs: 0 });
    });
  }

  async #swap({ disc, media, sound }: Played, aim: Aim): Promise<boolean> {
    const opening = { ...aim, life: new AbortController() };
    this.#machine.to({ status: 'swapping', disc, media, sound, opening });
    try {
      await this.#bring(disc, opening, { media, sound });
      return true;
    } catch (failure) {
      if (opening.life.signal.aborted) return false;
      opening.life.abort();
      const sounds = this.#machine.state.status === 'swapping';
      if (sounds) this.#machine.to({ status: 'sounding', disc, media, sound });
      // What sounded has ended meanwhile, and this was what it waited for.
      else this.#end({ entry: disc.entry, failure, positionMs: sound.positionMs, heardMs: sound.heardMs });
      // The little that is left is heard as it was.
      if (sounds && aim.startMs === null && toTenutoError(failure).code === 'BEHIND_END') return true;
      throw failure;
    }
  }

  /** Opens what is wanted and lets it sound, in the place of what sounded before. */
  async #bring(disc: Disc, opening: Opening, before: Pick<Played, 'media' | 'sound'> | null): Promise<void> {
    const { filtering, life } = opening;
    const { signal } = life;
    const { track } = disc.entry;
    const startMs = opening.startMs ?? before?.sound.positionMs ?? 0;
    const media = before?.media ?? (await this.#parts.locate(track, signal, disc.urgency));
    const volume = disc.volume();
    // In a live stream there is nothing to go back to.
    const from = track.live ? 0 : startMs;
    const audio = await this.#parts.open(media, track, { startMs: from, volume, filtering, signal });
    signal.throwIfAborted();
    const goesOn = opening.startMs === null && before !== null;
    const piece = goesOn ? before.sound.resource.metadata : {};
    const sound = new Sound(audio, { startMs, filtering, piece, life, heardBeforeMs: before?.sound.heardMs ?? 0 });
    if (before) {
      const reached = sound.reach(() => (goesOn && !track.live ? before.sound.positionMs : startMs));
      const late = () => new TenutoError('TRACK_UNAVAILABLE', 'its sound came too slowly');
      if (!(await within(REACH_MS, reached, late, signal))) throw new TenutoError('BEHIND_END');
    }
    signal.throwIfAborted();
    sound.setVolume(disc.volume());
    this.#machine.to({ status: 'sounding', disc, media, sound });
    this.audio.play(sound.resource);
    before?.sound.close();
    audio.packets.once('end', () => this.#ranOut(sound));
    void audio.arrived.then(() => this.emit('change'));
  }

  /** What follows may take over at once: the audio player says only behind five frames of silence that it is idle. */
  #ranOut(sound: Sound): void {
    const { state } = this.#machine;
    if (state.status !== 'sounding' || state.sound !== sound || endReason(sound) !== 'finished') return;
    this.#machine.to({ status: 'fading' });
    const { positionMs, heardMs } = sound;
    sound.close();
    this.emit('ended', { entry: state.disc.entry, failure: null, positionMs, heardMs });
  }

  #fellSilent(): void {
    const { state } = this.#machine;
    if (state.status === 'fading') this.#machine.to({ status: 'empty' });
    if (!('sound' in state)) return;
    const { disc, sound } = state;
    const reason = endReason(sound);
    const { positionMs, heardMs } = sound;
    // Who wants to hear another part of it, or what is left after a failure, waits for that.
    if (state.status === 'swapping' && (reason !== 'finished' || state.opening.startMs !== null)) {
      const { opening } = state;
      this.#machine.to({ status: 'loading', disc, opening, startMs: opening.startMs ?? positionMs });
      return;
    }
    const failure = reason === 'failed' ? sound.failure : FAILURES[reason];
    this.#end({ entry: disc.entry, failure, positionMs, heardMs });
  }

  #end(ending: Ending): void {
    this.clear();
    this.emit('ended', ending);
  }
}
