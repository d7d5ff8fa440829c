import { AllowedMentionsTypes, ComponentType, type APIUser } from 'discord-api-types/v10';
import { has, permissionsIn } from '../permissions.ts';
import type { World, WorldChannel } from '../world.ts';
import { flatten } from './validate/components.ts';
import type { MessageBody } from './validate/message.ts';

/** Whom a message mentions and so notifies. */
export interface Mentions {
  readonly users: readonly APIUser[];
  readonly roles: readonly string[];
  readonly everyone: boolean;
  /** User ids, role ids, `everyone`, `here`. */
  readonly pinged: readonly string[];
}

/** What stands in code is not a mention. */
const CODE = /(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g;

/**
 * The mentions in content and text components (those in embeds notify nobody), as far as `allowed_mentions` lets them through.
 * Roles, @everyone and @here need the author's permission: no role of this world is mentionable by all.
 */
export function mentionsOf(
  world: World,
  channel: WorldChannel,
  authorId: string,
  body: Pick<MessageBody, 'content' | 'components' | 'allowed_mentions'>,
  repliesTo: APIUser | null = null,
): Mentions {
  const guild = world.guild(channel.guildId);
  const words = written(body);
  const allowed = body.allowed_mentions ?? null;
  const parses = (kind: AllowedMentionsTypes): boolean => allowed === null || (allowed.parse ?? []).includes(kind);
  const mayAll = has(permissionsIn(guild, channel, authorId), 'MentionEveryone');

  const userIds = found(words, /<@!?(\d+)>/g).filter(
    (id) => parses(AllowedMentionsTypes.User) || (allowed?.users ?? []).includes(id),
  );
  if (repliesTo !== null && (allowed === null || allowed.replied_user === true)) userIds.push(repliesTo.id);
  const users = [...new Set(userIds)].flatMap((id) => world.users.get(id) ?? []);
  const roles = found(words, /<@&(\d+)>/g).filter(
    (id) => mayAll && guild.roles.has(id) && (parses(AllowedMentionsTypes.Role) || (allowed?.roles ?? []).includes(id)),
  );
  const crowd = mayAll && parses(AllowedMentionsTypes.Everyone) ? found(words, /@(everyone|here)/g) : [];
  const notified = users
    .map(({ id }) => id)
    .filter((id) => id !== authorId && has(permissionsIn(guild, channel, id), 'ViewChannel'));
  return { users, roles, everyone: crowd.length > 0, pinged: [...notified, ...roles, ...crowd] };
}

function written({ content, components }: Pick<MessageBody, 'content' | 'components'>): string {
  const texts = flatten(components ?? []).map(({ component }) =>
    'type' in component && component.type === ComponentType.TextDisplay && 'content' in component
      ? String(component.content)
      : '',
  );
  return [content ?? '', ...texts].join('\n').replaceAll(CODE, ' ');
}

const found = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, id = '']) => id)),
];
