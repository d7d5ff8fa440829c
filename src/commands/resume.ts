import { SlashCommandBuilder } from 'discord.js';
import { TenutoError } from '../lib/errors.ts';
import type { Command } from './command.ts';

export const resume: Command = {
  data: new SlashCommandBuilder().setName('resume').setDescription('Go on with the music where it stopped'),
  needs: 'join-voice-channel',
  async run({ guildId, voiceChannelId }, { players }) {
    if (voiceChannelId === null) throw new TenutoError('NOT_IN_VOICE');
    // In this order, so that the bot does not come when there is nothing to go on with.
    await players.resume(guildId);
    await players.prepare(guildId, voiceChannelId);
    return 'Going on.';
  },
};
