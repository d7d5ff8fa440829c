import { safeText } from '../../lib/format.ts';
import { DEFAULTS, SETTING_NAMES, type GuildSettings, type SettingName } from '../../settings/guild-settings.ts';

interface SettingInWords {
  readonly title: string;
  /** What it means, and what holds where nobody has set it. */
  readonly meaning: string;
  /** Its value, or that there is none. */
  show(settings: GuildSettings): string;
}

const mentions = (ids: readonly string[], sign: string): string => ids.map((id) => `<${sign}${id}>`).join(', ');

/** Every setting as people read it, one row each. */
const IN_WORDS: Readonly<Record<SettingName, SettingInWords>> = {
  djRole: {
    title: 'DJ role',
    meaning:
      'Who has it decides what is done to the music of all; others play, and skip or remove what they asked for. Without one, everybody decides.',
    show: ({ djRole }) => (djRole === null ? 'none' : `<@&${djRole}>`),
  },
  voteRatio: {
    title: 'Vote to skip',
    meaning: 'How many of those who listen must want to skip what somebody else asked for. Without it, nobody votes.',
    show: ({ voteRatio }) => (voteRatio === 0 ? 'off' : `${voteRatio} %`),
  },
  tracksPerPerson: {
    title: 'Tracks per person',
    meaning: 'How many one person may have in the queue. Without it, as many as my operator allows, and never more.',
    show: ({ tracksPerPerson }) => (tracksPerPerson === null ? 'as many as my operator allows' : `${tracksPerPerson}`),
  },
  allowedChannels: {
    title: 'Channels for commands',
    meaning: 'Where commands and buttons work; /settings does everywhere. Without any, in all.',
    show: ({ allowedChannels }) => mentions(allowedChannels, '#') || 'all',
  },
  requestChannelId: {
    title: 'Channel for requests',
    meaning: 'A link or words written there are played, as by /play. Works where my operator lets me read messages.',
    show: ({ requestChannelId }) => (requestChannelId === null ? 'none' : `<#${requestChannelId}>`),
  },
  blockedUsers: {
    title: 'Blocked people',
    meaning: 'For whom I do nothing. Without any, nobody is blocked.',
    show: ({ blockedUsers }) => mentions(blockedUsers, '@') || 'nobody',
  },
  blockedWords: {
    title: 'Blocked words',
    meaning: 'What may stand neither in a query nor in a title. Without any, everything plays.',
    show: ({ blockedWords }) => blockedWords.map((word) => `“${safeText(word)}”`).join(', ') || 'none',
  },
};

/** The settings that can be reset, as an option offers them. */
export const SETTING_CHOICES = SETTING_NAMES.map((value) => ({ name: IN_WORDS[value].title, value }));

/** What a setting is now, in a line. */
export const settingLine = (name: SettingName, settings: GuildSettings): string =>
  `**${IN_WORDS[name].title}**: ${IN_WORDS[name].show(settings)}`;

/** Everything there is to say of a setting. */
export function settingParagraph(name: SettingName, settings: GuildSettings): string {
  const isDefault = settings[name] === DEFAULTS[name] || (Array.isArray(settings[name]) && settings[name].length === 0);
  return `${settingLine(name, settings)}${isDefault ? ' (the default)' : ''}\n${IN_WORDS[name].meaning}`;
}
