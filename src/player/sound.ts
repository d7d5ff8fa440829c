import { createAudioResource, StreamType, type AudioResource } from '@discordjs/voice';
import type { OpenedAudio } from './audio-pipeline.ts';

/** A track's packets on their way to the ears: what the audio player reads, and how far it has read. */
export class Sound {
  readonly resource: AudioResource;
  readonly #audio: OpenedAudio;
  readonly #startMs: number;
  #complete = false;
  #failure: unknown = null;

  constructor(audio: OpenedAudio, startMs: number) {
    this.#audio = audio;
    this.#startMs = startMs;
    this.resource = createAudioResource(audio.packets, { inputType: StreamType.Opus });
    // The first packet is there. To a player that waited for it, 'finish' would be the end: so it is called when all has been
    // written, and of a short rest nothing has been read then (@discordjs/voice 0.19, AudioPlayer.play).
    this.resource.started = true;
    audio.packets.once('end', () => (this.#complete = true));
    // The audio player wraps errors and loses what they were, so they are kept from the source.
    audio.packets.once('error', (error) => (this.#failure = error));
  }

  /** Milliseconds into the track, counted in packets that left for the connection and not by a clock. */
  get positionMs(): number {
    return this.#startMs + this.heardMs;
  }

  /** Milliseconds that left since it was opened. */
  get heardMs(): number {
    return this.resource.playbackDuration;
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
}
