import { EmbedBuilder } from 'discord.js';
import { SETTING_NAMES, type GuildSettings } from '../../settings/guild-settings.ts';
import type { Subcommand } from '../command.ts';
import { settingParagraph } from './words.ts';

/** An embed's description takes 4096; a page that is not full is easier to read. */
const LONGEST_PAGE = 2_500;

export const view: Subcommand = {
  needs: 'manage-guild',
  ephemeral: true,
  run(context, { settings }) {
    const pages = pagesOf(settings.of(context.guildId));
    const number = Math.min(Math.max(1, context.integer('page') ?? 1), pages.length);
    const embed = new EmbedBuilder()
      .setTitle('Settings of this server')
      .setDescription(pages[number - 1] ?? '')
      .setFooter({ text: `Page ${number}/${pages.length} · /settings reset takes one back` });
    return Promise.resolve({ embeds: [embed] });
  },
};

/** All settings, none of them over two pages. */
function pagesOf(settings: GuildSettings): readonly string[] {
  const pages: string[] = [];
  for (const paragraph of SETTING_NAMES.map((name) => settingParagraph(name, settings))) {
    const last = pages.at(-1);
    if (last !== undefined && last.length + paragraph.length < LONGEST_PAGE) {
      pages.splice(-1, 1, `${last}\n\n${paragraph}`);
    } else {
      pages.push(paragraph);
    }
  }
  return pages;
}
