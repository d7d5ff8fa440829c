import { EmbedBuilder, SlashCommandBuilder } from 'discord.js';
import { TenutoError } from '../lib/errors.ts';
import { formatDuration, plainText, safeText } from '../lib/format.ts';
import type { FoundLyrics, LyricsOf } from '../sources/lyrics.ts';
import type { Command, Reply } from './command.ts';
import { lyricsPages, sungAt } from './words/lyrics.ts';
import { named } from './words/track.ts';
import { page as pageOption } from './words/options.ts';

export const lyrics: Command = {
  data: new SlashCommandBuilder()
    .setName('lyrics')
    .setDescription('Show the words of the current track, with the line that is sung now, or of any song')
    .addStringOption((option) =>
      option.setName('query').setDescription('Which song: its artist and title').setMaxLength(200),
    )
    .addIntegerOption(pageOption),
  needs: 'guild',
  async run(context, services) {
    const words = plainText(context.string('query') ?? '');
    const { entry, positionMs } = services.players.playback(context.guildId);
    if (words === '' && entry === null) {
      throw new TenutoError('BAD_OPTION', 'Nothing is playing. Say which song: /lyrics query.');
    }
    const of: LyricsOf =
      words !== '' || entry === null ? { kind: 'words', words } : { kind: 'track', track: entry.track };
    const found = await services.lyrics.find(of, context.userId, context.signal);
    if (found === null)
      throw new TenutoError('NO_LYRICS', of.kind === 'track' ? named(of.track) : `**${safeText(words)}**`);
    if (found.instrumental)
      return `**${safeText(found.title)}** by ${safeText(found.artist, 60)} is instrumental: nobody sings.`;
    return shown(found, context.integer('page'), positionMs);
  },
};

/** A page beyond the end is the last one. Who asks for a page wants to read on, and not what is sung now. */
function shown(found: FoundLyrics, wanted: number | null, positionMs: number): Reply {
  const pages = lyricsPages(found.lines);
  const number = Math.min(wanted ?? 1, pages.length);
  const page = new EmbedBuilder()
    .setTitle(`Lyrics: ${safeText(found.title, 80) || 'untitled'}`)
    .setDescription(pages[number - 1] || 'There are no words in it.')
    .setFooter({ text: `${plainText(found.artist, 60)} · Page ${number}/${pages.length}` });
  if (found.timed === null || wanted !== null) return { embeds: [page] };
  const now = new EmbedBuilder()
    .setTitle(`Sung at ${formatDuration(positionMs)}`)
    .setDescription(sungAt(found.timed, positionMs));
  return { embeds: [now, page] };
}
