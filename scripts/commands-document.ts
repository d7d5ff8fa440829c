import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApplicationCommandOptionType } from 'discord.js';
import type { Command, CommandGroup, Needs, Subcommand } from '../src/commands/command.ts';
import { COMMANDS, MESSAGE_COMMANDS } from '../src/commands/index.ts';

const FILE = join(import.meta.dirname, '../docs/commands.md');

/** Who may use what, as people read it; the conditions themselves are in src/discord/guards.ts. */
const WHO: Readonly<Record<Needs, string>> = {
  guild: 'Anybody in the server.',
  'join-voice-channel': 'Anybody in a voice channel, as long as people do not listen elsewhere.',
  'same-voice-channel': 'Anybody in the voice channel of the bot.',
  dj: 'Anybody in the voice channel of the bot; where the server has set a DJ role, DJs.',
  'dj-join':
    'Anybody in a voice channel, as long as people do not listen elsewhere; where the server has set a DJ role, DJs.',
  'manage-voice': 'Who may manage the server, and the DJ role.',
  'manage-guild': 'Who may manage the server.',
};

const KINDS: Readonly<Partial<Record<ApplicationCommandOptionType, string>>> = {
  [ApplicationCommandOptionType.String]: 'text',
  [ApplicationCommandOptionType.Integer]: 'whole number',
  [ApplicationCommandOptionType.Number]: 'number',
  [ApplicationCommandOptionType.Boolean]: 'true or false',
  [ApplicationCommandOptionType.User]: 'person',
  [ApplicationCommandOptionType.Role]: 'role',
  [ApplicationCommandOptionType.Channel]: 'channel',
  [ApplicationCommandOptionType.Attachment]: 'file',
};

type Option = NonNullable<ReturnType<Command['data']['toJSON']>['options']>[number];

/** The whole of docs/commands.md, as the table of commands has it. */
export function commandsDocument(): string {
  const chapters = COMMANDS.map(chapter).sort();
  const menu = MESSAGE_COMMANDS.map((command) => section(`### ${command.data.name}`, command.description, command, []));
  const inMenu = ['## In the menu of a message (Apps)\n', ...menu].join('\n');
  return `# Commands\n\nMade from \`src/commands\` by \`node scripts/commands-document.ts\`. A test holds it in step.\n\n${[...chapters, inMenu].join('\n')}`;
}

/** What docs/commands.md says now. */
export const writtenDocument = (): string => readFileSync(FILE, 'utf8');

function chapter(command: Command | CommandGroup): string {
  const { name, description, options = [] } = command.data.toJSON();
  if (!('subcommands' in command)) return section(`## /${name}`, description, command, options);
  const parts = options.flatMap((option) => {
    const subcommand = command.subcommands[option.name];
    if (option.type !== ApplicationCommandOptionType.Subcommand || !subcommand) return [];
    return [section(`### /${name} ${option.name}`, option.description, subcommand, option.options ?? [])];
  });
  return [`## /${name}\n\n${description}.\n`, ...parts].join('\n');
}

function section(
  heading: string,
  description: string,
  { needs, ephemeral }: Pick<Subcommand, 'needs' | 'ephemeral'>,
  options: readonly Option[],
): string {
  const seen = ephemeral === true ? ' Only you see the answer.' : '';
  return `${[heading, '', `${description}. ${WHO[needs]}${seen}`, '', ...options.map(line)].join('\n').trimEnd()}\n`;
}

function line(option: Option): string {
  const kind = KINDS[option.type] ?? 'other';
  const choices =
    'choices' in option && option.choices ? `one of ${option.choices.map(({ name }) => `“${name}”`).join(', ')}` : kind;
  const facts = [choices, ...limits(option), option.required === true ? 'required' : 'optional'];
  return `- \`${option.name}\` (${facts.join(', ')}): ${option.description}`;
}

function limits(option: Option): string[] {
  const [least, most] = [
    'min_value' in option ? option.min_value : undefined,
    'max_value' in option ? option.max_value : undefined,
  ];
  if (least !== undefined && most !== undefined) return [`${least} to ${most}`];
  if (least !== undefined) return [`at least ${least}`];
  return most === undefined ? [] : [`at most ${most}`];
}

if (import.meta.main) writeFileSync(FILE, commandsDocument());
