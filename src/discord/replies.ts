import type { EmbedBuilder } from 'discord.js';
import type { Reply } from '../commands/command.ts';
import { rowsOf, type ButtonRow } from './actions.ts';
import { menuRows, type MenuRow } from './menus.ts';

/** https://discord.com/developers/docs/resources/message#create-message */
const CONTENT_LIMIT = 2_000;
const EMBEDS_LIMIT = 10;

/** A message as the interaction routes take it. */
export interface OutgoingMessage {
  readonly content: string;
  readonly embeds: EmbedBuilder[];
  readonly components: (ButtonRow | MenuRow)[];
  /** Left out where there is none: an empty list would take away what hangs below a message already. */
  readonly files?: { readonly attachment: Buffer; readonly name: string }[];
  /** Nobody is ever pinged, whatever a title contains. */
  readonly allowedMentions: { readonly parse: [] };
}

/** What a command says, within Discord's limits. */
export function toMessage(reply: Reply): OutgoingMessage {
  const {
    content = '',
    embeds = [],
    actions = [],
    menu,
    files = [],
  } = typeof reply === 'string' ? { content: reply } : reply;
  return {
    content: shorten(content),
    embeds: embeds.slice(0, EMBEDS_LIMIT),
    components: [...rowsOf(actions), ...menuRows(menu)],
    ...(files.length > 0 && {
      files: files.map(({ name, contents }) => ({ name, attachment: Buffer.from(contents) })),
    }),
    allowedMentions: { parse: [] },
  };
}

function shorten(content: string): string {
  if (content.length <= CONTENT_LIMIT) return content;
  // The cut may fall inside a character that takes two units.
  return `${content.slice(0, CONTENT_LIMIT - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
