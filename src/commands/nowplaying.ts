import { SlashCommandBuilder } from 'discord.js';
import { TenutoError } from '../lib/errors.ts';
import type { Command } from './command.ts';

export const nowplaying: Command = {
  data: new SlashCommandBuilder().setName('nowplaying').setDescription('Show what is playing, here and up to date'),
  needs: 'guild',
  ephemeral: true,
  async run({ guildId, textChannelId }, { players, displays }) {
    if (players.playback(guildId).entry === null) throw new TenutoError('NOTHING_PLAYING');
    await displays.show(guildId, textChannelId);
    return 'Here it is.';
  },
};
