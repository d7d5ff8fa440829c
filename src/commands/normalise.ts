import { SlashCommandBuilder } from 'discord.js';
import { TenutoError } from '../lib/errors.ts';
import type { Session } from '../queue/queue.ts';
import type { Command } from './command.ts';

/** What each mode is called in the menu, and what is said when it is chosen. */
const MODES: Readonly<Record<Session['normalise'], { readonly name: string; readonly say: string }>> = {
  down: {
    name: 'On: loud tracks are turned down',
    say: 'Loud tracks are turned down now; one that is new to me perhaps only the next time.',
  },
  both: {
    name: 'Both: and quiet ones are turned up',
    say: 'Loud tracks are turned down now and quiet ones up; one that is new to me perhaps only the next time.',
  },
  off: { name: 'Off: as recorded', say: 'Every track is as loud as it was recorded.' },
};

const isMode = (text: string | null): text is Session['normalise'] => text !== null && Object.hasOwn(MODES, text);

export const normalise: Command = {
  data: new SlashCommandBuilder()
    .setName('normalise')
    .setDescription('Make tracks about as loud as each other')
    .addStringOption((option) =>
      option
        .setName('mode')
        .setDescription('Which tracks are changed')
        .setRequired(true)
        .addChoices(Object.entries(MODES).map(([value, { name }]) => ({ name, value }))),
    ),
  needs: 'dj',
  async run(context, { players }) {
    const mode = context.string('mode');
    if (!isMode(mode)) throw new TenutoError('BAD_OPTION', 'Choose which tracks are changed: down, both or off.');
    await players.setNormalise(context.guildId, mode);
    return MODES[mode].say;
  },
};
