import { SlashCommandBuilder, type SlashCommandStringOption } from 'discord.js';
import type { CommandGroup } from './command.ts';
import { completeTrack } from './play.ts';
import { add, remove, save } from './playlist/edit.ts';
import { load } from './playlist/load.ts';
import { exporting, importing } from './playlist/files.ts';
import { list, show } from './playlist/look.ts';
import { deletion, rename, share } from './playlist/manage.ts';
import { nameChoices } from './playlist/names.ts';
import { placeChoices } from './words/choices.ts';
import { page, placeInList } from './words/options.ts';

const name = (option: SlashCommandStringOption) =>
  option.setName('name').setDescription('What the playlist is called').setRequired(true).setAutocomplete(true);
const newName = (option: SlashCommandStringOption) =>
  option.setName('name').setDescription('What to call it, up to 50 characters').setRequired(true);

export const playlist: CommandGroup = {
  data: new SlashCommandBuilder()
    .setName('playlist')
    .setDescription('Keep tracks under a name, and play them again')
    .addSubcommand((one) =>
      one
        .setName('save')
        .setDescription('Keep what plays and what comes next as a new playlist')
        .addStringOption(newName),
    )
    .addSubcommand((one) =>
      one.setName('load').setDescription('Put a playlist at the end of the queue').addStringOption(name),
    )
    .addSubcommand((one) =>
      one
        .setName('add')
        .setDescription('Add what plays now, or what you name, to a playlist of yours')
        .addStringOption(name)
        .addStringOption((option) =>
          option.setName('query').setDescription('A link, or words to search for').setAutocomplete(true),
        ),
    )
    .addSubcommand((one) =>
      one
        .setName('remove')
        .setDescription('Take a track out of a playlist of yours')
        .addStringOption(name)
        .addIntegerOption(placeInList),
    )
    .addSubcommand((one) =>
      one.setName('show').setDescription('Show what is in a playlist').addStringOption(name).addIntegerOption(page),
    )
    .addSubcommand((one) =>
      one
        .setName('list')
        .setDescription('Show your playlists, and those that others share here')
        .addIntegerOption(page),
    )
    .addSubcommand((one) => one.setName('delete').setDescription('Delete a playlist of yours').addStringOption(name))
    .addSubcommand((one) =>
      one
        .setName('rename')
        .setDescription('Give a playlist of yours another name')
        .addStringOption(name)
        .addStringOption((option) =>
          option.setName('to').setDescription('The new name, up to 50 characters').setRequired(true),
        ),
    )
    .addSubcommand((one) =>
      one
        .setName('share')
        .setDescription('Let others in this server see and load a playlist of yours, or not any more')
        .addStringOption(name)
        .addBooleanOption((option) => option.setName('on').setDescription('Whether others see it').setRequired(true)),
    )
    .addSubcommand((one) => one.setName('export').setDescription('Get a playlist as a file').addStringOption(name))
    .addSubcommand((one) =>
      one
        .setName('import')
        .setDescription('Make a playlist of a file that /playlist export has made')
        .addAttachmentOption((option) => option.setName('file').setDescription('The file').setRequired(true))
        .addStringOption((option) =>
          option.setName('name').setDescription('What to call it; its own name when left out'),
        ),
    ),
  complete(typing, services) {
    if (typing.option === 'query') return completeTrack(typing, services);
    if (typing.option === 'name') return nameChoices(typing, services);
    return placeChoices(typing.text, services.playlists.known(typing, typing.string('name') ?? ''));
  },
  subcommands: {
    save,
    load,
    add,
    remove,
    show,
    list,
    delete: deletion,
    rename,
    share,
    export: exporting,
    import: importing,
  },
};
