import { ChannelType, PermissionFlagsBits, Status, type Client, type Guild } from 'discord.js';
import type { GatewayReports } from '../commands/command.ts';
import type { VoiceGateway } from '../voice/voice-gateway.ts';
import { countPeople } from './audience.ts';
import { silenceOf } from './voice-events.ts';

/** What voice and people need to know of the main gateway, read from the client's caches. */
export class ClientVoiceGateway implements VoiceGateway, GatewayReports {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  adapterCreator(guildId: string) {
    return this.#guild(guildId)?.voiceAdapterCreator ?? null;
  }

  ownUserId(): string {
    if (!this.#client.user) throw new Error('not logged in yet');
    return this.#client.user.id;
  }

  mainGatewayReady(guildId: string): boolean {
    return this.#guild(guildId)?.shard.status === Status.Ready;
  }

  pingMs(guildId: string): number | null {
    // Before the first acknowledged heartbeat discord.js says -1.
    const ping = this.#guild(guildId)?.shard.ping ?? -1;
    return ping < 0 ? null : ping;
  }

  ownChannelId(guildId: string): string | null {
    return this.#ownState(guildId)?.channelId ?? null;
  }

  ownSilence(guildId: string) {
    const state = this.#ownState(guildId);
    return state ? silenceOf(state) : null;
  }

  listenersIn(guildId: string, channelId: string): number {
    const guild = this.#guild(guildId);
    return guild ? countPeople(guild, channelId) : 0;
  }

  mayPlayIn(guildId: string, channelId: string): boolean {
    const guild = this.#guild(guildId);
    const channel = guild?.channels.cache.get(channelId);
    if (!guild?.members.me || !channel) return true;
    const { ViewChannel, Connect, Speak } = PermissionFlagsBits;
    // On a stage being heard is a matter of being called up, which `ownSilence` tells.
    const heard = channel.type === ChannelType.GuildStageVoice ? [] : [Speak];
    return channel.permissionsFor(guild.members.me).has([ViewChannel, Connect, ...heard]);
  }

  channelExists(guildId: string, channelId: string): boolean {
    return this.#guild(guildId)?.channels.cache.has(channelId) ?? false;
  }

  #guild(guildId: string): Guild | undefined {
    return this.#client.guilds.cache.get(guildId);
  }

  #ownState(guildId: string) {
    return this.#guild(guildId)?.voiceStates.cache.get(this.ownUserId());
  }
}
