import { SlashCommandBuilder } from 'discord.js';
import { TenutoError } from '../lib/errors.ts';
import type { CommandGroup, Subcommand } from './command.ts';
import { loadTracks } from './playlist/load.ts';
import { placeChoices } from './words/choices.ts';
import { tracksPage } from './words/lists.ts';
import { named } from './words/track.ts';
import { page, placeInList } from './words/options.ts';

const NONE = 'You have no favourites yet. /favorites add keeps what plays now.';

/** Keeps what plays now. */
export const addFavourite: Subcommand = {
  needs: 'guild',
  ephemeral: true,
  async run({ guildId, userId }, { players, favourites }) {
    const { entry } = players.playback(guildId);
    if (entry === null) throw new TenutoError('NOTHING_PLAYING');
    const isNew = await favourites.add(userId, entry.track);
    return `${named(entry.track)} is ${isNew ? 'now' : 'already'} one of your favourites.`;
  },
};

export const favorites: CommandGroup = {
  data: new SlashCommandBuilder()
    .setName('favorites')
    .setDescription('Keep and play what you like')
    .addSubcommand((one) => one.setName('play').setDescription('Put all your favourites at the end of the queue'))
    .addSubcommand((one) => one.setName('list').setDescription('Show your favourites').addIntegerOption(page))
    .addSubcommand((one) => one.setName('add').setDescription('Keep what plays now'))
    .addSubcommand((one) =>
      one.setName('remove').setDescription('Take one of your favourites out').addIntegerOption(placeInList),
    ),
  complete: ({ userId, text }, { favourites }) => placeChoices(text, favourites.known(userId)),
  subcommands: {
    play: {
      needs: 'join-voice-channel',
      async run(context, services) {
        const tracks = await services.favourites.tracks(context.userId);
        return tracks.length === 0 ? NONE : await loadTracks('your favourites', tracks, context, services);
      },
    },
    list: {
      needs: 'guild',
      ephemeral: true,
      async run(context, { favourites }) {
        const tracks = await favourites.tracks(context.userId);
        return tracks.length === 0
          ? NONE
          : { embeds: [tracksPage('Your favourites', tracks, context.integer('page') ?? 1)] };
      },
    },
    add: addFavourite,
    remove: {
      needs: 'guild',
      ephemeral: true,
      async run(context, { favourites }) {
        const track = await favourites.remove(context.userId, context.integer('place') ?? 0);
        return `${named(track)} is no longer one of your favourites.`;
      },
    },
  },
};
