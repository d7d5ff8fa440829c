import type { Logger } from 'pino';
import { TenutoError, toTenutoError } from '../lib/errors.ts';
import type { Subprocesses } from '../lib/subprocess.ts';
import { sleep } from '../lib/time.ts';
import type { LoudnessMemory } from '../sources/loudness-memory.ts';
import type { Relay } from '../sources/relay.ts';
import { SingleFlight } from '../sources/single-flight.ts';
import { Slots } from '../sources/slots.ts';
import type { Media, Track } from '../sources/source.ts';
import { probeLoudness } from './audio/loudness-probe.ts';

/** First what is being opened. */
const PATIENCE_MS = 5_000;

export interface LoudnessParts {
  readonly memory: LoudnessMemory;
  readonly relay: Relay;
  readonly subprocesses: Subprocesses;
  readonly ffmpegPath: string;
  readonly log: Logger;
  readonly patienceMs?: number;
}

/** How loud tracks are: what is known of it, and one measurement at a time of what is not. */
export class Loudness {
  readonly #parts: LoudnessParts;
  readonly #flights = new SingleFlight<void>();
  readonly #slots = new Slots(1);
  /** Without an ffmpeg that can measure nothing is. */
  #able = true;

  constructor(parts: LoudnessParts) {
    this.#parts = parts;
  }

  /** In LUFS; null when it is not known. Never rejects, and is as slow as the disk. */
  async recall(track: Track): Promise<number | null> {
    return (await this.#parts.memory.recall(track))?.lufs ?? null;
  }

  /** Measures in the background what is not known, for the next time that it is played. Called off with the signal. */
  learn(track: Track, locate: (signal: AbortSignal) => Promise<Media>, signal: AbortSignal): void {
    // Of what has no end, a minute tells little, and it would take a minute.
    if (!this.#able || track.live || signal.aborted || (track.durationMs === null && track.source !== 'library'))
      return;
    const flight = { signal, urgency: 'ahead' } as const;
    this.#flights
      .run(`${track.source} ${track.identifier}`, flight, (joint) => this.#learn(track, locate, joint.signal))
      .catch((error: unknown) => this.#failed(error, signal));
  }

  async #learn(track: Track, locate: (signal: AbortSignal) => Promise<Media>, signal: AbortSignal): Promise<void> {
    const { memory, patienceMs = PATIENCE_MS } = this.#parts;
    if ((await memory.recall(track)) !== null) return;
    await sleep(patienceMs, signal);
    await this.#slots.run(
      async () => {
        if (this.#able) await memory.keep(track, await this.#measure(track, await locate(signal), signal));
      },
      { signal, urgency: 'ahead' },
    );
  }

  async #measure({ durationMs }: Track, media: Media, signal: AbortSignal): Promise<number | null> {
    const { relay, subprocesses, ffmpegPath } = this.#parts;
    const given = { durationMs, signal, subprocesses, ffmpegPath };
    if (media.kind === 'file') return await probeLoudness({ ...given, input: media });
    const relayed = await relay.open(media, { signal });
    try {
      return await probeLoudness({ ...given, input: { kind: 'relayed', relayed } });
    } finally {
      relayed.close();
    }
  }

  #failed(thrown: unknown, signal: AbortSignal): void {
    if (signal.aborted || !this.#able) return;
    const error = toTenutoError(thrown);
    this.#able = !(error instanceof TenutoError && error.code === 'TRANSCODER_MISSING');
    if (this.#able) this.#parts.log.debug({ error }, 'loudness of a track not measured');
    else this.#parts.log.warn({ error }, 'this ffmpeg cannot measure loudness: tracks are as loud as they are');
  }
}
