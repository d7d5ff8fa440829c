import {
  GatewayDispatchEvents,
  GatewayIntentBits,
  type GatewayGuildMembersChunkDispatchData,
} from 'discord-api-types/v10';
import { z } from 'zod';
import type { World, WorldGuild } from '../world.ts';
import { includes } from './intents.ts';
import { memberPayload } from './payloads.ts';
import type { GatewaySession } from './session.ts';

/** Discord sends at most so many members in one chunk, and finds at most 100 by name. */
const CHUNK = 1_000;
const MAX_QUERY = 100;

const MemberRequest = z.object({
  guild_id: z.string(),
  query: z.string().optional(),
  limit: z.number().int().min(0).default(0),
  presences: z.boolean().default(false),
  user_ids: z.union([z.string(), z.array(z.string()).max(100)]).optional(),
  nonce: z.string().max(32).optional(),
});

type Found = { readonly userIds: readonly string[]; readonly unknown: readonly string[] };

/**
 * Op 8: answers with GUILD_MEMBERS_CHUNK events. The whole list takes the GuildMembers intent; without it Discord stays silent.
 * https://discord.com/developers/docs/events/gateway-events#request-guild-members
 */
export function sendMembers(world: World, session: GatewaySession, d: unknown): void {
  const request = MemberRequest.parse(d);
  const guild = world.guilds.get(request.guild_id);
  if (!guild?.available || !session.guilds.has(guild.id)) return;
  const found = find(world, guild, session, request);
  if (found === null) return;
  const chunks = Math.max(1, Math.ceil(found.userIds.length / CHUNK));
  for (let index = 0; index < chunks; index++) {
    const part = found.userIds.slice(index * CHUNK, (index + 1) * CHUNK);
    const chunk: GatewayGuildMembersChunkDispatchData = {
      guild_id: guild.id,
      members: part.flatMap((userId) => {
        const member = guild.members.get(userId);
        return member ? [memberPayload(world, guild, member)] : [];
      }),
      chunk_index: index,
      chunk_count: chunks,
      not_found: [...found.unknown],
      ...(request.presences && { presences: [] }),
      ...(request.nonce !== undefined && { nonce: request.nonce }),
    };
    session.dispatch(GatewayDispatchEvents.GuildMembersChunk, chunk);
  }
}

function find(
  world: World,
  guild: WorldGuild,
  session: GatewaySession,
  { query, limit, user_ids: ids }: z.infer<typeof MemberRequest>,
): Found | null {
  if (ids !== undefined) {
    const asked = [ids].flat();
    return {
      userIds: asked.filter((id) => guild.members.has(id)),
      unknown: asked.filter((id) => !guild.members.has(id)),
    };
  }
  if (query === undefined) return null;
  const whole = query === '' && limit === 0;
  if (whole && !includes(session.intents, GatewayIntentBits.GuildMembers)) return null;
  const prefix = query.toLowerCase();
  const matching = [...guild.members.keys()].filter((id) =>
    world.users.get(id)?.username.toLowerCase().startsWith(prefix),
  );
  return { userIds: whole ? matching : matching.slice(0, Math.min(limit, MAX_QUERY)), unknown: [] };
}
