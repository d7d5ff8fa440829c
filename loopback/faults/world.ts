import { z } from 'zod';
import { lasting, moment } from '../fault-row.ts';
import { guildId, hit } from './parameters.ts';

/** What people and outages do to the bot and its guilds. */
export const WORLD_FAULTS = {
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
} as const;
