import { TenutoError } from '../../lib/errors.ts';
import { blockable } from '../../settings/blocked-words.ts';
import { DEFAULTS, MOST, SETTING_NAMES, type GuildSettings, type SettingName } from '../../settings/guild-settings.ts';
import type { CommandContext, Subcommand } from '../command.ts';
import { settingLine } from './words.ts';

/** A subcommand that gives one setting the value that `edit` makes of the options and of the one before. */
function changing<Name extends SettingName>(
  name: Name,
  edit: (context: CommandContext, before: GuildSettings[Name]) => GuildSettings[Name],
): Subcommand {
  return {
    needs: 'manage-guild',
    ephemeral: true,
    async run(context, { settings }) {
      const { guildId, userId } = context;
      const after = await settings.change({ guildId, userId, name, edit: (before) => edit(context, before) });
      return `${settingLine(name, after)}.`;
    },
  };
}

/** A list with the one in, and the other out. */
function edited(before: readonly string[], add: string | null, remove: string | null, most: number): string[] {
  if (add === null && remove === null) throw new TenutoError('BAD_OPTION', 'Say what comes into the list, or goes.');
  const rest = before.filter((one) => one !== remove && one !== add);
  if (add !== null && rest.length >= most)
    throw new TenutoError('BAD_OPTION', `There is room for ${most} in that list. Take one out first.`);
  return add === null ? rest : [...rest, add];
}

const word = (typed: string | null): string | null => {
  if (typed === null) return null;
  const kept = blockable(typed);
  if (kept === '') throw new TenutoError('BAD_OPTION', 'A word has letters or digits.');
  if (kept.length > MOST.wordLength)
    throw new TenutoError('BAD_OPTION', `A word has ${MOST.wordLength} characters at most.`);
  return kept;
};

export const dj = changing('djRole', (context, before) => {
  const role = context.role('role');
  // The role that all have has the id of its guild.
  if (role === context.guildId) throw new TenutoError('BAD_OPTION', 'Everybody has that role. Choose another one.');
  return role ?? before;
});

export const vote = changing('voteRatio', (context, before) => context.integer('percent') ?? before);

export const limit = changing('tracksPerPerson', (context, before) => context.integer('tracks') ?? before);

export const channels = changing('allowedChannels', (context, before) =>
  edited(before, context.channel('add'), context.channel('remove'), MOST.channels),
);

export const requests = changing('requestChannelId', (context, before) => context.channel('channel') ?? before);

export const users = changing('blockedUsers', (context, before) =>
  edited(before, context.user('block'), context.user('unblock'), MOST.users),
);

export const words = changing('blockedWords', (context, before) =>
  edited(before, word(context.string('block')), word(context.string('unblock')), MOST.words),
);

const RESETS = new Map<string, Subcommand>(SETTING_NAMES.map((name) => [name, changing(name, () => DEFAULTS[name])]));

export const reset: Subcommand = {
  needs: 'manage-guild',
  ephemeral: true,
  async run(context, services) {
    const resetting = RESETS.get(context.string('setting') ?? '');
    if (!resetting) throw new TenutoError('BAD_OPTION', 'There is no such setting.');
    return await resetting.run(context, services);
  },
};
