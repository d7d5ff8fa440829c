import {
  Client,
  Events,
  GatewayCloseCodes,
  GatewayIntentBits,
  Options,
  RESTEvents,
  type RateLimitData,
} from 'discord.js';
import type { Logger } from 'pino';
import { ConfigError, type Config } from '../config.ts';
import { within } from '../lib/time.ts';
import { guardDispatches } from './dispatch-guard.ts';
import { watchResumes } from './gateway-watch.ts';

/** A server that is down at start is waited for 15 s by discord.js itself; this leaves room for a slow login before that. */
const LOGIN_DEADLINE_MS = 60_000;

/**
 * Discord limits requests by token, and each interaction has its own (https://docs.discord.com/developers/topics/rate-limits).
 * discord.js would remember these limits for an hour, half a kilobyte a command. It forgets none that holds anything back.
 */
const FORGET_LIMITS_EVERY_MS = 60_000;

/** What the bot never looks up again needs no memory. Members and voice states stay: they are who listens. */
const KEPT: Readonly<Record<string, number>> = {
  ApplicationCommandManager: 0,
  GuildBanManager: 0,
  GuildEmojiManager: 0,
  GuildInviteManager: 0,
  GuildScheduledEventManager: 0,
  GuildStickerManager: 0,
  MessageManager: 0,
  PresenceManager: 0,
  ReactionManager: 0,
  ReactionUserManager: 0,
  ThreadMemberManager: 0,
};

/** An edit of the display that has to wait would show the past when it arrives: it is dropped instead of queued. */
const isDisplayEdit = ({ method, route }: RateLimitData) =>
  method === 'PATCH' && route === '/channels/:id/messages/:id';

/**
 * The client with the intents that slash commands, voice and a display among the talk need, none of them privileged: what
 * people write is not told, unless channels for requests are wanted. Nobody is ever pinged by it. Not logged in yet.
 */
export function createClient(
  config: Pick<Config, 'apiUrl'> & Partial<Pick<Config, 'requestChannels'>>,
  log: Logger,
): Client {
  const privileged = config.requestChannels === true ? [GatewayIntentBits.MessageContent] : [];
  const client = new Client({
    intents: [
      GatewayIntentBits.Guilds,
      GatewayIntentBits.GuildVoiceStates,
      GatewayIntentBits.GuildMessages,
      ...privileged,
    ],
    allowedMentions: { parse: [], repliedUser: false },
    makeCache: Options.cacheWithLimits(KEPT),
    rest: { api: config.apiUrl, rejectOnRateLimit: isDisplayEdit, handlerSweepInterval: FORGET_LIMITS_EVERY_MS },
  });
  guardDispatches(client, log);
  watchResumes(client, log);
  client.on(Events.Error, (error) => log.error({ error }, 'discord client failed'));
  client.on(Events.Warn, (warning) => log.warn({ warning }, 'discord client warns'));
  client.on(Events.ShardError, (error, shardId) => log.warn({ error, shardId }, 'gateway connection failed'));
  client.on(Events.ShardReconnecting, (shardId) => log.warn({ shardId }, 'gateway lost, connecting again'));
  client.on(Events.ShardResume, (shardId, replayed) => log.info({ shardId, replayed }, 'gateway resumed'));
  client.on(Events.ShardReady, (shardId) => log.info({ shardId }, 'gateway ready'));
  client.on(Events.ShardDisconnect, ({ code }, shardId) => log.error({ code, shardId }, 'gateway closed for good'));
  client.rest.on(RESTEvents.RateLimited, ({ method, route, timeToReset, global }) => {
    log.warn({ method, route, timeToReset, global }, 'rate limited');
  });
  client.rest.on(RESTEvents.InvalidRequestWarning, ({ count }) => log.warn({ count }, 'many refused requests'));
  return client;
}

/** Logs in and waits until the guilds are there. A token or an intent that Discord refuses is a ConfigError. */
export async function logIn(client: Client, token: string, deadlineMs = LOGIN_DEADLINE_MS): Promise<void> {
  const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
  const late = () => new Error(`Discord did not answer the login within ${deadlineMs / 1_000} s`);
  try {
    await within(deadlineMs, Promise.all([ready, client.login(token)]), late);
  } catch (error) {
    if (isRefusedIntent(error)) throw new ConfigError([INTENT_REFUSED]);
    if (!isRefusedToken(error)) throw error;
    throw new ConfigError([
      'DISCORD_TOKEN was refused by Discord. Open "Bot" in the developer portal, press "Reset Token" and copy it anew.',
    ]);
  }
}

const INTENT_REFUSED =
  'REQUEST_CHANNELS=true needs the "Message Content Intent", which Discord refused (4014). Open "Bot" in the developer portal and switch it on, or set REQUEST_CHANNELS=false.';

/** The gateway refuses (close code 4014) with this message of @discordjs/ws, of which discord.js makes another one in some versions. */
const isRefusedIntent = (error: unknown): boolean =>
  error instanceof Error && /disallowed intents/i.test(error.message);

/** The REST login refuses with a code, the gateway (close code 4004) only with this message. */
function isRefusedToken(error: unknown): boolean {
  return (
    error instanceof Error &&
    (('code' in error && error.code === 'TokenInvalid') || error.message === 'Authentication failed')
  );
}

/** Resolves when the gateway was closed with a code after which discord.js does not come back, e.g. a token that was reset. */
export function lossOf(client: Client): Promise<Error> {
  return new Promise((resolve) => {
    client.once(Events.ShardDisconnect, ({ code }) => {
      const why = code === (GatewayCloseCodes.DisallowedIntents as number) ? `: ${INTENT_REFUSED}` : '';
      resolve(new Error(`Discord closed the gateway for good (${code})${why}`));
    });
  });
}
