import { notSaved, SAVED_AGAIN } from './announcements.ts';
import type { GuildPlayers } from './guild-players.ts';
import { SparingVoice, type Words } from './sparing-voice.ts';

export interface SavingTellerParts {
  readonly players: Pick<GuildPlayers, 'announce'>;
  /** Since when changes are not on the disk (milliseconds since 1970), and why, in words; null: they are. */
  trouble(): { readonly since: number; readonly cause: string } | null;
}

/** Tells the guilds in which something changes while it cannot be saved, each once, and the same when it is saved after all. */
export class SavingTeller {
  readonly #parts: SavingTellerParts;
  readonly #channels = new Map<string, SparingVoice>();
  readonly #told = new Map<string, Words>();

  constructor(parts: SavingTellerParts) {
    this.#parts = parts;
  }

  /** Something changed in this guild that ought to be on the disk. Telling often is harmless. */
  changed(guildId: string): void {
    const trouble = this.#parts.trouble();
    if (trouble === null || this.#told.has(guildId)) return;
    const words = this.#channel(guildId).say(notSaved(trouble));
    if (words !== null) this.#told.set(guildId, words);
  }

  /** Everything is on the disk again. */
  saved(): void {
    for (const words of this.#told.values()) words.update(SAVED_AGAIN);
    this.#told.clear();
  }

  #channel(guildId: string): SparingVoice {
    const known = this.#channels.get(guildId);
    if (known) return known;
    const channel = new SparingVoice((notice) => this.#parts.players.announce(guildId, notice));
    this.#channels.set(guildId, channel);
    return channel;
  }
}
