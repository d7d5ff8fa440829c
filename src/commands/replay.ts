import { SlashCommandBuilder } from 'discord.js';
import type { Command } from './command.ts';
import { named, unheard } from './words/track.ts';

export const replay: Command = {
  data: new SlashCommandBuilder().setName('replay').setDescription('Play the current track from its beginning'),
  needs: 'dj',
  async run({ guildId }, { players }) {
    const { track } = await players.replay(guildId);
    return `${named(track)} from the beginning.${unheard(players.playback(guildId))}`;
  },
};
