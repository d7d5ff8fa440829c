import type { SlashCommandIntegerOption } from 'discord.js';

/** Which page of what does not fit into one answer. */
export const page = (option: SlashCommandIntegerOption): SlashCommandIntegerOption =>
  option.setName('page').setDescription('Which page, from 1').setMinValue(1);

/** A track of a list that somebody keeps. */
export const placeInList = (option: SlashCommandIntegerOption): SlashCommandIntegerOption =>
  option
    .setName('place')
    .setDescription('Its number, or words of its title')
    .setMinValue(1)
    .setRequired(true)
    .setAutocomplete(true);
