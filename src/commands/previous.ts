import { SlashCommandBuilder } from 'discord.js';
import { TenutoError } from '../lib/errors.ts';
import type { Command } from './command.ts';
import { named, unheard } from './words/track.ts';

export const previous: Command = {
  data: new SlashCommandBuilder().setName('previous').setDescription('Go back to the track before'),
  needs: 'dj-join',
  async run({ guildId, voiceChannelId }, { players }) {
    if (voiceChannelId === null) throw new TenutoError('NOT_IN_VOICE');
    const { track } = await players.previous(guildId);
    if (players.playback(guildId).status === 'away') await players.prepare(guildId, voiceChannelId);
    return `Back to ${named(track)}.${unheard(players.playback(guildId))}`;
  },
};
