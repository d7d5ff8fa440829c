import { SlashCommandBuilder } from 'discord.js';
import type { Command } from './command.ts';
import { named, unheard } from './words/track.ts';

export const previous: Command = {
  data: new SlashCommandBuilder().setName('previous').setDescription('Go back to the track before'),
  needs: 'same-voice-channel',
  async run({ guildId }, { players }) {
    const { track } = await players.previous(guildId);
    return `Back to ${named(track)}.${unheard(players.playback(guildId))}`;
  },
};
