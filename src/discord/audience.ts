import { Events, type Client, type Guild } from 'discord.js';
import { sleep } from '../lib/time.ts';

/** Who is in voice channels, as far as Discord has told. */
export class Audience {
  readonly #client: Client;
  readonly #waitMs: number;

  /** `waitMs`: how long to wait for a guild whose server is down. */
  constructor(client: Client, waitMs = 60_000) {
    this.#client = client;
    this.#waitMs = waitMs;
  }

  /** People in the voice channel now. One who is not known to be a bot counts as a person: better to play to nobody than to fall silent. */
  listeners(guildId: string, channelId: string): number {
    const guild = this.#client.guilds.cache.get(guildId);
    return guild ? countPeople(guild, channelId) : 0;
  }

  /** Resolves when the guild's data is there; with false when the bot is no member, or when the time or the signal is up. */
  async available(guildId: string, signal: AbortSignal): Promise<boolean> {
    const isThere = () => this.#client.guilds.cache.get(guildId)?.available === true;
    if (isThere() || !this.#client.guilds.cache.has(guildId)) return isThere();
    const arrived = new AbortController();
    const onAvailable = (guild: Guild) => {
      if (guild.id === guildId) arrived.abort();
    };
    this.#client.on(Events.GuildAvailable, onAvailable);
    await sleep(this.#waitMs, AbortSignal.any([signal, arrived.signal])).catch(() => undefined);
    this.#client.off(Events.GuildAvailable, onAvailable);
    return isThere();
  }
}

/** People (no bots) in a voice channel. */
export function countPeople(guild: Guild, channelId: string): number {
  const present = guild.voiceStates.cache.filter((state) => state.channelId === channelId);
  return present.filter((state) => guild.members.cache.get(state.id)?.user.bot !== true).size;
}
