import type { WorldApplication } from '../world.ts';
import { ApiError } from './errors.ts';
import { LIMITS } from './rate-limit.ts';
import { ok, openRoute, route, type AnyRoute } from './route.ts';

const applicationPayload = ({ id, bot }: WorldApplication) => ({
  id,
  name: bot.username,
  icon: null,
  description: '',
  bot_public: true,
  bot_require_code_grant: false,
  summary: '',
  verify_key: '0'.repeat(64),
  team: null,
  flags: 0,
  bot,
  approximate_guild_count: 0,
  event_webhooks_status: 1,
});

/** What an application asks about itself and about the way in. */
export const SELF_ROUTES: readonly AnyRoute[] = [
  openRoute({
    method: 'GET',
    path: '/gateway',
    limit: null,
    handle: ({ gateway }) => ok({ url: gateway.url }),
  }),
  route({
    method: 'GET',
    path: '/gateway/bot',
    limit: LIMITS.gateway,
    handle: ({ gateway }, { id }) => ok({ url: gateway.url, shards: 1, session_start_limit: gateway.starts.limit(id) }),
  }),
  route({
    method: 'GET',
    path: '/users/@me',
    limit: LIMITS.self,
    handle: (_, { bot }) => ok({ ...bot, verified: true, mfa_enabled: false, email: null, flags: 0, locale: 'en-US' }),
  }),
  route({
    method: 'GET',
    path: '/users/@me/guilds',
    limit: LIMITS.self,
    handle: ({ world }, { id }) =>
      ok(
        [...world.guilds.values()]
          .filter(({ members }) => members.has(id))
          .map((guild) => ({
            id: guild.id,
            name: guild.name,
            icon: null,
            banner: null,
            owner: guild.ownerId === id,
            features: [],
          })),
      ),
  }),
  route({
    method: 'GET',
    path: '/users/:user',
    limit: LIMITS.self,
    handle: ({ world, parameters }) => {
      const user = world.users.get(parameters.user);
      if (user === undefined) throw new ApiError('unknownUser');
      return ok(user);
    },
  }),
  ...(['/applications/@me', '/oauth2/applications/@me'] as const).map((path) =>
    route({ method: 'GET', path, limit: LIMITS.self, handle: (_, me) => ok(applicationPayload(me)) }),
  ),
];
