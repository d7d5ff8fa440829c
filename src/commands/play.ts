import { SlashCommandBuilder } from 'discord.js';
import { TenutoError } from '../lib/errors.ts';
import type { Command, CommandContext } from './command.ts';
import { enqueue, type Wish } from './wishes/enqueue.ts';
import { addedInWords } from './words/added.ts';
import { trackChoices } from './words/choices.ts';

/** What the guild has heard, what the person has kept, what is in the library, and what was searched for; never what another guild did. */
export const completeTrack: NonNullable<Command['complete']> = (
  { guildId, userId, text },
  { players, sources, ownTracks },
) => {
  const heard = players.playback(guildId).queue.history.map(({ track }) => track);
  const suggested = sources.suggest(text, {
    who: `${guildId} ${userId}`,
    heard: heard.toReversed(),
    own: ownTracks.of(userId),
  });
  return trackChoices(suggested, (track) => sources.referenceTo(track));
};

export const play: Command = {
  data: new SlashCommandBuilder()
    .setName('play')
    .setDescription('Play a song, a playlist or a file')
    .addStringOption((option) =>
      option.setName('query').setDescription('A link, or words to search for').setAutocomplete(true),
    )
    .addAttachmentOption((option) => option.setName('file').setDescription('A sound file of yours, instead of a query'))
    .addBooleanOption((option) => option.setName('next').setDescription('Right after the current track'))
    .addIntegerOption((option) =>
      option.setName('position').setDescription('At this position of the queue').setMinValue(1),
    ),
  needs: 'join-voice-channel',
  complete: completeTrack,
  async run(context, services) {
    const added = await enqueue(wishOf(context), placeOf(context), context, services);
    return addedInWords(added, services.players.playback(context.guildId));
  },
};

/** What "Cancel" below a playlist that is being added does; its option `id` says which. */
export const cancel: Pick<Command, 'needs' | 'run'> = {
  needs: 'same-voice-channel',
  async run(context, { players }) {
    players.cancelPlaylist(context.guildId, context.string('id') ?? '');
    return 'Called off. What was added stays.';
  },
};

/** Discord cannot require one of two options, so that is done here. */
function wishOf(context: CommandContext): Wish {
  const text = context.string('query');
  const file = context.attachment('file');
  if (text !== null && file !== null) throw new TenutoError('BAD_OPTION', 'Give a query or a file, not both.');
  if (file !== null) return { kind: 'file', file };
  if (text === null) throw new TenutoError('BAD_OPTION', 'Give a link, words to search for, or a file.');
  return { kind: 'query', text };
}

/** The place that was asked for; undefined: at the end. */
function placeOf(context: CommandContext): number | undefined {
  const next = context.boolean('next') === true;
  const position = context.integer('position');
  if (next && position !== null) throw new TenutoError('BAD_OPTION', 'Give "next" or a position, not both.');
  return next ? 1 : (position ?? undefined);
}
