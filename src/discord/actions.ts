import { ButtonStyle, ComponentType, type APIActionRowComponent, type APIButtonComponent } from 'discord.js';
import type { Command, ReplyAction } from '../commands/command.ts';
import { reconnect, retry } from '../commands/reconnect.ts';
import { resume } from '../commands/resume.ts';
import type { NoticeAction } from '../player/notice.ts';

export type Action = ReplyAction | NoticeAction;
export type ButtonRow = APIActionRowComponent<APIButtonComponent>;

interface ActionRow {
  readonly label: string;
  readonly style: ButtonStyle.Primary | ButtonStyle.Secondary;
  readonly command: Pick<Command, 'needs' | 'run'>;
}

/** Buttons that need to know nothing but what they do. Each is a command without options, under the same guard. */
const ACTIONS: Readonly<Record<Action, ActionRow>> = {
  resume: { label: 'Resume', style: ButtonStyle.Primary, command: resume },
  retry: { label: 'Retry now', style: ButtonStyle.Primary, command: retry },
  reconnect: { label: 'Reconnect', style: ButtonStyle.Secondary, command: reconnect },
};

const PREFIX = 'do:';
const isAction = (name: string): name is Action => Object.hasOwn(ACTIONS, name);

/** The buttons of some actions, five at most. They work for as long as their message is there, also after a restart. */
export function rowsOf(actions: readonly Action[]): ButtonRow[] {
  if (actions.length === 0) return [];
  const button = (action: Action) => {
    const { label, style } = ACTIONS[action];
    return { type: ComponentType.Button, custom_id: `${PREFIX}${action}`, label, style } as const;
  };
  return [{ type: ComponentType.ActionRow, components: actions.map(button) }];
}

/** The command behind a button of `rowsOf`, or null when the button is none of them. */
export function actionCommand(customId: string): Pick<Command, 'needs' | 'run'> | null {
  const name = customId.startsWith(PREFIX) ? customId.slice(PREFIX.length) : '';
  return isAction(name) ? ACTIONS[name].command : null;
}
