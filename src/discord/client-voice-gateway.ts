import { Status, type Client } from 'discord.js';
import type { VoiceGateway } from '../voice/voice-gateway.ts';

/** What voice needs of the main gateway, read from the client. */
export class ClientVoiceGateway implements VoiceGateway {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  adapterCreator(guildId: string) {
    return this.#client.guilds.cache.get(guildId)?.voiceAdapterCreator ?? null;
  }

  ownUserId(): string {
    if (!this.#client.user) throw new Error('not logged in yet');
    return this.#client.user.id;
  }

  mainGatewayReady(guildId: string): boolean {
    return this.#client.guilds.cache.get(guildId)?.shard.status === Status.Ready;
  }

  ownChannelId(guildId: string): string | null {
    return this.#client.guilds.cache.get(guildId)?.voiceStates.cache.get(this.ownUserId())?.channelId ?? null;
  }

  channelExists(guildId: string, channelId: string): boolean {
    return this.#client.guilds.cache.get(guildId)?.channels.cache.has(channelId) ?? false;
  }
}
