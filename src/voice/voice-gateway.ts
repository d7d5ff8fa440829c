import type { DiscordGatewayAdapterCreator } from '@discordjs/voice';

/** What voice needs of the main gateway. */
export interface VoiceGateway {
  /** The guild's way to the main gateway, or null when the bot is not in that guild. */
  adapterCreator(guildId: string): DiscordGatewayAdapterCreator | null;
  ownUserId(): string;
  /** True when an op 4 for this guild could be sent now. */
  mainGatewayReady(guildId: string): boolean;
  /** The channel in which Discord, as far as it has told, believes the bot to be. */
  ownChannelId(guildId: string): string | null;
  /** Why nobody would hear the bot although it speaks, as far as Discord has told; null: nothing keeps it from being heard. */
  ownSilence(guildId: string): 'muted' | 'suppressed' | null;
  /** People (no bots) in the channel now. */
  listenersIn(guildId: string, channelId: string): number;
  /** False when the bot may not connect to the channel or speak there, as far as Discord has told. */
  mayPlayIn(guildId: string, channelId: string): boolean;
  /** False when the channel is gone, as far as Discord has told. */
  channelExists(guildId: string, channelId: string): boolean;
}

/** A shard's connection was lost, or is ready again: its session goes on, or it has a new one, which knows nothing of our voice. */
export type GatewayChange = 'lost' | 'resumed' | 'identified';

/** Why the bot is out of its channel by another's will. */
export type Removal = 'removed' | 'channel-deleted';

/**
 * What the main gateway tells voice. While there is a connection, voice hears its own VOICE_STATE_UPDATE and
 * VOICE_SERVER_UPDATE through the adapter, in their order; these facts are for the time without one. Telling twice is harmless.
 */
export interface VoiceFacts {
  /** Discord said where the bot is; null: in no channel. */
  ownVoiceState(guildId: string, channelId: string | null): void;
  mainGateway(change: GatewayChange): void;
}
