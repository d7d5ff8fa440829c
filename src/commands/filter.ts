import { SlashCommandBuilder } from 'discord.js';
import { FILTERS, filterInWords, noFilters, toggling, type Filter, type FilterAmount } from '../queue/filters.ts';
import type { Command } from './command.ts';

const OFF = 'off';

const bounds = ({ least, most, unit }: FilterAmount) => `, ${least} to ${most} ${unit}`;
const CHOICES = [
  { name: 'Off: no filters', value: OFF },
  ...Object.entries(FILTERS).map(([value, { title, amount }]) => ({
    name: `${title}${amount === null ? '' : bounds(amount)}`,
    value,
  })),
];

export const filter: Command = {
  data: new SlashCommandBuilder()
    .setName('filter')
    .setDescription('Change the sound: turn a filter on, or off again; several can be on together')
    .addStringOption((option) =>
      option.setName('name').setDescription('Which; left out, the answer says what is on').addChoices(CHOICES),
    )
    .addIntegerOption((option) =>
      option.setName('amount').setDescription('How much, in %, dB or Hz; each filter has bounds').setMinValue(1),
    ),
  needs: 'dj',
  async run(context, { players }) {
    const name = context.string('name');
    if (name === null) return said(players.playback(context.guildId).filters);
    const edit = name === OFF ? noFilters : toggling(name, context.integer('amount'));
    return said(await players.setFilters(context.guildId, edit));
  },
};

const said = (filters: readonly Filter[]) =>
  filters.length === 0 ? 'No filter is on.' : `On: ${filters.map(filterInWords).join(', ')}.`;
