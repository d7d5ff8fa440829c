import { TenutoError } from '../../lib/errors.ts';
import type { Selection } from '../../player/players.ts';
import type { CommandContext, CommandServices } from '../command.ts';

/** Everybody may take out what they asked for themselves; of others', where the guild has DJs, those. Throws NOT_YOURS. */
export function needMayRemove(
  which: Selection,
  { guildId, userId, isDj }: CommandContext,
  { players, settings }: Pick<CommandServices, 'players' | 'settings'>,
): void {
  if (isDj || settings.of(guildId).djRole === null) return;
  if (!isOwn(which)) throw new TenutoError('NOT_YOURS');

  function isOwn(selection: Selection): boolean {
    switch (selection.by) {
      case 'user':
        return selection.userId === userId;
      case 'duplicate':
        return false;
      case 'place': {
        const { upcoming } = players.playback(guildId).queue;
        return upcoming.slice(selection.from - 1, selection.to).every(({ requestedBy }) => requestedBy === userId);
      }
    }
  }
}
