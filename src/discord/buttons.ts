import type { CommandContext, CommandServices } from '../commands/command.ts';
import { addFavourite } from '../commands/favorites.ts';
import { loop } from '../commands/loop.ts';
import { pause } from '../commands/pause.ts';
import { previous } from '../commands/previous.ts';
import { resume } from '../commands/resume.ts';
import { seek } from '../commands/seek.ts';
import { shuffle } from '../commands/shuffle.ts';
import { skip } from '../commands/skip.ts';
import { stop } from '../commands/stop.ts';
import { volume } from '../commands/volume.ts';
import { TenutoError } from '../lib/errors.ts';
import { parseButtonId, type ButtonAction } from '../now-playing/buttons.ts';
import type { Playback } from '../player/players.ts';
import { actionCommand, type ButtonCommand } from './actions.ts';

/** A command, and the options that a press gives it. */
interface ButtonRow {
  readonly command: ButtonCommand;
  options?(playback: Playback): Readonly<Record<string, string | number>>;
}

const STEP = 10;
const louderBy = (step: number): ButtonRow => ({
  command: volume,
  options: ({ volume: level }) => ({ level: Math.min(200, Math.max(0, level + step)) }),
});
const goingTo = (to: string): ButtonRow => ({ command: seek, options: () => ({ to }) });
const looping = (mode: string): ButtonRow => ({ command: loop, options: () => ({ mode }) });

const BUTTONS: Readonly<Record<ButtonAction, ButtonRow>> = {
  previous: { command: previous },
  back: goingTo('-10'),
  pause: { command: pause },
  resume: { command: resume },
  forward: goingTo('+10'),
  skip: { command: skip },
  stop: { command: stop },
  'loop-off': looping('off'),
  'loop-track': looping('track'),
  'loop-queue': looping('queue'),
  shuffle: { command: shuffle },
  quieter: louderBy(-STEP),
  louder: louderBy(STEP),
  favourite: { command: addFavourite },
};

/**
 * What the press of a button runs, or null when the button is not ours. It is answered to the person alone, since
 * everybody sees what it led to.
 */
export function buttonCommand(customId: string): ButtonCommand | null {
  const command = actionCommand(customId) ?? displayCommand(customId);
  return command && { ...command, ephemeral: true };
}

/** Does nothing when its track is not the current one: of two people who press "skip" at once, one skips. */
function displayCommand(customId: string): ButtonCommand | null {
  const button = parseButtonId(customId);
  if (!button || !Object.hasOwn(BUTTONS, button.action)) return null;
  const { action, entryId } = button;
  const row = BUTTONS[action as ButtonAction];
  return {
    ...row.command,
    async run(context, services) {
      const playback = current(entryId, context, services);
      const given = row.options?.(playback) ?? {};
      return await row.command.run({ ...context, ...optionsOf(given), entryId }, services);
    },
  };
}

function current(entryId: string, { guildId }: CommandContext, { players }: CommandServices): Playback {
  const playback = players.playback(guildId);
  if (playback.entry?.id !== entryId) throw new TenutoError('STALE_BUTTON');
  return playback;
}

function optionsOf(given: Readonly<Record<string, string | number>>): Pick<CommandContext, 'string' | 'integer'> {
  const option = (name: string) => given[name] ?? null;
  return {
    string: (name) => (typeof option(name) === 'string' ? String(option(name)) : null),
    integer: (name) => (typeof option(name) === 'number' ? Number(option(name)) : null),
  };
}
