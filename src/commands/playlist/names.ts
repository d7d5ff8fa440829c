import { plainText } from '../../lib/format.ts';
import type { Choice, CommandServices, TypingContext } from '../command.ts';
import { count } from '../words/track.ts';

const NAME_LENGTH = 100;
/** These change nothing, so they are for playlists of others too. */
const FOR_ALL = new Set<string | null>(['load', 'show', 'export']);

/** Playlists whose names contain what is typed: the person's own, then those that are shared with them. */
export function nameChoices(
  typing: TypingContext,
  { playlists }: Pick<CommandServices, 'playlists'>,
): readonly Choice[] {
  const typed = typing.text.trim().toLowerCase();
  return playlists
    .visible(typing)
    .filter(({ ownerId }) => ownerId === typing.userId || FOR_ALL.has(typing.subcommand))
    .filter(({ name }) => name.toLowerCase().includes(typed))
    .map(({ name, size, ownerId, reference }) => {
      const end = ` (${count(size)}${ownerId === typing.userId ? '' : ', shared'})`;
      return { name: plainText(name, NAME_LENGTH - end.length) + end, value: reference };
    });
}
