import { Events, type Client, type ClientEvents, type Guild, type VoiceState } from 'discord.js';
import { countPeople } from './audience.ts';

/** Why nobody hears the bot although it plays: muted by a moderator, or in the audience of a stage (or without "Speak"). */
export type Silenced = 'muted' | 'suppressed';

/** What happened in voice, as the consumers need to know it. All are called synchronously and must not throw. */
export interface VoiceEventConsumer {
  /** Where Discord says that the bot itself is; null: in no channel. */
  onOwnVoiceState(guildId: string, channelId: string | null): void;
  /** Why nobody can hear the bot in its channel, or null; told with each of its voice states in a channel. */
  onSilenced(guildId: string, why: Silenced | null): void;
  /** The people (no bots) in a voice channel changed; told for every channel, also where the bot is not. */
  onListeners(guildId: string, channelId: string, listeners: number): void;
  /** The guild's data is fresh: after an outage, or after a gateway session that could not be resumed. */
  onGuildAvailable(guildId: string): void;
  /** The bot is a member no more, or the guild was deleted. */
  onGuildGone(guildId: string): void;
  /** While the main gateway is lost, nothing above is told; voice itself goes on. */
  onGatewayLost(): void;
  /** `fresh`: in a new session, because the old one could not be resumed. */
  onGatewayReady(fresh: boolean): void;
}

/** VoiceEventHandlers: turns what Discord sends about voice into facts, until `close`. */
export class VoiceEventHandlers {
  readonly #client: Client;
  readonly #consumer: VoiceEventConsumer;
  readonly #detach: (() => void)[] = [];

  constructor(client: Client, consumer: VoiceEventConsumer) {
    this.#client = client;
    this.#consumer = consumer;
    this.#listen(Events.VoiceStateUpdate, (previous, next) => this.#onVoiceState(previous, next));
    this.#listen(Events.GuildAvailable, (guild) => this.#onAvailable(guild));
    this.#listen(Events.GuildDelete, ({ id }) => consumer.onGuildGone(id));
    this.#listen(Events.ShardReconnecting, () => consumer.onGatewayLost());
    this.#listen(Events.ShardResume, () => consumer.onGatewayReady(false));
    this.#listen(Events.ShardReady, () => consumer.onGatewayReady(true));
  }

  close(): void {
    for (const detach of this.#detach.splice(0)) detach();
  }

  #onVoiceState(previous: VoiceState, next: VoiceState): void {
    if (next.id === this.#client.user?.id) this.#onOwnVoiceState(next);
    if (previous.channelId === next.channelId) return;
    for (const channelId of [previous.channelId, next.channelId]) {
      if (channelId !== null) this.#consumer.onListeners(next.guild.id, channelId, countPeople(next.guild, channelId));
    }
  }

  #onOwnVoiceState(state: VoiceState): void {
    this.#consumer.onOwnVoiceState(state.guild.id, state.channelId);
    if (state.channelId !== null) this.#consumer.onSilenced(state.guild.id, silenceOf(state));
  }

  #onAvailable(guild: Guild): void {
    this.#consumer.onGuildAvailable(guild.id);
    const own = guild.voiceStates.cache.get(this.#client.user?.id ?? '');
    this.#consumer.onOwnVoiceState(guild.id, own?.channelId ?? null);
    // All of them, since a channel that emptied meanwhile has no voice state left that could tell.
    for (const channel of guild.channels.cache.values()) {
      if (channel.isVoiceBased()) this.#consumer.onListeners(guild.id, channel.id, countPeople(guild, channel.id));
    }
  }

  #listen<E extends keyof ClientEvents>(event: E, listener: (...payload: ClientEvents[E]) => void): void {
    this.#client.on(event, listener);
    this.#detach.push(() => this.#client.off(event, listener));
  }
}

/** Why nobody hears somebody with this voice state, or null. */
export function silenceOf({ channelId, serverMute, suppress }: VoiceState): Silenced | null {
  if (channelId === null) return null;
  if (serverMute === true) return 'muted';
  return suppress === true ? 'suppressed' : null;
}
