import type { Logger } from 'pino';
import type { Store } from '../storage/store.ts';
import { NO_EPISODE, type Episode } from './reconnect-policy.ts';

/** Keeps over a restart what a guild has tried, so that a cool-down is not cut short by one. Never in the way: what fails is logged. */
export class EpisodeMemory {
  readonly #key: string;
  readonly #store: Store | null;
  readonly #log: Logger;
  #kept = NO_EPISODE;

  constructor(guildId: string, store: Store | null, log: Logger) {
    this.#key = `voice:${guildId}:episode`;
    this.#store = store;
    this.#log = log;
  }

  /** What an earlier process kept. */
  async recall(): Promise<Episode> {
    try {
      const record: unknown = await this.#store?.get(this.#key);
      if (isEpisode(record)) this.#kept = record;
      else if (record !== undefined) this.#log.warn({ record }, 'what was tried before was not understood');
    } catch (error) {
      this.#log.warn({ error }, 'what was tried before could not be read');
    }
    return this.#kept;
  }

  /** Writes it down when a cool-down begins or is over; the tries between cost no write. */
  keep(episode: Episode): void {
    if (episode.cooldowns === this.#kept.cooldowns && episode.quietUntil === this.#kept.quietUntil) return;
    this.#kept = episode;
    this.#store?.set(this.#key, episode).catch((error: unknown) => {
      this.#log.warn({ error }, 'what was tried could not be kept');
    });
  }
}

function isEpisode(record: unknown): record is Episode {
  if (typeof record !== 'object' || record === null) return false;
  const { attempts, cooldowns, quietUntil } = record as Partial<Record<keyof Episode, unknown>>;
  return [attempts, cooldowns, quietUntil].every((count) => typeof count === 'number' && count >= 0);
}
