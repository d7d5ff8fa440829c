import { SlashCommandBuilder } from 'discord.js';
import { TenutoError } from '../lib/errors.ts';
import type { Selection } from '../player/players.ts';
import type { QueueEntry } from '../queue/queue.ts';
import type { Command, CommandContext } from './command.ts';
import { needMayRemove } from './fairness/remove.ts';
import { completePlace } from './words/choices.ts';
import { count, named } from './words/track.ts';

export const remove: Command = {
  data: new SlashCommandBuilder()
    .setName('remove')
    .setDescription('Take tracks out of the queue')
    .addIntegerOption((option) =>
      option
        .setName('position')
        .setDescription('Which track, as /queue numbers them')
        .setMinValue(1)
        .setAutocomplete(true),
    )
    .addIntegerOption((option) =>
      option.setName('to').setDescription('Up to and with this position').setMinValue(1).setAutocomplete(true),
    )
    .addUserOption((option) => option.setName('user').setDescription('All that this person asked for'))
    .addBooleanOption((option) =>
      option.setName('duplicates').setDescription('Every track that is in the queue once already'),
    ),
  needs: 'same-voice-channel',
  complete: completePlace,
  async run(context, services) {
    const which = selectionOf(context);
    needMayRemove(which, context, services);
    return describe(which, await services.players.remove(context.guildId, which));
  },
};

function selectionOf(context: CommandContext): Selection {
  const [from, to, userId] = [context.integer('position'), context.integer('to'), context.user('user')];
  const selections: Selection[] = [
    ...(from === null ? [] : [{ by: 'place', from, to: to ?? from } as const]),
    ...(userId === null ? [] : [{ by: 'user', userId } as const]),
    ...(context.boolean('duplicates') === true ? [{ by: 'duplicate' } as const] : []),
  ];
  const [selection] = selections;
  if (selection === undefined || selections.length > 1 || (to !== null && from === null)) {
    throw new TenutoError('BAD_OPTION', 'Say which tracks: a position (and up to which), a user, or duplicates.');
  }
  return selection;
}

function describe(which: Selection, removed: readonly QueueEntry[]): string {
  const [first] = removed;
  if (first === undefined) {
    return which.by === 'user' ? `Nothing of <@${which.userId}> comes next.` : 'No track is in the queue twice.';
  }
  return removed.length === 1
    ? `Removed ${named(first.track)}; /undo brings it back.`
    : `Removed ${count(removed.length)}; /undo brings them back.`;
}
