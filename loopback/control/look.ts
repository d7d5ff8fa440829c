import { z } from 'zod';
import type { WorldGuild } from '../world.ts';
import { guildName, guildOf, route, type Route } from './route.ts';

/** What there is, and what clients did. */
export const LOOK_ROUTES: readonly Route[] = [
  route('GET', '/env', 'The settings that point a client here.', {}, ({ loopback }) => loopback.env),
  route(
    'GET',
    '/state',
    'Guilds, channels, who is in voice, people, gateway sessions, commands.',
    {},
    ({ loopback }) => ({
      application: { id: loopback.application.id, name: loopback.application.bot.username },
      guilds: [...loopback.world.guilds.values()].map(guildView),
      people: Object.fromEntries(loopback.people),
      sessions: loopback.gateway.sessions.map(({ id, attached, application, intents }) => ({
        id,
        attached,
        intents,
        applicationId: application.id,
      })),
      commands: [...loopback.application.commands.values()].flat().map(({ name }) => name),
    }),
  ),
  route(
    'POST',
    '/guilds',
    'Makes another guild with the same channels, which the bot is in.',
    { name: z.string().min(2).max(100) },
    ({ loopback }, { input }) => guildView(loopback.addGuild(input.name)),
  ),
  route(
    'GET',
    '/sent',
    'What clients sent to the main gateway: all, or those with opcode `op`, or in one guild.',
    { op: z.coerce.number().int().optional(), guild: guildName },
    ({ loopback }, { input: { op, guild } }) => ({
      sent: loopback.gateway.sent.list(op, guild === undefined ? undefined : guildOf(loopback, guild).id),
      timeOrigin: performance.timeOrigin,
    }),
  ),
  route(
    'GET',
    '/requests',
    'The newest REST requests, those whose `METHOD /route` contains `route` when it is given.',
    { route: z.string().default('') },
    ({ loopback }, { input }) => ({
      requests: loopback.rest.requests.filter(({ method, route }) => `${method} ${route}`.includes(input.route)),
      timeOrigin: performance.timeOrigin,
    }),
  ),
  route('GET', '/voice', 'Voice sessions, and what happened at the voice gateway.', {}, ({ loopback: { voice } }) => ({
    sessions: voice.sessions(),
    history: voice.history,
    timeOrigin: performance.timeOrigin,
  })),
  route(
    'GET',
    '/problems',
    'What the double was asked that it does not have, what it did wrong, and what clients did that Discord forbids.',
    {},
    ({ loopback }) => ({
      problems: loopback.problems(),
    }),
  ),
];

const guildView = (guild: WorldGuild): object => ({
  id: guild.id,
  name: guild.name,
  available: guild.available,
  channels: [...guild.channels.values()].map(({ id, name, type }) => ({ id, name, type })),
  voice: [...guild.voiceStates.values()],
});
