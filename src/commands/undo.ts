import { SlashCommandBuilder } from 'discord.js';
import { TenutoError } from '../lib/errors.ts';
import type { Undoable } from '../queue/queue.ts';
import type { Command } from './command.ts';
import { unheard } from './words/track.ts';

const SAY: Readonly<Record<Undoable['what'], string>> = {
  remove: 'What was removed is back.',
  move: 'The order is as it was before the move.',
  shuffle: 'The order is as it was before the shuffle.',
  skip: 'What was passed over comes next again.',
  clear: 'The queue is back.',
};

export const undo: Command = {
  data: new SlashCommandBuilder()
    .setName('undo')
    .setDescription('Take back the last removal, move, shuffle, clearing, stop or long skip'),
  needs: 'dj-join',
  async run({ guildId, voiceChannelId }, { players }) {
    if (voiceChannelId === null) throw new TenutoError('NOT_IN_VOICE');
    const begins = players.playback(guildId).entry === null;
    const what = await players.undo(guildId);
    if (!begins) return SAY[what];
    if (players.playback(guildId).status === 'away') await players.prepare(guildId, voiceChannelId);
    return `${SAY[what]}${unheard(players.playback(guildId))}`;
  },
};
