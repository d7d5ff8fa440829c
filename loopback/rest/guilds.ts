import { ChannelType } from 'discord-api-types/v10';
import { z } from 'zod';
import { channelPayload, guildPayload, memberPayload, rolePayload, voiceStatePayload } from '../gateway/payloads.ts';
import type { World, WorldApplication, WorldVoiceState } from '../world.ts';
import { channelFor, guildFor } from './access.ts';
import { ApiError } from './errors.ts';
import { LIMITS } from './rate-limit.ts';
import { NOTHING, ok, route, type AnyRoute } from './route.ts';
import { maybe, parse, snowflake } from './validate/form.ts';

const GUILD = '/guilds/:guild';
const stageState = z.object({
  channel_id: maybe(snowflake),
  suppress: maybe(z.boolean()),
  request_to_speak_timestamp: maybe(z.string()),
});

/** Guilds, their members and their voice states. */
export const GUILD_ROUTES: readonly AnyRoute[] = [
  route({
    method: 'GET',
    path: GUILD,
    limit: LIMITS.guild,
    handle: ({ world, parameters }, me) => {
      const guild = guildFor(world, me, parameters.guild);
      const {
        channels: _channels,
        members: _members,
        voice_states: _voiceStates,
        threads: _threads,
        presences: _presences,
        ...rest
      } = guildPayload(world, guild, { userId: me.bot.id, seesPresences: false, largeThreshold: 50 });
      return ok(rest);
    },
  }),
  route({
    method: 'GET',
    path: `${GUILD}/channels`,
    limit: LIMITS.guild,
    handle: ({ world, parameters }, me) =>
      ok([...guildFor(world, me, parameters.guild).channels.values()].map(channelPayload)),
  }),
  route({
    method: 'GET',
    path: `${GUILD}/roles`,
    limit: LIMITS.guild,
    handle: ({ world, parameters }, me) =>
      ok([...guildFor(world, me, parameters.guild).roles.values()].map(rolePayload)),
  }),
  route({
    method: 'GET',
    path: `${GUILD}/members/:user`,
    limit: LIMITS.guild,
    handle: ({ world, parameters }, me) => {
      const guild = guildFor(world, me, parameters.guild);
      const member = guild.members.get(parameters.user);
      if (member === undefined) throw new ApiError('unknownMember');
      return ok(memberPayload(world, guild, member));
    },
  }),
  route({
    method: 'GET',
    path: `${GUILD}/voice-states/:user`,
    limit: LIMITS.guild,
    handle: ({ world, parameters }, me) => {
      const userId = parameters.user === '@me' ? me.bot.id : parameters.user;
      const state = voiceState(world, me, parameters.guild, userId);
      return ok(voiceStatePayload(world, world.guild(parameters.guild), userId, state, null));
    },
  }),
  route({
    method: 'PATCH',
    path: `${GUILD}/voice-states/@me`,
    limit: LIMITS.guild,
    handle: ({ world, parameters, body }, me) => {
      const state = voiceState(world, me, parameters.guild, me.bot.id);
      const { channel_id, suppress } = parse(stageState, body);
      const stage = world.guild(parameters.guild).channels.get(state.channelId);
      if (stage?.type !== ChannelType.GuildStageVoice || (channel_id && channel_id !== stage.id)) {
        throw new ApiError('wrongChannelType');
      }
      // Anyone may step back into the audience; stepping up without being asked takes the moderators' permission.
      if (suppress === false) channelFor(world, me, stage.id, 'MuteMembers');
      if (typeof suppress === 'boolean') world.setVoiceState(parameters.guild, me.bot.id, { suppress });
      return NOTHING;
    },
  }),
];

function voiceState(world: World, me: WorldApplication, guildId: string, userId: string): WorldVoiceState {
  const state = guildFor(world, me, guildId).voiceStates.get(userId);
  if (state === undefined) throw new ApiError('unknownVoiceState');
  return state;
}
