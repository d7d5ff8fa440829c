import { createAudioResource, StreamType, type AudioResource } from '@discordjs/voice';
import { TenutoError } from '../lib/errors.ts';
import type { OpenedAudio } from './audio-pipeline.ts';
import type { Filtering } from './filters.ts';

const PACKET_MS = 20;
/** Before a sound takes the place of another: what is heard while the program that makes more of it waits for its turn. */
const PACKETS_AHEAD = 5;

export interface SoundOptions {
  /** Where in the track it begins. */
  readonly startMs: number;
  readonly filtering: Filtering | null;
  /** Milliseconds of the same entry that left before it, in other sounds. */
  readonly heardBeforeMs: number;
  /** Sounds that go on where another one was have the same: frames of that which have not left yet are still heard (GuildLine). */
  readonly piece: object;
  /** Ends its packets and everything behind them. */
  readonly life: AbortController;
}

/** A track's packets on their way to the ears: what the audio player reads, and how far it has read. */
export class Sound {
  readonly resource: AudioResource<object>;
  readonly filtering: Filtering | null;
  readonly #audio: OpenedAudio;
  readonly #options: SoundOptions;
  #leftOut = 0;
  #arrived = false;
  #complete = false;
  #failure: Error | null = null;

  constructor(audio: OpenedAudio, options: SoundOptions) {
    this.#audio = audio;
    this.#options = options;
    this.filtering = options.filtering;
    this.resource = createAudioResource(audio.packets, { inputType: StreamType.Opus, metadata: options.piece });
    // The first packet is there. To a player that waited for it, 'finish' would be the end: so it is called when all has been
    // written, and of a short rest nothing has been read then (@discordjs/voice 0.19, AudioPlayer.play).
    this.resource.started = true;
    audio.packets.once('end', () => (this.#complete = true));
    void audio.arrived.then(() => (this.#arrived = true));
    // The audio player wraps errors and loses what they were, so they are kept from the source.
    audio.packets.once('error', (error: Error) => (this.#failure = error));
  }

  /** Milliseconds into the track, counted in packets that left for the connection and not by a clock. */
  get positionMs(): number {
    const passed = this.#leftOut * PACKET_MS + this.resource.playbackDuration;
    return this.#options.startMs + passed * (this.filtering?.tempo ?? 1);
  }

  /** Milliseconds that left since its entry was put on the deck. */
  get heardMs(): number {
    return this.#options.heardBeforeMs + this.resource.playbackDuration;
  }

  /** True when the last packet of the track is here, though not heard yet. */
  get arrived(): boolean {
    return this.#arrived;
  }

  /** True when the last packet of the track was read. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Why the packets stopped before the end of the track; null while they did not. */
  get failure(): unknown {
    return this.#failure;
  }

  setVolume(percent: number): void {
    this.#audio.setVolume(percent);
  }

  /**
   * Leaves out what lies before a place that may move on meanwhile, so that the packet that is read next belongs there, to half
   * a packet, and waits until some more are there. False when the track ends before. Rejects when the packets fail, or end because of `close`.
   */
  async reach(placeMs: () => number): Promise<boolean> {
    const { packets } = this.#audio;
    const half = (PACKET_MS * (this.filtering?.tempo ?? 1)) / 2;
    const ahead: unknown[] = [];
    for (;;) {
      while (ahead.length > 0 && this.positionMs + half <= placeMs()) {
        ahead.shift();
        this.#leftOut += 1;
      }
      if (ahead.length === PACKETS_AHEAD) {
        for (const packet of ahead.toReversed()) packets.unshift(packet);
        return true;
      }
      const packet: unknown = packets.read();
      if (packet !== null) ahead.push(packet);
      else if (this.#complete) return false;
      else if (packets.destroyed) throw this.#failure ?? new TenutoError('TRACK_UNAVAILABLE', 'it was closed');
      else await this.#news();
    }
  }

  /** Ends its packets, if they have not ended yet. */
  close(): void {
    this.#options.life.abort();
  }

  /** Resolves when there may be another packet, or none any more. */
  #news(): Promise<void> {
    const { packets } = this.#audio;
    const events = ['readable', 'end', 'close'] as const;
    return new Promise((resolve) => {
      const tell = () => {
        for (const event of events) packets.off(event, tell);
        resolve();
      };
      for (const event of events) packets.on(event, tell);
    });
  }
}
