import type { Logger } from 'pino';
import { later } from '../lib/time.ts';
import type { QueueEntry } from '../queue/queue.ts';
import type { Segment } from '../sources/sponsorblock.ts';
import type { Track } from '../sources/source.ts';
import type { Playback } from './players.ts';
import { isIn, segmentStep } from './segments-policy.ts';
import type { Sought } from './swaps.ts';

/** What leaving parts out needs of one guild. */
export interface GuildSegmentsParts {
  wanted(): boolean;
  playback(): Playback;
  sought(): Sought | null;
  segments(track: Track, signal: AbortSignal): Promise<readonly Segment[]>;
  seek(ms: number): Promise<unknown>;
  readonly log: Logger;
}

interface Known {
  readonly entryId: string;
  readonly life: AbortController;
  segments: readonly Segment[];
}

/** A timer that is late by less looks once more. */
const LEAST_WAIT_MS = 20;

/** Leaves out what is no music of what one guild hears: one timer, to where the next such part begins. Whatever fails costs nothing. */
export class GuildSegments {
  readonly #parts: GuildSegmentsParts;
  #known: Known | null = null;
  #tried: Segment | null = null;
  #alarm = new AbortController();

  constructor(parts: GuildSegmentsParts) {
    this.#parts = parts;
  }

  /** Does what is to be done as things stand now. Called whenever something may have changed; that is harmless. */
  look(): void {
    this.#alarm.abort();
    this.#alarm = new AbortController();
    const { entry, status, positionMs, tempo } = this.#parts.playback();
    if (entry === null || !this.#parts.wanted()) return this.#forget();
    const { segments } = this.#of(entry);
    if (status !== 'playing') return;
    if (this.#tried !== null && !isIn(this.#tried, positionMs)) this.#tried = null;
    const sought = this.#parts.sought();
    const soughtMs = sought?.entryId === entry.id ? sought.startMs : null;
    const step = segmentStep({ segments, positionMs, soughtMs, tried: this.#tried });
    if (step.kind === 'skip') this.#skip(step.segment);
    if (step.kind === 'wait') later(Math.max(LEAST_WAIT_MS, step.ms / tempo), this.#alarm.signal, () => this.look());
  }

  close(): void {
    this.#alarm.abort();
    this.#forget();
  }

  #skip(segment: Segment): void {
    this.#tried = segment;
    const failed = (error: unknown) => this.#parts.log.debug({ error }, 'a segment is heard');
    this.#parts.seek(segment.endMs).then(() => this.look(), failed);
  }

  #of(entry: QueueEntry): Known {
    if (this.#known?.entryId === entry.id) return this.#known;
    this.#forget();
    const known: Known = { entryId: entry.id, life: new AbortController(), segments: [] };
    this.#known = known;
    void this.#learn(entry.track, known);
    return known;
  }

  /** Never rejects. */
  async #learn(track: Track, known: Known): Promise<void> {
    try {
      known.segments = await this.#parts.segments(track, known.life.signal);
      if (this.#known === known) this.look();
    } catch (error) {
      if (!known.life.signal.aborted) this.#parts.log.debug({ error }, 'nobody says what is no music');
    }
  }

  #forget(): void {
    this.#known?.life.abort(new Error('it does not play any more'));
    this.#known = null;
    this.#tried = null;
  }
}
