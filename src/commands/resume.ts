import { SlashCommandBuilder } from 'discord.js';
import { TenutoError } from '../lib/errors.ts';
import type { Playback } from '../player/players.ts';
import type { Command } from './command.ts';
import { comeAnd } from './wishes/come-and.ts';

/** It is there, and does not go on. */
const WAITS: ReadonlySet<Playback['status']> = new Set(['paused', 'waiting-to-retry']);

export const resume: Command = {
  data: new SlashCommandBuilder().setName('resume').setDescription('Go on with the music where it stopped'),
  needs: 'join-voice-channel',
  async run(context, services) {
    const { guildId, voiceChannelId } = context;
    const { players } = services;
    if (voiceChannelId === null) throw new TenutoError('NOT_IN_VOICE');
    if (players.playback(guildId).status === 'away') {
      // What only the bot's absence held goes on by itself.
      const goOn = async () => void (WAITS.has(players.playback(guildId).status) && (await players.resume(guildId)));
      await comeAnd(context, services, goOn);
    } else {
      // In this order, so that the bot does not come when there is nothing to go on with.
      await players.resume(guildId);
      await players.prepare(guildId, voiceChannelId);
    }
    return 'Going on.';
  },
};
