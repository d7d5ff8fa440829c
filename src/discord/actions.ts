import { ButtonStyle, ComponentType, type APIActionRowComponent, type APIButtonComponent } from 'discord.js';
import type { Command, ReplyAction } from '../commands/command.ts';
import { cancel } from '../commands/play.ts';
import { reconnect, retry } from '../commands/reconnect.ts';
import { resume } from '../commands/resume.ts';
import type { NoticeAction } from '../player/notice.ts';

export type Action = ReplyAction | NoticeAction;
export type ButtonRow = APIActionRowComponent<APIButtonComponent>;

/** Behind the name may stand, after a colon, what the button is about. */
type ActionName = Exclude<Action, `${string}:${string}`> | 'cancel';

/** What a press runs: a command, with all that it asks of the person. */
export type ButtonCommand = Omit<Command, 'data' | 'complete'>;

interface ActionRow {
  readonly label: string;
  readonly style: ButtonStyle.Primary | ButtonStyle.Secondary;
  readonly command: ButtonCommand;
}

/** Buttons that need to know no more than what they do, and about what. Each is a command, under the same guard. */
const ACTIONS: Readonly<Record<ActionName, ActionRow>> = {
  resume: { label: 'Resume', style: ButtonStyle.Primary, command: resume },
  retry: { label: 'Retry now', style: ButtonStyle.Primary, command: retry },
  reconnect: { label: 'Reconnect', style: ButtonStyle.Secondary, command: reconnect },
  cancel: { label: 'Cancel', style: ButtonStyle.Secondary, command: cancel },
};

const PREFIX = 'do:';

/** The row of an action, and its option `id`; null when it is none of ours. */
function read(action: string): { readonly row: ActionRow; readonly id: string } | null {
  const [name = '', id = ''] = action.split(':');
  return Object.hasOwn(ACTIONS, name) ? { row: ACTIONS[name as ActionName], id } : null;
}

/** The buttons of some actions, five at most. They work for as long as their message is there, also after a restart. */
export function rowsOf(actions: readonly Action[]): ButtonRow[] {
  const buttons = actions.flatMap((action) => {
    const row = read(action)?.row;
    const custom_id = `${PREFIX}${action}`;
    return row ? [{ type: ComponentType.Button, custom_id, label: row.label, style: row.style } as const] : [];
  });
  return buttons.length === 0 ? [] : [{ type: ComponentType.ActionRow, components: buttons }];
}

/** The command behind a button of `rowsOf`, or null when the button is none of them. */
export function actionCommand(customId: string): ButtonCommand | null {
  const action = customId.startsWith(PREFIX) ? read(customId.slice(PREFIX.length)) : null;
  if (action === null) return null;
  const { row, id } = action;
  const string = (name: string) => (name === 'id' ? id : null);
  return { ...row.command, run: (context, services) => row.command.run({ ...context, string }, services) };
}
