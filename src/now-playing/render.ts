import type { APIEmbed } from 'discord.js';
import { formatDuration, plainText, safeText } from '../lib/format.ts';
import type { Playback } from '../player/players.ts';
import { filterInWords } from '../queue/filters.ts';
import type { QueueEntry } from '../queue/queue.ts';
import { requesterInWords } from '../queue/requester.ts';
import { buttonRows } from './button-rows.ts';
import type { DisplayMessage } from './display-channel.ts';
import { heading, type VoiceHealth } from './heading.ts';
import { progressBar } from './progress-bar.ts';

/** Discord's blurple while it sounds, and grey while it does not. */
const SOUNDS = 0x58_65_f2;
const SILENT = 0x99_aa_b5;

/** What the display shows of a playback. */
export function render(playback: Playback, voice: VoiceHealth): DisplayMessage {
  const { entry } = playback;
  if (entry === null)
    return { embeds: [{ description: 'Nothing is playing. Use /play to start something.' }], components: [] };
  return {
    embeds: [embed(entry, playback, heading(playback, voice))],
    components: buttonRows(entry.id, playback),
  };
}

/** The last thing it shows before the bot stops. */
export function renderOffline(playback: Playback): DisplayMessage {
  const { entry } = playback;
  if (entry === null) return render(playback, { state: 'idle', verdict: 'quiet' });
  const stopped = { ...playback, status: 'waiting-for-voice' } as const;
  return { embeds: [embed(entry, stopped, 'Offline, the queue is kept')], components: [] };
}

function embed({ track, requestedBy }: QueueEntry, playback: Playback, heading: string): APIEmbed {
  const link = webAddress(track.link);
  const thumbnail = webAddress(track.thumbnail);
  return {
    author: { name: heading },
    color: playback.status === 'playing' ? SOUNDS : SILENT,
    title: safeText(track.title, 120) || 'untitled',
    ...(link !== null && { url: link }),
    description: [
      ...(track.artist === null ? [] : [safeText(track.artist)]),
      // The bar last, where a screen reader may leave it out.
      `${times(playback.positionMs, track)} ${progressBar(playback.positionMs, track.durationMs)}`,
      `Asked for by ${requesterInWords(requestedBy)}${pausedBy(playback)}`,
    ].join('\n'),
    ...(thumbnail !== null && { thumbnail: { url: thumbnail } }),
    footer: { text: footer(playback) },
  };
}

const pausedBy = ({ status, pausedBy }: Playback): string =>
  status === 'paused' && pausedBy !== null ? `, paused by <@${pausedBy}>` : '';

function times(positionMs: number, { durationMs, live }: QueueEntry['track']): string {
  if (live) return `🔴 LIVE ${formatDuration(positionMs)}`;
  if (durationMs === null) return formatDuration(positionMs);
  return `${formatDuration(Math.min(positionMs, durationMs))} / ${formatDuration(durationMs)}`;
}

function footer(playback: Playback): string {
  const { queue, volume, filters, autoplay } = playback;
  return [
    // A footer knows no Markdown, so nothing needs escaping there.
    next(playback),
    ...(queue.upcoming.length > 1 ? [`${queue.upcoming.length - 1} more after it`] : []),
    ...(volume === 100 ? [] : [`Volume ${volume} %`]),
    ...(queue.loop === 'off' ? [] : [`Loop: ${queue.loop}`]),
    ...filters.map(filterInWords),
    ...(autoplay ? ['Autoplay'] : []),
  ].join(' · ');
}

function next({ queue: { upcoming, loop }, autoplay }: Playback): string {
  const [first] = upcoming;
  if (loop === 'track') return 'Next: this again';
  if (first) return `Next: ${plainText(first.track.title, 80) || 'untitled'}`;
  if (loop === 'queue') return 'Next: this again';
  return autoplay ? 'Next: something related' : 'Nothing comes next';
}

/** The address as Discord takes it in an embed (http or https, at most 2048 characters), or null. */
function webAddress(text: string | null): string | null {
  const url = text === null ? null : URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.href.length <= 2_048 ? url.href : null;
}
