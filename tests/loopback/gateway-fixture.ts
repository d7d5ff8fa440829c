import { ChannelType } from 'discord-api-types/v10';
import { onTestFinished } from 'vitest';
import type { GatewayOptions } from '../../loopback/gateway/options.ts';
import { startGateway, type Gateway } from '../../loopback/gateway/server.ts';
import type { VoiceService } from '../../loopback/voice/voice-service.ts';
import { World, type WorldApplication, type WorldChannel, type WorldGuild } from '../../loopback/world.ts';
import { RawClient } from './gateway-client.ts';

export interface Stage {
  readonly world: World;
  readonly gateway: Gateway;
  readonly application: WorldApplication;
  readonly guild: WorldGuild;
  readonly text: WorldChannel;
  readonly lounge: WorldChannel;
  readonly studio: WorldChannel;
  /** A person who is a member of the guild. */
  readonly ada: string;
  /** What the gateway asked of the voice servers, one line each, in order. */
  readonly voiceCalls: string[];
  readonly connect: (query?: string) => RawClient;
}

/** A gateway over a small world, and voice servers that only write down what they are asked. */
export async function stage(options: GatewayOptions = {}): Promise<Stage> {
  const world = new World();
  const ada = world.addUser('ada').id;
  const application = world.addApplication('tenuto');
  const guild = world.addGuild('Loopback', { owner: ada });
  world.addMember(guild.id, application.bot.id);
  const text = world.addChannel(guild.id, 'music', ChannelType.GuildText);
  const lounge = world.addChannel(guild.id, 'Lounge', ChannelType.GuildVoice);
  const studio = world.addChannel(guild.id, 'Studio', ChannelType.GuildVoice, { userLimit: 1 });
  const voiceCalls: string[] = [];
  const nameOf = (id: string) => world.users.get(id)?.username ?? id;
  const channelOf = (id: string) => guild.channels.get(id)?.name ?? id;
  const voice: VoiceService = {
    endpoint: '127.0.0.1:9',
    admit: ({ userId, channelId }) => {
      voiceCalls.push(`admit ${nameOf(userId)} to ${channelOf(channelId)}`);
      return `token-${voiceCalls.length}`;
    },
    dismiss: (_guildId, userId, code) => void voiceCalls.push(`dismiss ${nameOf(userId)} with ${code}`),
    members: (_guildId, channelId, ids, audible = ids) => {
      const shown = ids.map((id) => (audible.includes(id) ? nameOf(id) : `${nameOf(id)} (silent)`));
      voiceCalls.push(`${channelOf(channelId)}: ${shown.join(', ') || 'nobody'}`);
    },
  };
  const gateway = await startGateway(world, voice, options);
  const clients: RawClient[] = [];
  onTestFinished(async () => {
    for (const client of clients) client.cut();
    await gateway.close();
  });
  const connect = (query?: string) => {
    const client = new RawClient(gateway.url, query);
    clients.push(client);
    return client;
  };
  return { world, gateway, application, guild, text, lounge, studio, ada, voiceCalls, connect };
}
