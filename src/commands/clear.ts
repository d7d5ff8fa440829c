import { SlashCommandBuilder } from 'discord.js';
import type { Command } from './command.ts';
import { count } from './words/track.ts';

export const clear: Command = {
  data: new SlashCommandBuilder().setName('clear').setDescription('Empty what comes next; the current track plays on'),
  needs: 'dj',
  async run({ guildId }, { players }) {
    const cleared = await players.clear(guildId);
    if (cleared === 0) return 'Nothing comes next, so there is nothing to clear.';
    return `Cleared ${count(cleared)}; /undo brings ${cleared === 1 ? 'it' : 'them'} back.`;
  },
};
