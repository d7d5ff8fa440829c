import { SlashCommandBuilder } from 'discord.js';
import type { Command } from './command.ts';

export const stay: Command = {
  data: new SlashCommandBuilder()
    .setName('stay')
    .setDescription('Stay in the voice channel when nobody listens or nothing plays')
    .addBooleanOption((option) =>
      option.setName('on').setDescription('True: stay. False: leave after a while').setRequired(true),
    ),
  needs: 'dj',
  async run(context, { players }) {
    const on = context.boolean('on') === true;
    await players.setStay(context.guildId, on);
    return on
      ? 'I stay in my voice channel now, also when nobody listens or nothing plays. /leave sends me away.'
      : 'I leave again when nobody listens or nothing plays for a while.';
  },
};
