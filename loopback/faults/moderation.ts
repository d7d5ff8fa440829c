import { z } from 'zod';
import { lasting, moment } from '../fault-row.ts';
import { channelId, guildId } from './parameters.ts';
import { disconnect, dragToAndFro, flag, move, recovering, telling } from './moderators.ts';

const at = z.enum(['close', 'join', 'identify']).default('close');

/** What moderators do to the bot in voice, and how Discord may fail to tell of it. */
export const MODERATION_FAULTS = {
  kick: moment(
    'Someone disconnects the bot from voice: a voice state without channel, and close code 4014.',
    z.strictObject({ guildId }),
    (targets, { guildId }) => disconnect(targets, guildId),
  ),
  'kick-terminated': moment(
    'The same, but with close code 4022, as seen when the bot was alone (discord-api-docs, 7575).',
    z.strictObject({ guildId }),
    (targets, { guildId }) => telling(targets, { close: 4022 }, () => disconnect(targets, guildId)),
  ),
  'kick-without-close': moment(
    'Someone disconnects the bot: a voice state without channel, and a voice websocket that stays open.',
    z.strictObject({ guildId }),
    (targets, { guildId }) => telling(targets, { close: null }, () => disconnect(targets, guildId)),
  ),
  'kick-without-state': moment(
    'Someone disconnects the bot: close code 4014, and no voice state.',
    z.strictObject({ guildId }),
    (targets, { guildId }) => telling(targets, { state: false }, () => disconnect(targets, guildId)),
  ),
  'kick-while-recovering': lasting(
    'Closes the voice websocket with 4006, and someone disconnects the bot: `at` once (close), when it has asked for the channel (join) or when it has identified (identify).',
    z.strictObject({ guildId, at }),
    (targets, { guildId, at }) => recovering(targets, guildId, at, () => disconnect(targets, guildId)),
  ),
  move: moment(
    'Someone drags the bot into another voice channel: state, close code 4014, and a new voice server.',
    z.strictObject({ guildId, channelId }),
    (targets, { guildId, channelId }) => move(targets, guildId, channelId),
  ),
  'move-without-server': moment(
    'Someone drags the bot into another voice channel: the state says so, and nothing follows.',
    z.strictObject({ guildId, channelId }),
    (targets, { guildId, channelId }) =>
      telling(targets, { server: false, close: null }, () => move(targets, guildId, channelId)),
  ),
  'move-without-state': moment(
    'Someone drags the bot into another voice channel: close code 4014 and a new voice server, and no voice state.',
    z.strictObject({ guildId, channelId }),
    (targets, { guildId, channelId }) => telling(targets, { state: false }, () => move(targets, guildId, channelId)),
  ),
  'move-while-recovering': lasting(
    'Closes the voice websocket with 4006, and someone drags the bot: `at` once (close), when it has asked for the channel (join) or when it has identified (identify).',
    z.strictObject({ guildId, channelId, at }),
    (targets, { guildId, channelId, at }) => recovering(targets, guildId, at, () => move(targets, guildId, channelId)),
  ),
  'drag-to-and-fro': lasting(
    'Someone drags the bot into another voice channel and back, `times` moves in all, one each `everyMs` milliseconds.',
    z.strictObject({
      guildId,
      channelId,
      times: z.number().int().min(2).max(20).default(4),
      everyMs: z.number().int().min(20).max(5_000).default(150),
    }),
    dragToAndFro,
  ),
  'server-mute': lasting(
    'Someone mutes the bot for everybody in the guild.',
    z.strictObject({ guildId }),
    (targets, { guildId }) => flag(targets, guildId, 'serverMute'),
  ),
  'server-deafen': lasting(
    'Someone deafens the bot for everybody in the guild.',
    z.strictObject({ guildId }),
    (targets, { guildId }) => flag(targets, guildId, 'serverDeaf'),
  ),
  'toggle-self-deafen': lasting(
    'The voice state of the bot says the opposite of its `self_deaf`, without it having asked.',
    z.strictObject({ guildId }),
    (targets, { guildId }) => flag(targets, guildId, 'selfDeaf'),
  ),
} as const;
