import { SlashCommandBuilder } from 'discord.js';
import { TenutoError } from '../lib/errors.ts';
import type { Command } from './command.ts';

export const join: Command = {
  data: new SlashCommandBuilder()
    .setName('join')
    .setDescription('Come to your voice channel, and go on with what is in the queue'),
  needs: 'join-voice-channel',
  async run({ guildId, voiceChannelId, textChannelId }, { players }) {
    if (voiceChannelId === null) throw new TenutoError('NOT_IN_VOICE');
    await players.join(guildId, voiceChannelId, textChannelId);
    return players.playback(guildId).entry ? 'Here I am.' : 'Here I am. Use /play to start something.';
  },
};
