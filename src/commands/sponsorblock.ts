import { SlashCommandBuilder } from 'discord.js';
import { TenutoError } from '../lib/errors.ts';
import type { Command } from './command.ts';

export const sponsorblock: Command = {
  data: new SlashCommandBuilder()
    .setName('sponsorblock')
    .setDescription('Leave out what is no music in videos: advertising, intros, talk')
    .addBooleanOption((option) => option.setName('on').setDescription('Whether it is left out').setRequired(true)),
  needs: 'dj',
  async run(context, { players, sponsorBlock }) {
    const on = context.boolean('on') === true;
    if (on && !sponsorBlock.available) throw new TenutoError('SPONSORBLOCK_OFF');
    await players.setSponsorblock(context.guildId, on);
    return on
      ? 'What SponsorBlock knows to be no music is left out of videos now. /seek still goes there.'
      : 'Videos are heard whole now.';
  },
};
