import { expect, it } from 'vitest';
import type { Needs } from '../../src/commands/command.ts';
import { COMMANDS, MESSAGE_COMMANDS } from '../../src/commands/index.ts';
import { guard, type Situation } from '../../src/discord/guards.ts';

const ROOM = { id: 'A', view: true, connect: true, speak: true, full: false };
const LISTENER: Situation = {
  guildId: 'G',
  standing: { manages: false, dj: false, djRole: '"DJ"' },
  rules: { djOnly: false, blocked: false, channels: [] },
  person: ROOM,
  bot: { channelId: 'A', listeners: 2 },
  present: ['42', '43'],
};
const WITH_DJS: Situation = { ...LISTENER, rules: { ...LISTENER.rules, djOnly: true } };
const DJ: Situation = { ...WITH_DJS, standing: { ...LISTENER.standing, dj: true } };
const MANAGER: Situation = { ...WITH_DJS, standing: { ...LISTENER.standing, manages: true } };

/** One column each of the table below. */
const WHO: readonly (readonly [string, Situation])[] = [
  ['a listener', LISTENER],
  ['a listener where there are DJs', WITH_DJS],
  ['a DJ', DJ],
  ['a manager', MANAGER],
  ['somebody alone with the bot', { ...WITH_DJS, bot: { channelId: 'A', listeners: 1 }, present: ['42'] }],
  ['somebody alone while the bot is nowhere', { ...WITH_DJS, bot: null, present: ['42'] }],
  ['somebody among others while the bot is nowhere', { ...WITH_DJS, bot: null }],
  ['somebody outside of voice', { ...LISTENER, person: null }],
  ['somebody alone elsewhere', { ...LISTENER, bot: { channelId: 'B', listeners: 1 }, present: ['43'] }],
  ['a DJ outside of voice', { ...DJ, person: null }],
  ['a manager outside of voice', { ...MANAGER, person: null }],
  ['somebody who is blocked', { ...LISTENER, rules: { ...LISTENER.rules, blocked: true } }],
  ['somebody in another text channel', { ...LISTENER, rules: { ...LISTENER.rules, channels: ['7'] } }],
  ['a manager who is kept out', { ...MANAGER, rules: { djOnly: true, blocked: true, channels: ['7'] } }],
];

// Listener, with DJs, DJ, manager, alone · bot nowhere: alone, among others · outside, elsewhere, DJ and manager outside · kept out
const ANYBODY = '+++++ ++ ++++ ---';
const IN_VOICE = '+++++ ++ ---- ---';
const DJS = '+-+++ +- ---- ---';
const VOICE_MENDERS = '--++- -- --++ ---';
const MANAGERS = '---+- -- ---+ --+';
const allOf = (name: string, words: readonly string[], who: string) =>
  Object.fromEntries(words.map((word) => [`${name} ${word}`, who]));

/** Who may use what. The commands themselves look at whose tracks those of /skip and /remove are. */
const MAY: Readonly<Record<string, string>> = {
  autoplay: DJS,
  clear: DJS,
  'favorites play': IN_VOICE,
  ...allOf('favorites', ['list', 'add', 'remove'], ANYBODY),
  filter: DJS,
  help: ANYBODY,
  history: ANYBODY,
  join: IN_VOICE,
  leave: DJS,
  loop: DJS,
  lyrics: ANYBODY,
  move: DJS,
  normalise: DJS,
  nowplaying: ANYBODY,
  pause: DJS,
  play: IN_VOICE,
  'Play this': IN_VOICE,
  'playlist load': IN_VOICE,
  ...allOf(
    'playlist',
    ['save', 'add', 'remove', 'show', 'list', 'delete', 'rename', 'share', 'import', 'export'],
    ANYBODY,
  ),
  previous: DJS,
  queue: ANYBODY,
  reconnect: VOICE_MENDERS,
  remove: IN_VOICE,
  replay: DJS,
  resume: IN_VOICE,
  search: ANYBODY,
  seek: DJS,
  // All of them, whatever there comes to be.
  settings: MANAGERS,
  shuffle: DJS,
  skip: IN_VOICE,
  sponsorblock: DJS,
  stay: DJS,
  stop: DJS,
  undo: DJS,
  voicestatus: ANYBODY,
  volume: DJS,
};

const NEEDS: readonly (readonly [string, Needs])[] = [
  ...COMMANDS.flatMap((command): [string, Needs][] => {
    const { name } = command.data;
    if (!('subcommands' in command)) return [[name, command.needs]];
    return Object.entries(command.subcommands).map(([word, { needs }]) => [`${name} ${word}`, needs]);
  }),
  ...MESSAGE_COMMANDS.map(({ data, needs }): [string, Needs] => [data.name, needs]),
];

it.each(NEEDS)('/%s is for those that the table names', (name, needs) => {
  const row = WHO.map(([, situation]) => (may(needs, situation) ? '+' : '-')).join('');
  const named = (signs: string) => WHO.filter((_, index) => signs[index] === '+').map(([who]) => who);
  const wanted = MAY[name] ?? MAY[name.split(' ')[0] ?? ''] ?? 'no row';
  expect(wanted).toMatch(/^[+ -]+$/);
  expect(named(row)).toEqual(named(wanted.replaceAll(' ', '')));
});

function may(needs: Needs, situation: Situation): boolean {
  try {
    guard(needs, situation);
    return true;
  } catch {
    return false;
  }
}
