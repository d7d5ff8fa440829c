import { join } from 'node:path';
import { ChannelType } from 'discord-api-types/v10';
import { startCdn, type Cdn } from './cdn.ts';
import type { Ears, HeardPacket } from './ears.ts';
import { Faults } from './faults.ts';
import type { GatewayOptions } from './gateway/options.ts';
import { startGateway, type Gateway } from './gateway/server.ts';
import { Interactions } from './interactions.ts';
import type { Person } from './people.ts';
import { createPerson } from './person.ts';
import { startRest, type Rest } from './rest/server.ts';
import { ensureCertificateAuthority, trustInProcess } from './tls.ts';
import { startVoice } from './voice/server.ts';
import type { VoiceOptions, VoiceServer } from './voice/voice-service.ts';
import { World, type WorldApplication, type WorldGuild } from './world.ts';

/** What is left out is as Discord has it. */
export interface LoopbackOptions {
  /** Where the certificate authority is kept from run to run. Default: data/loopback of this repository. */
  readonly dataDir?: string;
  /** Whether this process is made to trust the voice servers' certificate. Default: yes. */
  readonly trust?: boolean;
  readonly gateway?: GatewayOptions;
  readonly voice?: Omit<VoiceOptions, 'tls' | 'isPerson' | 'isStage'>;
}

/** Discord in your hand: one application, the guild "Loopback" with #music, Lounge and Studio, and whoever you name. */
export interface Loopback {
  /** The settings that point a client here, as environment variables, with the ids of the application and its guild. */
  readonly env: Readonly<Record<string, string>>;
  readonly world: World;
  readonly application: WorldApplication;
  readonly guild: WorldGuild;
  readonly rest: Rest;
  readonly gateway: Gateway;
  /** Where what people send along is fetched from; `world.uploads` has the links' clock. */
  readonly cdn: Cdn;
  readonly voice: VoiceServer;
  readonly faults: Faults;
  /** Another guild with the same channels, which the application is in. */
  addGuild(name: string): WorldGuild;
  /** The person of that name, who becomes a user and a member of the guild when first named. `owner` owns the guilds. */
  user(name: string, guild?: WorldGuild): Person;
  /** Everyone who was named so far. */
  readonly people: ReadonlyMap<string, string>;
  /** What the person heard so far, over all channels. */
  heard(name: string): readonly HeardPacket[];
  ears(name: string): Ears;
  /**
   * What the double was asked that it does not have, what it did wrong, and what clients did that Discord forbids. A run in which this
   * is not empty proves nothing.
   */
  problems(): readonly string[];
  /** Ends every connection, timer and server. */
  close(): Promise<void>;
}

/** Starts Discord on free ports of 127.0.0.1: REST, gateway, voice over TLS and UDP. */
export async function startLoopback(options: LoopbackOptions = {}): Promise<Loopback> {
  const tls = await ensureCertificateAuthority(options.dataDir ?? join(import.meta.dirname, '../data/loopback'));
  if (options.trust !== false) trustInProcess(tls.caPem);

  const world = new World();
  const people = new Map<string, string>([['owner', world.addUser('owner').id]]);
  const application = world.addApplication('tenuto');
  const addGuild = (name: string) => furnish(world, application, name, idOf('owner'));
  const guild = addGuild('Loopback');

  const interactions = new Interactions(world);
  const voice = await startVoice({
    ...options.voice,
    tls,
    isPerson: (userId) => !world.applications.has(userId),
    isStage: (guildId, channelId) =>
      world.guilds.get(guildId)?.channels.get(channelId)?.type === ChannelType.GuildStageVoice,
  });
  const gateway = await startGateway(world, voice, options.gateway);
  const rest = await startRest({ world, interactions, gateway });
  const cdn = await startCdn(world.uploads);
  const faults = new Faults({ world, gateway, voice, rest, botId: application.bot.id });

  function idOf(name: string): string {
    const id = people.get(name);
    if (id === undefined) throw new Error(`nobody is called ${name}`);
    return id;
  }

  const seats = new Map<string, Person>();
  function user(name: string, where: WorldGuild = guild): Person {
    const seat = `${where.id} ${name}`;
    const userId = people.get(name);
    const person =
      seats.get(seat) ??
      createPerson(world, interactions, { guildId: where.id, name, ...(userId !== undefined && { userId }) });
    people.set(name, person.id);
    seats.set(seat, person);
    return person;
  }

  return {
    env: {
      DISCORD_API_URL: rest.url,
      DISCORD_TOKEN: application.token,
      NODE_EXTRA_CA_CERTS: tls.caPath,
      DISCORD_APPLICATION_ID: application.id,
      DISCORD_GUILD_ID: guild.id,
    },
    world,
    application,
    guild,
    rest,
    gateway,
    cdn,
    voice,
    faults,
    people,
    addGuild,
    user,
    heard: (name) => voice.ears(idOf(name)).packets,
    ears: (name) => voice.ears(idOf(name)),
    problems: () => [...rest.problems, ...gateway.problems, ...voice.problems()],
    async close() {
      interactions.close();
      await Promise.all([gateway.close(), rest.close(), cdn.close(), voice.close()]);
    },
  };
}

function furnish(world: World, application: WorldApplication, name: string, owner: string): WorldGuild {
  const guild = world.addGuild(name, { owner });
  world.addChannel(guild.id, 'music', ChannelType.GuildText);
  world.addChannel(guild.id, 'Lounge', ChannelType.GuildVoice);
  world.addChannel(guild.id, 'Studio', ChannelType.GuildVoice);
  world.addMember(guild.id, application.bot.id);
  return guild;
}
