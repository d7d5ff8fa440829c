import { randomUUID } from 'node:crypto';
import { SlashCommandBuilder } from 'discord.js';
import { TenutoError } from '../lib/errors.ts';
import { formatDuration, safeText } from '../lib/format.ts';
import type { Enqueued, Playback, PlaylistAdded } from '../player/players.ts';
import type { Resolution } from '../sources/source.ts';
import type { Command, CommandContext, CommandServices, Reply } from './command.ts';
import { trackChoices } from './words/choices.ts';
import { length, named, startsInMs, unheard } from './words/track.ts';

/** What the guild has heard, what is in the library, and what was searched for; never what another guild did. */
const completeTrack: NonNullable<Command['complete']> = ({ guildId, userId, text }, { players, sources }) => {
  const heard = players.playback(guildId).queue.history.map(({ track }) => track);
  const suggested = sources.suggest(text, { who: `${guildId} ${userId}`, heard: heard.toReversed() });
  return trackChoices(suggested, (track) => sources.referenceTo(track));
};

export const play: Command = {
  data: new SlashCommandBuilder()
    .setName('play')
    .setDescription('Play a song or a playlist')
    .addStringOption((option) =>
      option.setName('query').setDescription('A link, or words to search for').setRequired(true).setAutocomplete(true),
    )
    .addBooleanOption((option) => option.setName('next').setDescription('Right after the current track'))
    .addIntegerOption((option) =>
      option.setName('position').setDescription('At this position of the queue').setMinValue(1),
    ),
  needs: 'join-voice-channel',
  complete: completeTrack,
  async run(context, services) {
    return await enqueue(context.string('query') ?? '', placeOf(context), context, services);
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

/** The place that was asked for; undefined: at the end. */
function placeOf(context: CommandContext): number | undefined {
  const next = context.boolean('next') === true;
  const position = context.integer('position');
  if (next && position !== null) throw new TenutoError('BAD_OPTION', 'Give "next" or a position, not both.');
  return next ? 1 : (position ?? undefined);
}

/** Joins beside the search, adds what is found, and says so. `place`: 1-based among what is to come; undefined: at the end. */
async function enqueue(
  query: string,
  place: number | undefined,
  context: CommandContext,
  { players, sources }: CommandServices,
): Promise<Reply> {
  const { guildId, userId, textChannelId, voiceChannelId, signal } = context;
  if (voiceChannelId === null) throw new TenutoError('NOT_IN_VOICE');
  sources.check(query);
  let wanted = true;
  try {
    const search = sources.resolve(query, signal, userId);
    // A search that ends after the join has failed opens nothing any more: nobody would close it.
    const expect = (found: Resolution) => wanted && found.kind === 'track' && players.expect(guildId, found.track);
    search.then(expect).catch(() => undefined);
    const [resolution] = await Promise.all([search, players.prepare(guildId, voiceChannelId)]);
    signal.throwIfAborted();
    const request = { guildId, userId, textChannelId, voiceChannelId, place };
    switch (resolution.kind) {
      case 'nothing':
        throw new TenutoError('NOTHING_FOUND');
      case 'track':
        return describeTrack(await players.play({ ...request, tracks: [resolution.track] }), players.playback(guildId));
      case 'playlist': {
        const { title, chunks } = resolution;
        const id = randomUUID();
        const progress = ({ added }: PlaylistAdded) =>
          context.progress({
            content: `Adding *${titleOf(title)}*: ${songs(added)} so far ...`,
            actions: [`cancel:${id}`],
          });
        return describePlaylist(title, await players.playPlaylist({ ...request, id, chunks, signal, progress }));
      }
    }
  } catch (error) {
    wanted = false;
    players.release(guildId);
    throw error;
  }
}

function describeTrack({ entries: [entry], place }: Enqueued, playback: Playback): string {
  if (!entry) throw new TenutoError('UNEXPECTED');
  // Somebody may have paused the music, or sent the bot away, a moment ago.
  const hint = unheard(playback);
  if (place === 0) return `${hint === '' ? 'Playing' : 'Added'} ${named(entry.track)} (${length(entry.track)}).${hint}`;
  const startsIn = hint === '' ? startsInMs(playback, entry.id) : null;
  const when = startsIn === null ? '' : ` (plays in ${formatDuration(startsIn)})`;
  return `Added ${named(entry.track)} at position #${place}${when}.${hint}`;
}

function describePlaylist(title: string, { added, place, unplayable, cut }: PlaylistAdded): string {
  const where = place === 0 ? '' : ` from position #${place}`;
  const leftOut = unplayable === 0 ? '' : ` Left out ${unplayable} that cannot be played.`;
  const brokeOff = cut === null ? '' : ` ${cut.blame === 'outside' ? 'Then it broke off. ' : ''}${cut.say}`;
  return `Added ${songs(added)} from *${titleOf(title)}*${where}.${leftOut}${brokeOff}`;
}

const songs = (count: number) => `**${count}** ${count === 1 ? 'song' : 'songs'}`;
const titleOf = (title: string) => safeText(title) || 'a playlist';
