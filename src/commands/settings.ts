import { ChannelType, PermissionFlagsBits, SlashCommandBuilder, type SlashCommandChannelOption } from 'discord.js';
import { MOST } from '../settings/guild-settings.ts';
import type { CommandGroup } from './command.ts';
import { channels, dj, limit, requests, reset, users, vote, words } from './settings/change.ts';
import { view } from './settings/view.ts';
import { SETTING_CHOICES } from './settings/words.ts';
import { page } from './words/options.ts';

/** Where people can write; what is written in a thread counts as written in its channel. */
const place = (option: SlashCommandChannelOption) =>
  option.addChannelTypes(
    ChannelType.GuildText,
    ChannelType.GuildAnnouncement,
    ChannelType.GuildVoice,
    ChannelType.GuildStageVoice,
  );

export const settings: CommandGroup = {
  data: new SlashCommandBuilder()
    .setName('settings')
    .setDescription('See and change what this server has decided')
    .setDefaultMemberPermissions(PermissionFlagsBits.ManageGuild)
    .addSubcommand((one) =>
      one.setName('view').setDescription('Show every setting and what it means').addIntegerOption(page),
    )
    .addSubcommand((one) =>
      one
        .setName('dj')
        .setDescription('Choose who decides what is done to the music of all')
        .addRoleOption((option) => option.setName('role').setDescription('The role of DJs').setRequired(true)),
    )
    .addSubcommand((one) =>
      one
        .setName('vote')
        .setDescription('Let those who listen vote before what others asked for is skipped')
        .addIntegerOption((option) =>
          option
            .setName('percent')
            .setDescription('How many of them must want it; 0: nobody votes')
            .setMinValue(0)
            .setMaxValue(100)
            .setRequired(true),
        ),
    )
    .addSubcommand((one) =>
      one
        .setName('limit')
        .setDescription('Say how many tracks one person may have in the queue')
        .addIntegerOption((option) =>
          option
            .setName('tracks')
            .setDescription('How many; never more than the operator allows')
            .setMinValue(1)
            .setMaxValue(100_000)
            .setRequired(true),
        ),
    )
    .addSubcommand((one) =>
      one
        .setName('channels')
        .setDescription('Take commands in some channels only')
        .addChannelOption((option) => place(option.setName('add').setDescription('Take commands here')))
        .addChannelOption((option) => place(option.setName('remove').setDescription('No longer here'))),
    )
    .addSubcommand((one) =>
      one
        .setName('requests')
        .setDescription('Play what people write in a channel, a link or words')
        .addChannelOption((option) => place(option.setName('channel').setDescription('Which one').setRequired(true))),
    )
    .addSubcommand((one) =>
      one
        .setName('users')
        .setDescription('Do nothing for some people')
        .addUserOption((option) => option.setName('block').setDescription('Do nothing for this person'))
        .addUserOption((option) => option.setName('unblock').setDescription('Work for this person again')),
    )
    .addSubcommand((one) =>
      one
        .setName('words')
        .setDescription('Play nothing that is called so')
        .addStringOption((option) =>
          option.setName('block').setDescription('A word, or several in a row').setMaxLength(MOST.wordLength),
        )
        .addStringOption((option) =>
          option
            .setName('unblock')
            .setDescription('One that may be played again')
            .setMaxLength(MOST.wordLength)
            .setAutocomplete(true),
        ),
    )
    .addSubcommand((one) =>
      one
        .setName('reset')
        .setDescription('Take a setting back to what it is by default')
        .addStringOption((option) =>
          option.setName('setting').setDescription('Which of them').setRequired(true).addChoices(SETTING_CHOICES),
        ),
    ),
  complete({ guildId, text }, services) {
    const typed = text.trim().toLowerCase();
    const { blockedWords } = services.settings.of(guildId);
    return blockedWords.filter((word) => word.includes(typed)).map((word) => ({ name: word, value: word }));
  },
  subcommands: { view, dj, vote, limit, channels, requests, users, words, reset },
};
