import { SlashCommandBuilder } from 'discord.js';
import type { Command } from './command.ts';

export const stop: Command = {
  data: new SlashCommandBuilder().setName('stop').setDescription('Stop the music and empty the queue'),
  needs: 'dj',
  async run({ guildId }, { players }) {
    await players.stop(guildId);
    return 'Stopped, and the queue is empty.';
  },
};
