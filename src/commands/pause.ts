import { SlashCommandBuilder } from 'discord.js';
import type { Command } from './command.ts';

export const pause: Command = {
  data: new SlashCommandBuilder().setName('pause').setDescription('Pause the music'),
  needs: 'dj',
  async run({ guildId, userId }, { players }) {
    await players.pause(guildId, userId);
    return 'Paused. Use /resume to go on.';
  },
};
