import { REST } from 'discord.js';
import { ChannelType, type APIApplicationCommand } from 'discord-api-types/v10';
import { onTestFinished } from 'vitest';
import { SessionStarts } from '../../loopback/gateway/session-starts.ts';
import { Interactions } from '../../loopback/interactions.ts';
import { createPerson } from '../../loopback/person.ts';
import { startRest } from '../../loopback/rest/server.ts';
import { World, type DispatchedInteraction } from '../../loopback/world.ts';

/** A guild with a bot, two people and a text channel, without any server. */
export function settle() {
  const world = new World();
  const interactions = new Interactions(world);
  onTestFinished(() => interactions.close());
  const application = world.addApplication('tenuto');
  const guild = world.addGuild('town', { owner: world.addUser('mayor').id });
  world.addMember(guild.id, application.bot.id);
  const text = world.addChannel(guild.id, 'general', ChannelType.GuildText);
  const stage = world.addChannel(guild.id, 'music', ChannelType.GuildVoice, { userLimit: 1 });
  const ada = createPerson(world, interactions, { guildId: guild.id, name: 'ada' });
  const ben = createPerson(world, interactions, { guildId: guild.id, name: 'ben' });
  const dispatched: DispatchedInteraction[] = [];
  world.on('change', (change) => {
    if (change.type === 'interaction') dispatched.push(change.interaction);
  });

  /** Registers a command without going through the API. */
  const register = (command: Partial<APIApplicationCommand> & { name: string }): void => {
    const all = application.commands.get('global') ?? [];
    const whole: APIApplicationCommand = {
      id: world.nextId(),
      application_id: application.id,
      version: world.nextId(),
      type: 1,
      description: 'a command',
      default_member_permissions: null,
      ...command,
    };
    application.commands.set('global', [...all, whole]);
  };

  /** The last interaction that the bot was given. */
  const latest = (): DispatchedInteraction => {
    const last = dispatched.at(-1);
    if (last === undefined) throw new Error('the bot was given no interaction');
    return last;
  };
  return { world, interactions, application, guild, text, voice: stage, ada, ben, register, latest };
}

/** The same with the REST API, and a client of discord.js that is logged in to it. */
export async function settleWithRest(now?: () => number) {
  const town = settle();
  const starts = new SessionStarts({ windowMs: 0, total: 1_000, maxConcurrency: 1 });
  const gateway = { url: 'ws://127.0.0.1:1', starts };
  const server = await startRest({ ...town, gateway, ...(now && { now }) });
  onTestFinished(() => server.close());
  const client = (token: string): REST =>
    new REST({ api: server.url, retries: 0, rejectOnRateLimit: () => true }).setToken(token);
  return { ...town, server, starts, client, rest: client(town.application.token) };
}

/** What a promise is rejected with; fails the test when it is not. */
export async function refusal(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it was not refused');
}
