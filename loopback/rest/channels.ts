import { ChannelType } from 'discord-api-types/v10';
import { z } from 'zod';
import { channelPayload } from '../gateway/payloads.ts';
import { has, permissionsIn } from '../permissions.ts';
import { channelFor, chatFor, publicMessage } from './access.ts';
import { ApiError } from './errors.ts';
import { rewriteMessage, sentBefore, writeMessage } from './messages.ts';
import { LIMITS } from './rate-limit.ts';
import { NOTHING, ok, route, type AnyRoute } from './route.ts';
import { maybe, parse, text, whole } from './validate/form.ts';
import { parseMessage } from './validate/message.ts';

const CHANNEL = '/channels/:channel';
const MESSAGES = '/channels/:channel/messages';
const MESSAGE = '/channels/:channel/messages/:message';
const page = z.object({ limit: whole(1, 100) });
const voiceStatus = z.object({ status: maybe(text(0, 500)) });

/** Channels and the messages in them. */
export const CHANNEL_ROUTES: readonly AnyRoute[] = [
  route({
    method: 'GET',
    path: CHANNEL,
    limit: LIMITS.channel,
    handle: ({ world, parameters }, me) => ok(channelPayload(channelFor(world, me, parameters.channel), 0)),
  }),
  route({
    method: 'POST',
    path: `${CHANNEL}/typing`,
    limit: LIMITS.channel,
    handle: ({ world, parameters }, me) => {
      chatFor(world, me, parameters.channel, 'SendMessages');
      return NOTHING;
    },
  }),
  route({
    method: 'PUT',
    path: `${CHANNEL}/voice-status`,
    limit: LIMITS.voiceStatus,
    handle: ({ world, parameters, body }, me) => {
      const channel = channelFor(world, me, parameters.channel, 'SetVoiceChannelStatus');
      if (channel.type !== ChannelType.GuildVoice) throw new ApiError('wrongChannelType');
      // From outside of a channel it takes one more permission.
      const isIn = world.guild(channel.guildId).voiceStates.get(me.bot.id)?.channelId === channel.id;
      if (!isIn) channelFor(world, me, channel.id, 'ManageChannels');
      channel.status = parse(voiceStatus, body).status || null;
      return NOTHING;
    },
  }),
  route({
    method: 'GET',
    path: MESSAGES,
    limit: LIMITS.messageRead,
    handle: ({ world, parameters, query }, me) => {
      const channel = chatFor(world, me, parameters.channel);
      const readable = has(permissionsIn(world.guild(channel.guildId), channel, me.bot.id), 'ReadMessageHistory');
      const { limit } = parse(page, { limit: Number(query.get('limit') ?? 50) });
      const after = BigInt(digits(query.get('after')) ?? 0);
      const before = BigInt(digits(query.get('before')) ?? '18446744073709551615');
      const visible = [...((readable && world.messages.get(channel.id)?.values()) || [])]
        .filter(({ onlyFor, message }) => onlyFor === null && BigInt(message.id) > after && BigInt(message.id) < before)
        .map(({ message }) => message)
        .reverse();
      return ok(query.has('after') ? visible.slice(-limit) : visible.slice(0, limit));
    },
  }),
  route({
    method: 'POST',
    path: MESSAGES,
    limit: LIMITS.messageSend,
    handle: ({ world, parameters, body, files }, me) => {
      const message = parseMessage(body);
      const needed =
        message.tts === true ? (['SendMessages', 'SendTTSMessages'] as const) : (['SendMessages'] as const);
      const channel = chatFor(world, me, parameters.channel, ...needed);
      const sent = sentBefore(world, channel, me.bot.id, message);
      return ok(sent ?? writeMessage(world, { channel, author: me.bot, body: message, files }).message);
    },
  }),
  route({
    method: 'GET',
    path: MESSAGE,
    limit: LIMITS.messageRead,
    handle: ({ world, parameters }, me) => {
      const channel = chatFor(world, me, parameters.channel, 'ReadMessageHistory');
      return ok(publicMessage(world, channel, parameters.message).message);
    },
  }),
  route({
    method: 'PATCH',
    path: MESSAGE,
    limit: LIMITS.messageEdit,
    handle: ({ world, parameters, body, files }, me) => {
      const channel = chatFor(world, me, parameters.channel);
      const { message } = publicMessage(world, channel, parameters.message);
      if (message.author.id !== me.bot.id) throw new ApiError('notYourMessage');
      return ok(rewriteMessage(world, channel, message, parseMessage(body, [], message.flags), files).message);
    },
  }),
  route({
    method: 'DELETE',
    path: MESSAGE,
    limit: LIMITS.messageDelete,
    handle: ({ world, parameters }, me) => {
      const channel = chatFor(world, me, parameters.channel);
      const { message } = publicMessage(world, channel, parameters.message);
      if (message.author.id !== me.bot.id) chatFor(world, me, parameters.channel, 'ManageMessages');
      world.deleteMessage(channel.id, message.id);
      return NOTHING;
    },
  }),
];

const digits = (id: string | null): string | null => (id !== null && /^\d{1,20}$/.test(id) ? id : null);
