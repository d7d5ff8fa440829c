import { SlashCommandBuilder } from 'discord.js';
import type { Undoable } from '../queue/queue.ts';
import type { Command } from './command.ts';
import { comeAnd } from './wishes/come-and.ts';
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
  async run(context, services) {
    const { guildId } = context;
    const { players } = services;
    const { entry, queue } = players.playback(guildId);
    const takeBack = () => players.undo(guildId);
    if (entry !== null || queue.undoable === null) return SAY[await takeBack()];
    const what = await comeAnd(context, services, takeBack);
    return `${SAY[what]}${unheard(players.playback(guildId))}`;
  },
};
