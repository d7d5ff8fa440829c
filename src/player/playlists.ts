import { TenutoError, toTenutoError } from '../lib/errors.ts';
import { later } from '../lib/time.ts';
import type { Track } from '../sources/source.ts';
import type { Enqueued, PlaylistAdded, PlaylistRequest } from './players.ts';

/** How tracks get into the queue: the first of a playlist, and more of them behind those. */
export interface QueueDoors {
  /** Without those that the guild keeps out. */
  wanted(tracks: readonly Track[]): readonly Track[];
  first(tracks: readonly Track[]): Promise<Enqueued>;
  behind(earlier: ReadonlySet<string>, tracks: readonly Track[]): Promise<Enqueued>;
}

/** Longer than any list takes; an answer can be written for 15 minutes. */
const LONGEST_MS = 10 * 60_000;

/** Playlists that are being added while they become known. */
export class Playlists {
  readonly #running = new Map<string, { readonly guildId: string; readonly life: AbortController }>();

  /**
   * Adds chunk after chunk until the list ends, or somebody calls it off, or there is no more room, or it breaks: what was
   * added stays. Throws where nothing was.
   */
  async add({ id, guildId, chunks, signal, progress }: PlaylistRequest, doors: QueueDoors): Promise<PlaylistAdded> {
    const life = new AbortController();
    this.#running.set(id, { guildId, life });
    const done = new AbortController();
    later(LONGEST_MS, done.signal, () => life.abort(new TenutoError('TOOK_TOO_LONG')));
    const end = AbortSignal.any([signal, life.signal]);
    const stop = () => void chunks.return().catch(() => undefined);
    end.addEventListener('abort', stop, { once: true, signal: done.signal });

    const entryIds = new Set<string>();
    let [place, unplayable] = [0, 0];
    const soFar = (cut: TenutoError | null) => ({ added: entryIds.size, place, unplayable, cut });
    try {
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
        const tracks = doors.wanted(next.value.tracks);
        unplayable += next.value.unplayable + next.value.tracks.length - tracks.length;
        for (let rest = tracks; rest.length > 0;) {
          end.throwIfAborted();
          const first = entryIds.size === 0;
          // Where only some of them find room, the next round throws why.
          const enqueued = first ? await doors.first(rest) : await doors.behind(entryIds, rest);
          if (first) place = enqueued.place;
          for (const entry of enqueued.entries) entryIds.add(entry.id);
          rest = rest.slice(enqueued.entries.length);
        }
        progress(soFar(null));
      }
      end.throwIfAborted();
      if (entryIds.size === 0) throw new TenutoError(unplayable === 0 ? 'NOTHING_FOUND' : 'NOT_AUDIO');
      return soFar(null);
    } catch (error) {
      const cut = toTenutoError(end.aborted ? end.reason : error);
      if (entryIds.size === 0 || cut.blame === 'bug') throw cut;
      return soFar(cut);
    } finally {
      done.abort();
      this.#running.delete(id);
      stop();
    }
  }

  /** False when nothing of that id is being added in the guild. */
  cancel(guildId: string, id: string): boolean {
    const running = this.#running.get(id);
    if (running?.guildId !== guildId) return false;
    running.life.abort(new TenutoError('CALLED_OFF'));
    return true;
  }

  /** For whoever ends what is to come. */
  cancelAll(guildId: string): void {
    for (const id of this.#running.keys()) this.cancel(guildId, id);
  }
}
