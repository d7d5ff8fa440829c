import { TenutoError, toTenutoError } from '../lib/errors.ts';
import { formatDuration } from '../lib/format.ts';
import type { Place } from '../lib/place.ts';
import type { Filter, FilterEdit } from '../queue/filters.ts';
import type { Track } from '../sources/source.ts';
import type { Deck } from './deck.ts';
import { filteringOf } from './filters.ts';
import type { GuildRecord } from './guild-record.ts';

export interface SwapsParts {
  readonly deck: Deck;
  readonly record: GuildRecord;
  /** One decision at a time; afterwards what sounds follows the record. */
  readonly decide: <T>(decision: () => Promise<T>) => Promise<T>;
}

/** Where a person went last, in milliseconds of that entry. */
export interface Sought {
  readonly entryId: string;
  readonly startMs: number;
}

/** What people change of the track that plays while it plays: where it is, and what is done to its sound. */
export class Swaps {
  readonly #parts: SwapsParts;
  #sought: Sought | null = null;

  constructor(parts: SwapsParts) {
    this.#parts = parts;
  }

  /** Null when nobody went anywhere in what plays, nor in what played before it. */
  get sought(): Sought | null {
    return this.#sought;
  }

  /** Goes on elsewhere, because a person wants that or for a reason of ours; the place is durable when it resolves. Returns it in milliseconds. */
  async seek(place: Place, who: 'person' | 'nobody' = 'person'): Promise<number> {
    const { deck, record, decide } = this.#parts;
    const { entryId, startMs, swapped } = await decide(async () => {
      const { current } = record.queue;
      if (current === null) throw new TenutoError('NOTHING_PLAYING');
      const startMs = placeIn(current.track, deck.positionMs ?? record.session.positionMs, place);
      if (who === 'person') this.#sought = { entryId: current.id, startMs };
      const sounds = deck.entry?.id === current.id && !deck.loading;
      // Where nothing sounds yet, it will from there on: `decide` sees to that where it is not on the deck.
      if (!sounds) await record.update({ positionMs: startMs });
      return { entryId: current.id, startMs, swapped: deck.entry === null ? null : told(deck.swap({ startMs })) };
    });
    // Not in the decision: nobody else waits for what is being opened.
    if (swapped === null) return startMs;
    if (!(await swapped.catch(noSoundThere))) throw new TenutoError('OVERTAKEN');
    await decide(async () => {
      if (deck.entry?.id === entryId && deck.positionMs !== null) await record.update({ positionMs: deck.positionMs });
    });
    return startMs;
  }

  /** Changes the filters, durably; what plays now goes on with them. Returns those that are on. */
  async setFilters(edit: FilterEdit): Promise<readonly Filter[]> {
    const { deck, record, decide } = this.#parts;
    const { filters, swapped } = await decide(async () => {
      const filters = edit(record.session.filters);
      if (filters === record.session.filters) return { filters, swapped: null };
      await record.update({ filters });
      return { filters, swapped: told(deck.swap({ filtering: filteringOf(filters) })) };
    });
    try {
      // Overtaken by somebody who only went elsewhere, or by a track that came next, they are on all the same.
      await swapped;
      return filters;
    } catch (error) {
      await decide(async () => {
        if (record.session.filters === filters) await record.update({ filters: deck.filtering?.filters ?? [] });
      });
      throw error;
    }
  }
}

/** Throws a TenutoError when the track has no such place. */
function placeIn({ live, durationMs }: Track, positionMs: number, { from, ms }: Place): number {
  if (live) throw new TenutoError('LIVE');
  const startMs = Math.max(0, from === 'here' ? positionMs + ms : ms);
  if (durationMs !== null && startMs >= durationMs)
    throw new TenutoError('BEHIND_END', ` (${formatDuration(durationMs)})`);
  return startMs;
}

/** Of a track that was heard there is sound: but not behind its end, where nobody knew that. */
function noSoundThere(error: unknown): never {
  throw error instanceof TenutoError && error.code === 'NOT_AUDIO' ? new TenutoError('BEHIND_END') : error;
}

/** As it may fail before anybody waits for it. What stopped it is told with what that means. */
function told(swap: Promise<boolean>): Promise<boolean> {
  const told = swap.catch((failure: unknown) => {
    const error = toTenutoError(failure);
    throw error.blame === 'outside' ? new TenutoError('NOT_SWAPPED', error.say, { cause: failure }) : error;
  });
  told.catch(() => undefined);
  return told;
}
