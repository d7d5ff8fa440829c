import { Events, type Client, type Guild } from 'discord.js';

/** Who is in voice channels, as far as Discord has told. Made before the login, so that it sees every guild come. */
export class Audience {
  readonly #client: Client;
  /** Guilds whose data came and whose server is up. `guild.available` stays false where Discord leaves out an optional field. */
  readonly #there = new Set<string>();

  constructor(client: Client) {
    this.#client = client;
    client.on(Events.GuildAvailable, ({ id }) => this.#there.add(id));
    client.on(Events.GuildCreate, ({ id }) => this.#there.add(id));
    client.on(Events.GuildUnavailable, ({ id }) => this.#there.delete(id));
    client.on(Events.GuildDelete, ({ id }) => this.#there.delete(id));
  }

  /** True when the guild's data is there: the bot is a member, and Discord's server for it is up. */
  knows(guildId: string): boolean {
    return this.#there.has(guildId);
  }

  /** People in the voice channel now. One who is not known to be a bot counts as a person: better to play to nobody than to fall silent. */
  listeners(guildId: string, channelId: string): number {
    const guild = this.#client.guilds.cache.get(guildId);
    return guild ? countPeople(guild, channelId) : 0;
  }
}

/** People (no bots) in a voice channel. */
export function peopleIn(guild: Guild, channelId: string): readonly string[] {
  const present = guild.voiceStates.cache.filter((state) => state.channelId === channelId);
  return [...present.filter((state) => guild.members.cache.get(state.id)?.user.bot !== true).keys()];
}

/** How many people (no bots) are in a voice channel. */
export function countPeople(guild: Guild, channelId: string): number {
  return peopleIn(guild, channelId).length;
}
