import { z } from 'zod';
import { lasting, moment } from '../fault-row.ts';
import { channelId, guildId } from './parameters.ts';

/** What people and outages do to guilds and channels. */
export const WORLD_FAULTS = {
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
    z.strictObject({ channelId }),
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
