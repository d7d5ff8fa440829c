import { ChannelType, PermissionFlagsBits } from 'discord-api-types/v10';
import { z } from 'zod';
import { lasting, moment, type FaultTargets } from '../fault-row.ts';
import type { WorldChannel } from '../world.ts';
import { channelId, guildId, hit } from './parameters.ts';

/** What the bot's voice channel does to it: limits, permissions, stages. */
export const CHANNEL_FAULTS = {
  'full-channel': lasting(
    "The user limit of the bot's voice channel is lowered to those who are in it besides the bot: it stays, and cannot come again.",
    z.strictObject({ guildId }),
    (targets, { guildId }) => {
      const { world, botId } = targets;
      const { id, userLimit } = channelOf(targets, guildId);
      const others = world.voiceMembers(guildId, id, ({ userId }) => userId !== botId).length;
      if (others === 0) throw new Error('a channel in which nobody else is cannot be full');
      world.changeChannel(id, { userLimit: others });
      return () => {
        if (world.channel(id)) world.changeChannel(id, { userLimit });
      };
    },
  ),
  'deny-permission': lasting(
    'An overwrite of the channel denies the bot a `permission`: it is not put out of voice, but cannot come again, or speak.',
    z.strictObject({ channelId, permission: z.enum(['ViewChannel', 'Connect', 'Speak', 'SendMessages']) }),
    ({ world, botId }, { channelId, permission }) => {
      const before = world.channel(channelId)?.overwrites.find(({ id }) => id === botId);
      const deny = PermissionFlagsBits[permission];
      world.setOverwrite(channelId, {
        id: botId,
        type: 'member',
        allow: (before?.allow ?? 0n) & ~deny,
        deny: (before?.deny ?? 0n) | deny,
      });
      return () => {
        const others = world.channel(channelId)?.overwrites.filter(({ id }) => id !== botId);
        if (others) world.changeChannel(channelId, { overwrites: before ? [...others, before] : others });
      };
    },
  ),
  'move-to-stage': lasting(
    'Someone drags the bot into a new stage channel, `Stage`, where it is in the audience; when lifted it is dragged back, and the stage is deleted.',
    z.strictObject({ guildId }),
    (targets, { guildId }) => {
      const { world, botId } = targets;
      const home = channelOf(targets, guildId).id;
      const stage = world.addChannel(guildId, 'Stage', ChannelType.GuildStageVoice).id;
      world.moveMember(guildId, botId, stage);
      return () => {
        const isThere = world.guilds.get(guildId)?.voiceStates.get(botId)?.channelId === stage;
        if (isThere && world.channel(home)) world.moveMember(guildId, botId, home);
        if (world.channel(stage)) world.deleteChannel(stage);
      };
    },
  ),
  'stage-audience': moment(
    'A moderator of the stage makes the bot part of the audience.',
    z.strictObject({ guildId }),
    (targets, { guildId }) => suppress(targets, guildId, true),
  ),
  'stage-speaker': moment(
    'A moderator of the stage makes the bot a speaker.',
    z.strictObject({ guildId }),
    (targets, { guildId }) => suppress(targets, guildId, false),
  ),
} as const;

function channelOf({ world, botId }: FaultTargets, guildId: string): WorldChannel {
  const channel = world.channel(world.guild(guildId).voiceStates.get(botId)?.channelId ?? '');
  if (!channel) throw new Error('the bot is in no voice channel of this guild');
  return channel;
}

function suppress(targets: FaultTargets, guildId: string, suppress: boolean): void {
  const { world, botId } = targets;
  if (channelOf(targets, guildId).type !== ChannelType.GuildStageVoice) throw new Error('the bot is on no stage');
  hit(world.guild(guildId).voiceStates.get(botId)?.suppress === !suppress);
  world.setVoiceState(guildId, botId, { suppress });
}
