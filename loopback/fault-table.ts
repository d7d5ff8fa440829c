import { z } from 'zod';
import { lasting, moment, type Lift } from './fault-row.ts';
import type { Decision } from './rest/api.ts';
import { tooManyRequests } from './rest/rate-limit.ts';
import type { Interferer, Rest } from './rest/server.ts';

const none = z.strictObject({});
const guildId = z.string();
/** The codes that may stand in a close frame: RFC 6455, 7.4. */
const code = z
  .number()
  .int()
  .refine(
    (code) => (code >= 3000 && code <= 4999) || (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)),
    {
      error: 'not a code that a close frame can carry; cut-voice and drop-gateway make a 1006',
    },
  );
const ms = z.number().int().min(0).max(600_000);
const times = z.number().int().min(1);
/** Part of `METHOD /route/:name` as the log of requests shows it; left out, every request is meant. */
const route = z.string().optional();

/** Everything that can be made to go wrong, by name. A new fault is a new row. */
export const FAULTS = {
  'close-voice': moment(
    "Closes the bot's voice websocket with `code`; below 4000 and 4015 leave the session resumable.",
    z.strictObject({ guildId, code }),
    ({ voice, botId }, { guildId, code }) => hit(voice.faults.closeVoice(guildId, botId, code)),
  ),
  'cut-voice': moment(
    "Cuts the bot's voice websocket without a close frame, so that the client sees 1006.",
    z.strictObject({ guildId }),
    ({ voice, botId }, { guildId }) => hit(voice.faults.cutVoice(guildId, botId)),
  ),
  'refuse-voice': lasting(
    'Closes voice identifies with `code`, `times` times or until lifted; with `resumes` also resumes.',
    z.strictObject({ code, times: times.optional(), resumes: z.boolean().optional() }),
    ({ voice }, { code, times, resumes }) =>
      voice.faults.refuseIdentify({
        code,
        ...(times !== undefined && { times }),
        ...(resumes !== undefined && { resumes }),
      }),
  ),
  'silence-voice': lasting(
    "Leaves one of the voice server's answers out: `what` is hello, ready, discovery, description, heartbeat-ack or resumed.",
    z.strictObject({ what: z.enum(['hello', 'ready', 'discovery', 'description', 'heartbeat-ack', 'resumed']) }),
    ({ voice }, { what }) => voice.faults.silence(what),
  ),
  'drop-udp': lasting(
    'Loses every voice datagram: `direction` in (from clients), out, or both.',
    z.strictObject({ direction: z.enum(['in', 'out', 'both']).default('both') }),
    ({ voice }, { direction }) => voice.faults.dropUdp(direction),
  ),
  'garble-voice': moment(
    'Sends bytes (`base64`) to the bot as they are: `as` a udp datagram, a binary or a text frame of its voice websocket.',
    z.strictObject({ guildId, as: z.enum(['udp', 'binary', 'text']), base64: z.base64() }),
    ({ voice: { faults }, botId }, { guildId, as, base64 }) => {
      const bytes = Buffer.from(base64, 'base64');
      if (as === 'udp') hit(faults.sendRaw(guildId, botId, bytes));
      else if (as === 'binary') hit(faults.sendBinary(guildId, botId, bytes));
      else hit(faults.sendText(guildId, botId, bytes.toString()));
    },
  ),
  kick: moment(
    'Someone disconnects the bot from voice: a voice state without channel, and close code 4014.',
    z.strictObject({ guildId }),
    ({ world, botId }, { guildId }) => {
      hit(world.guild(guildId).voiceStates.has(botId));
      world.setVoiceState(guildId, botId, null);
    },
  ),
  move: moment(
    'Someone drags the bot into another voice channel: state, close code 4014, and a new voice server.',
    z.strictObject({ guildId, channelId: z.string() }),
    ({ world, botId }, { guildId, channelId }) => world.moveMember(guildId, botId, channelId),
  ),
  'server-mute': lasting(
    'Someone mutes the bot for everybody in the guild.',
    z.strictObject({ guildId }),
    ({ world, botId }, { guildId }) => {
      hit(world.guild(guildId).voiceStates.get(botId)?.serverMute === false);
      world.setVoiceState(guildId, botId, { serverMute: true });
      return () => {
        const inVoice = world.guilds.get(guildId)?.voiceStates.has(botId);
        if (inVoice) world.setVoiceState(guildId, botId, { serverMute: false });
      };
    },
  ),
  'change-voice-server': moment(
    "Replaces the guild's voice server, as when the region changes: close code 4022, and VOICE_SERVER_UPDATE with a new token.",
    z.strictObject({ guildId }),
    ({ gateway, botId }, { guildId }) => gateway.door.changeServer(guildId, botId),
  ),
  'voice-server-away': lasting(
    'VOICE_SERVER_UPDATE says `endpoint: null`; when lifted, the old server closes with 4022 and another is named.',
    z.strictObject({ guildId }),
    ({ gateway: { door }, botId }, { guildId }) => door.loseServer(guildId, botId),
  ),
  'silent-voice-join': lasting(
    'Op 4 that joins or moves is never answered; leaving still works.',
    none,
    ({ gateway: { door } }) => door.rules.answer.lay('never'),
  ),
  'server-before-state': lasting(
    'VOICE_SERVER_UPDATE comes before VOICE_STATE_UPDATE.',
    none,
    ({ gateway: { door } }) => door.rules.answer.lay('server-first'),
  ),
  'slow-voice-join': lasting(
    'Op 4 is looked at only after `ms` milliseconds.',
    z.strictObject({ ms }),
    ({ gateway: { door } }, { ms }) => door.rules.delayMs.lay(ms),
  ),
  'drop-gateway': moment('Cuts every main gateway connection; sessions stay resumable.', none, ({ gateway }) =>
    gateway.drop(),
  ),
  'close-gateway': moment(
    'Closes every main gateway connection with `code`.',
    z.strictObject({ code }),
    ({ gateway }, { code }) => gateway.drop(code),
  ),
  'gateway-down': lasting('Cuts every main gateway connection and every new one.', none, ({ gateway }) => {
    const lift = gateway.down.lay(true);
    gateway.drop();
    return lift;
  }),
  'silent-gateway': lasting(
    'Heartbeats of the main gateway are not acknowledged, so that clients take the connection for dead.',
    none,
    ({ gateway }) => gateway.silent.lay(true),
  ),
  'gateway-reconnect': moment('Sends op 7: clients should reconnect and resume.', none, ({ gateway }) =>
    gateway.askToReconnect(),
  ),
  'invalid-session': moment(
    'Sends op 9; when not `resumable` the session is over and the bot is out of voice (4014).',
    z.strictObject({ resumable: z.boolean() }),
    ({ gateway }, { resumable }) => gateway.invalidate(resumable),
  ),
  'guild-unavailable': lasting(
    'An outage of one guild: GUILD_DELETE with `unavailable`; when lifted, GUILD_CREATE.',
    z.strictObject({ guildId }),
    ({ world }, { guildId }) => {
      if (!world.guild(guildId).available) throw new Error('the guild is unavailable already');
      world.setGuildAvailable(guildId, false);
      return () => {
        if (world.guilds.has(guildId)) world.setGuildAvailable(guildId, true);
      };
    },
  ),
  'delete-channel': moment(
    'Someone deletes a channel with its messages; whoever was in it is out of voice (4022).',
    z.strictObject({ channelId: z.string() }),
    ({ world }, { channelId }) => world.deleteChannel(channelId),
  ),
  'remove-bot': moment(
    'Someone removes the bot from the guild: GUILD_DELETE, and out of voice (4014).',
    z.strictObject({ guildId }),
    ({ world, botId }, { guildId }) => world.removeMember(guildId, botId),
  ),
  'remove-guild': moment(
    'The guild is deleted: GUILD_DELETE, and every voice session in it is closed with 4022.',
    z.strictObject({ guildId }),
    ({ world }, { guildId }) => world.removeGuild(guildId),
  ),
  'slow-rest': lasting(
    'REST answers `ms` milliseconds later.',
    z.strictObject({ ms, route }),
    ({ rest }, { ms, route }) => interfering(rest, route, { delayMs: ms }),
  ),
  'fail-rest': lasting(
    'REST answers with `status`, `times` times or until lifted; with 429 it asks for `retryAfterS` seconds, and `scope` (user, shared or global) says whose limit was met.',
    z.strictObject({
      status: z.number().int().min(400).max(599),
      times: times.optional(),
      route,
      retryAfterS: z.number().min(0).default(1),
      scope: z.enum(['user', 'shared', 'global']).default('user'),
    }),
    ({ rest }, { status, times, route, retryAfterS, scope }) => {
      const answer = status === 429 ? tooManyRequests(retryAfterS * 1_000, scope) : failure(status);
      return interfering(rest, route, { answer }, times);
    },
  ),
  'cut-rest': lasting(
    'REST connections are cut instead of answered, `times` times or until lifted.',
    z.strictObject({ times: times.optional(), route }),
    ({ rest }, { times, route }) => interfering(rest, route, { cut: true }, times),
  ),
} as const;

/** A fault that met nothing is a mistake of whoever threw it. */
function hit(met: boolean): void {
  if (!met) throw new Error('the bot has no voice connection in this guild that this could change');
}

function interfering(
  rest: Rest,
  route: string | undefined,
  interference: NonNullable<ReturnType<Interferer>>,
  times = Infinity,
): Lift {
  let left = times;
  return rest.interfere((request) => {
    if (route !== undefined && !`${request.method} ${request.route}`.includes(route)) return null;
    return left-- > 0 ? interference : null;
  });
}

const failure = (status: number): Decision => ({
  headers: {},
  answer: { status, body: { message: `${status}: thrown by a fault`, code: 0 } },
});
