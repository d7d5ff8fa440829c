import { ApplicationFlags, GatewayDispatchEvents, GatewayIntentBits, type APIMessage } from 'discord-api-types/v10';

const KNOWN = Object.values(GatewayIntentBits).reduce<number>(
  (all, bit) => (typeof bit === 'number' ? all | bit : all),
  0,
);

/** The intents that Discord gives only to applications which were allowed them. */
const PRIVILEGED = {
  [GatewayIntentBits.GuildPresences]: ApplicationFlags.GatewayPresenceLimited,
  [GatewayIntentBits.GuildMembers]: ApplicationFlags.GatewayGuildMembersLimited,
  [GatewayIntentBits.MessageContent]: ApplicationFlags.GatewayMessageContentLimited,
} as const;

/** The intent without which a session is not told an event; events that are not listed are told to every session. */
const NEEDED: Readonly<Partial<Record<GatewayDispatchEvents, GatewayIntentBits>>> = {
  [GatewayDispatchEvents.GuildCreate]: GatewayIntentBits.Guilds,
  [GatewayDispatchEvents.GuildDelete]: GatewayIntentBits.Guilds,
  [GatewayDispatchEvents.GuildRoleCreate]: GatewayIntentBits.Guilds,
  [GatewayDispatchEvents.GuildRoleUpdate]: GatewayIntentBits.Guilds,
  [GatewayDispatchEvents.ChannelCreate]: GatewayIntentBits.Guilds,
  [GatewayDispatchEvents.ChannelUpdate]: GatewayIntentBits.Guilds,
  [GatewayDispatchEvents.ChannelDelete]: GatewayIntentBits.Guilds,
  [GatewayDispatchEvents.GuildMemberAdd]: GatewayIntentBits.GuildMembers,
  [GatewayDispatchEvents.GuildMemberRemove]: GatewayIntentBits.GuildMembers,
  [GatewayDispatchEvents.VoiceStateUpdate]: GatewayIntentBits.GuildVoiceStates,
  [GatewayDispatchEvents.MessageCreate]: GatewayIntentBits.GuildMessages,
  [GatewayDispatchEvents.MessageUpdate]: GatewayIntentBits.GuildMessages,
  [GatewayDispatchEvents.MessageDelete]: GatewayIntentBits.GuildMessages,
};

/** Whether a set of intents holds one of them. */
export const includes = (intents: number, intent: GatewayIntentBits): boolean => (intents & intent) !== 0;

/** Whether a session with these intents is told the event. */
export function mayKnow(intents: number, event: GatewayDispatchEvents): boolean {
  const needed = NEEDED[event];
  return needed === undefined || includes(intents, needed);
}

/** What is wrong with the intents of an identify: Discord closes with 4013 or 4014. */
export function judgeIntents(intents: unknown, allowed: number): 'fine' | 'invalid' | 'disallowed' {
  if (typeof intents !== 'number' || !Number.isSafeInteger(intents) || intents < 0 || intents > KNOWN) return 'invalid';
  if ((intents & ~KNOWN) !== 0) return 'invalid';
  const wanted = Object.keys(PRIVILEGED)
    .map(Number)
    .reduce((all, bit) => all | (intents & bit), 0);
  return (wanted & ~allowed) === 0 ? 'fine' : 'disallowed';
}

/** The application's public flags that say which privileged intents it was allowed. */
export function applicationFlags(allowed: number): number {
  return Object.entries(PRIVILEGED).reduce(
    (flags, [bit, flag]) => ((Number(bit) & allowed) !== 0 ? flags | flag : flags),
    0,
  );
}

/**
 * The message as a session may read it: without the MessageContent intent its words are empty, unless the bot wrote it or
 * is mentioned in it. https://discord.com/developers/docs/events/gateway#message-content-intent
 */
export function readable(message: APIMessage, intents: number, botId: string): APIMessage {
  const open =
    includes(intents, GatewayIntentBits.MessageContent) ||
    message.author.id === botId ||
    message.mentions.some(({ id }) => id === botId);
  if (open) return message;
  const { poll: _poll, ...rest } = message;
  return { ...rest, content: '', embeds: [], attachments: [], components: [] };
}
