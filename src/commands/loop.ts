import { SlashCommandBuilder } from 'discord.js';
import { TenutoError } from '../lib/errors.ts';
import type { LoopMode } from '../queue/queue.ts';
import type { Command } from './command.ts';

/** What each mode is called in the menu, and what is said when it is chosen. */
const MODES: Readonly<Record<LoopMode, { readonly name: string; readonly say: string }>> = {
  off: { name: 'Off', say: 'Nothing is repeated any more.' },
  track: { name: 'This track', say: 'This track is repeated until you use /skip or /loop.' },
  queue: { name: 'The whole queue', say: 'The whole queue is repeated.' },
};

const isMode = (text: string | null): text is LoopMode => text !== null && Object.hasOwn(MODES, text);

export const loop: Command = {
  data: new SlashCommandBuilder()
    .setName('loop')
    .setDescription('Repeat the track or the queue')
    .addStringOption((option) =>
      option
        .setName('mode')
        .setDescription('What to repeat')
        .setRequired(true)
        .addChoices(Object.entries(MODES).map(([value, { name }]) => ({ name, value }))),
    ),
  needs: 'dj',
  async run(context, { players }) {
    const mode = context.string('mode');
    if (!isMode(mode)) throw new TenutoError('BAD_OPTION', 'Choose what to repeat: off, track or queue.');
    await players.setLoop(context.guildId, mode);
    return MODES[mode].say;
  },
};
