import { EmbedBuilder, SlashCommandBuilder } from 'discord.js';
import { formatDuration } from '../lib/format.ts';
import type { Playback } from '../player/players.ts';
import { requesterInWords } from '../queue/requester.ts';
import type { Command } from './command.ts';
import { count, length, line, named, totalMs } from './words/track.ts';
import { page as pageOption } from './words/options.ts';

const PER_PAGE = 10;

export const queue: Command = {
  data: new SlashCommandBuilder()
    .setName('queue')
    .setDescription('Show what plays and what comes next')
    .addIntegerOption(pageOption),
  needs: 'guild',
  async run(context, { players }) {
    const playback = players.playback(context.guildId);
    if (playback.entry === null && playback.queue.upcoming.length === 0) {
      return 'The queue is empty. Use /play to add something.';
    }
    return { embeds: [page(playback, context.integer('page') ?? 1)] };
  },
};

/** Ten entries; a page beyond the end is the last one. */
function page({ entry, positionMs, queue }: Playback, wanted: number): EmbedBuilder {
  const { upcoming } = queue;
  const pages = Math.max(1, Math.ceil(upcoming.length / PER_PAGE));
  const number = Math.min(Math.max(1, wanted), pages);
  const first = (number - 1) * PER_PAGE;
  const lines = upcoming.slice(first, first + PER_PAGE).map((next, index) => line(next, first + index + 1));
  const now = entry
    ? `Now: ${named(entry.track)} ${formatDuration(positionMs)} / ${length(entry.track)} (${requesterInWords(entry.requestedBy)})`
    : 'Nothing is playing.';
  return new EmbedBuilder()
    .setTitle('Queue')
    .setDescription([now, '', ...(lines.length > 0 ? lines : ['Nothing comes next.'])].join('\n'))
    .setFooter({ text: [`Page ${number}/${pages}`, ...summary(queue)].join(' · ') });
}

function summary({ upcoming, loop }: Playback['queue']): string[] {
  const total = totalMs(upcoming);
  return [
    `${count(upcoming.length)} to come`,
    ...(total === null ? [] : [`${formatDuration(total)} long`]),
    ...(loop === 'off' ? [] : [`repeating the ${loop}`]),
  ];
}
