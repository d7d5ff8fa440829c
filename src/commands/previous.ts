import { SlashCommandBuilder } from 'discord.js';
import type { Command } from './command.ts';
import { comeAnd } from './wishes/come-and.ts';
import { named, unheard } from './words/track.ts';

export const previous: Command = {
  data: new SlashCommandBuilder().setName('previous').setDescription('Go back to the track before'),
  needs: 'dj-join',
  async run(context, services) {
    const { guildId } = context;
    const { players } = services;
    const { status, queue } = players.playback(guildId);
    const begins = (status === 'idle' || status === 'away') && queue.history.length > 0;
    const goBack = () => players.previous(guildId);
    const { track } = await (begins ? comeAnd(context, services, goBack) : goBack());
    return `Back to ${named(track)}.${unheard(players.playback(guildId))}`;
  },
};
