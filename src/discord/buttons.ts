import type { Command } from '../commands/command.ts';
import { pause } from '../commands/pause.ts';
import { resume } from '../commands/resume.ts';
import { skip } from '../commands/skip.ts';
import { stop } from '../commands/stop.ts';
import { TenutoError } from '../lib/errors.ts';
import { parseButtonId, type ButtonAction } from '../now-playing/buttons.ts';
import { actionCommand } from './actions.ts';

/** A button of the display is a command without options, under the same guard. */
const BUTTONS: Readonly<Record<ButtonAction, Command>> = { pause, resume, skip, stop };

/**
 * What the press of a button runs, or null when the button is not ours. It is answered to the person alone, since
 * everybody sees what it led to.
 */
export function buttonCommand(customId: string): Pick<Command, 'needs' | 'ephemeral' | 'run'> | null {
  const command = actionCommand(customId) ?? displayCommand(customId);
  return command && { ...command, ephemeral: true };
}

/** Does nothing when its track is not the current one: of two people who press "skip" at once, one skips. */
function displayCommand(customId: string): Pick<Command, 'needs' | 'run'> | null {
  const button = parseButtonId(customId);
  if (!button) return null;
  const command = BUTTONS[button.action];
  return {
    needs: command.needs,
    async run(context, services) {
      if (services.players.playback(context.guildId).entry?.id !== button.entryId)
        throw new TenutoError('STALE_BUTTON');
      return await command.run({ ...context, entryId: button.entryId }, services);
    },
  };
}
