import { SlashCommandBuilder } from 'discord.js';
import { TenutoError } from '../lib/errors.ts';
import type { Command } from './command.ts';
import { menuOptions } from './words/choices.ts';

/** A menu for the person alone; what they choose is played as by /play, and everybody reads that. */
export const search: Command = {
  data: new SlashCommandBuilder()
    .setName('search')
    .setDescription('Search for words and choose what to play')
    .addStringOption((option) =>
      option.setName('words').setDescription('A title, an artist, or both').setRequired(true),
    )
    .addBooleanOption((option) => option.setName('next').setDescription('Right after the current track')),
  needs: 'guild',
  ephemeral: true,
  async run(context, { sources }) {
    const found = await sources.search(context.string('words') ?? '', context.signal, context.userId);
    const options = menuOptions(found, (track) => sources.referenceTo(track));
    if (options.length === 0) throw new TenutoError('NOTHING_FOUND');
    return { content: 'Choose what to play:', menu: { next: context.boolean('next') === true, options } };
  },
};
