import { SlashCommandBuilder } from 'discord.js';
import type { Command } from './command.ts';

export const leave: Command = {
  data: new SlashCommandBuilder().setName('leave').setDescription('Leave the voice channel and keep the queue'),
  needs: 'dj',
  async run({ guildId }, { players }) {
    await players.leave(guildId);
    return 'Left. The queue is kept: /play goes on with it.';
  },
};
