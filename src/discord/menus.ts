import { ComponentType, type APIActionRowComponent, type APIStringSelectComponent } from 'discord.js';
import type { CommandContext, ReplyMenu } from '../commands/command.ts';

export type MenuRow = APIActionRowComponent<APIStringSelectComponent>;

const IDS = { end: 'choose:end', next: 'choose:next' } as const;
/** https://discord.com/developers/docs/components/reference#string-select */
const MOST = 25;

/** The row of a menu. All that a choice needs is in it, so it works for as long as its message is there, also after a restart. */
export function menuRows(menu: ReplyMenu | undefined): MenuRow[] {
  if (menu === undefined) return [];
  const custom_id = menu.next ? IDS.next : IDS.end;
  // Discord refuses a menu in which a value stands twice.
  const options = [...new Map(menu.options.map((option) => [option.value, option])).values()].slice(0, MOST);
  return [{ type: ComponentType.ActionRow, components: [{ type: ComponentType.StringSelect, custom_id, options }] }];
}

/** What /play is told when this was chosen, or null when the menu is not ours. */
export function optionsOf(customId: string, value: string): Pick<CommandContext, 'string' | 'boolean'> | null {
  if (customId !== IDS.end && customId !== IDS.next) return null;
  return {
    string: (name) => (name === 'query' ? value : null),
    boolean: (name) => (name === 'next' ? customId === IDS.next : null),
  };
}
