import { Events, type Client, type ClientEvents, type Guild, type VoiceState } from 'discord.js';
import { countPeople } from './audience.ts';

/** Where Discord says that the bot itself is. */
export interface OwnVoiceState {
  readonly guildId: string;
  /** Null: in no channel. */
  readonly channelId: string | null;
  readonly serverMuted: boolean;
  /** In a stage channel, and not allowed to speak there. */
  readonly suppressed: boolean;
}

/** What happened in voice, as the consumers need to know it. All are called synchronously and must not throw. */
export interface VoiceEventConsumer {
  onOwnVoiceState(state: OwnVoiceState): void;
  /** The people (no bots) in a voice channel changed; told for every channel, also where the bot is not. */
  onListeners(guildId: string, channelId: string, listeners: number): void;
  onChannelDeleted(guildId: string, channelId: string): void;
  /** `removed`: the bot is no member any more. `unavailable`: Discord's server is down and will come back. */
  onGuildLost(guildId: string, why: 'removed' | 'unavailable'): void;
  /** The guild's data is fresh: after an outage, or after a gateway session that could not be resumed. */
  onGuildAvailable(guildId: string): void;
  /** While the main gateway is lost, nothing above is told; voice itself goes on. */
  onGatewayLost(): void;
  onGatewayReady(): void;
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
    this.#listen(Events.ChannelDelete, (channel) => {
      if (!channel.isDMBased() && channel.isVoiceBased()) consumer.onChannelDeleted(channel.guildId, channel.id);
    });
    this.#listen(Events.GuildDelete, (guild) => consumer.onGuildLost(guild.id, 'removed'));
    this.#listen(Events.GuildUnavailable, (guild) => consumer.onGuildLost(guild.id, 'unavailable'));
    this.#listen(Events.GuildAvailable, (guild) => this.#onAvailable(guild));
    this.#listen(Events.ShardReconnecting, () => consumer.onGatewayLost());
    this.#listen(Events.ShardResume, () => consumer.onGatewayReady());
    this.#listen(Events.ShardReady, () => consumer.onGatewayReady());
  }

  close(): void {
    for (const detach of this.#detach.splice(0)) detach();
  }

  #onVoiceState(previous: VoiceState, next: VoiceState): void {
    if (next.id === this.#client.user?.id) this.#consumer.onOwnVoiceState(ownVoiceState(next));
    if (previous.channelId === next.channelId) return;
    for (const channelId of [previous.channelId, next.channelId]) {
      if (channelId !== null) this.#consumer.onListeners(next.guild.id, channelId, countPeople(next.guild, channelId));
    }
  }

  #onAvailable(guild: Guild): void {
    this.#consumer.onGuildAvailable(guild.id);
    const own = guild.voiceStates.cache.get(this.#client.user?.id ?? '');
    this.#consumer.onOwnVoiceState(
      own ? ownVoiceState(own) : { guildId: guild.id, channelId: null, serverMuted: false, suppressed: false },
    );
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

function ownVoiceState(state: VoiceState): OwnVoiceState {
  return {
    guildId: state.guild.id,
    channelId: state.channelId,
    serverMuted: state.serverMute === true,
    suppressed: state.suppress === true,
  };
}
