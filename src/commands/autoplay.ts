import { SlashCommandBuilder } from 'discord.js';
import type { Command } from './command.ts';

export const autoplay: Command = {
  data: new SlashCommandBuilder()
    .setName('autoplay')
    .setDescription('Go on with related tracks when the queue ends')
    .addBooleanOption((option) =>
      option.setName('on').setDescription('True: go on. False: fall silent at the end').setRequired(true),
    ),
  needs: 'dj',
  async run(context, { players }) {
    const on = context.boolean('on') === true;
    await players.setAutoplay(context.guildId, on);
    return on
      ? 'When the queue ends I go on with something related, while somebody listens. What you add always comes first.'
      : 'When the queue ends, the music ends.';
  },
};
