import {
  ButtonStyle,
  ComponentType,
  type APIActionRowComponent,
  type APIButtonComponent,
  type APIEmbed,
} from 'discord.js';
import { formatDuration, plainText, safeText } from '../lib/format.ts';
import type { Playback } from '../player/players.ts';
import { filterInWords } from '../queue/filters.ts';
import type { QueueEntry } from '../queue/queue.ts';
import { requesterInWords } from '../queue/requester.ts';
import type { VoiceState } from '../voice/voice-state.ts';
import { buttonId, type ButtonAction } from './buttons.ts';
import type { DisplayMessage } from './display-channel.ts';
import { progressBar } from './progress-bar.ts';

/** What the display says above the track; `offline` while the bot is not running. */
const HEADINGS: Readonly<Record<Playback['status'] | 'offline', string>> = {
  idle: 'Nothing is playing',
  away: 'Not in a voice channel, /resume goes on',
  loading: 'Loading',
  playing: 'Now playing',
  paused: 'Paused',
  'waiting-to-retry': 'Waiting to try again',
  'waiting-for-voice': 'Connecting',
  'waiting-for-listeners': 'Waiting for somebody to listen',
  offline: 'Offline, the queue is kept',
};

/** What it says instead of "Now playing" while voice is not ready. */
const WAITS: Readonly<Record<VoiceState['status'], string>> = {
  idle: HEADINGS['waiting-for-voice'],
  joining: HEADINGS['waiting-for-voice'],
  ready: HEADINGS['waiting-for-voice'],
  resuming: 'Voice was lost, coming back',
  recovering: 'Voice was lost, coming back',
  deciding: 'Voice was lost, coming back',
  'cooling-down': 'Voice keeps failing, waiting to try again',
  failed: 'Voice could not be mended',
};

/** What the display shows of a playback. `online: false` is the last thing it shows before the bot stops. */
export function render(
  playback: Playback,
  { voice, online = true }: { voice: VoiceState['status']; online?: boolean },
): DisplayMessage {
  const { entry } = playback;
  if (entry === null)
    return { embeds: [{ description: 'Nothing is playing. Use /play to start something.' }], components: [] };
  const status = playback.status === 'playing' && voice !== 'ready' ? 'waiting-for-voice' : playback.status;
  return {
    embeds: [embed(entry, playback, online ? heading(status, voice) : HEADINGS.offline)],
    components: online ? [buttons(entry.id, status)] : [],
  };
}

function heading(status: Playback['status'], voice: VoiceState['status']): string {
  return status === 'waiting-for-voice' ? WAITS[voice] : HEADINGS[status];
}

function embed({ track, requestedBy }: QueueEntry, playback: Playback, heading: string): APIEmbed {
  const link = webAddress(track.link);
  const thumbnail = webAddress(track.thumbnail);
  return {
    author: { name: heading },
    title: safeText(track.title, 120) || 'untitled',
    ...(link !== null && { url: link }),
    description: [
      ...(track.artist === null ? [] : [safeText(track.artist)]),
      `${progressBar(playback.positionMs, track.durationMs)} ${times(playback.positionMs, track)}`,
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
  if (durationMs === null) return `[${formatDuration(positionMs)}]`;
  return `[${formatDuration(Math.min(positionMs, durationMs))} / ${formatDuration(durationMs)}]`;
}

function footer({ queue, volume, filters }: Playback): string {
  const [next] = queue.upcoming;
  return [
    // A footer knows no Markdown, so nothing needs escaping there.
    next ? `Next: ${plainText(next.track.title, 80)}` : 'Nothing comes next',
    ...(queue.upcoming.length > 1 ? [`${queue.upcoming.length} to come`] : []),
    `Volume ${volume} %`,
    ...filters.map(filterInWords),
    ...(queue.loop === 'off' ? [] : [`🔁 ${queue.loop}`]),
  ].join(' · ');
}

function buttons(entryId: string, status: Playback['status']): APIActionRowComponent<APIButtonComponent> {
  const button = (
    action: ButtonAction,
    label: string,
    style: ButtonStyle.Primary | ButtonStyle.Secondary | ButtonStyle.Danger,
  ) => ({ type: ComponentType.Button, custom_id: buttonId(action, entryId), label, style }) as const;
  return {
    type: ComponentType.ActionRow,
    components: [
      status === 'paused' || status === 'away'
        ? button('resume', 'Resume', ButtonStyle.Primary)
        : button('pause', 'Pause', ButtonStyle.Primary),
      button('skip', 'Skip', ButtonStyle.Secondary),
      button('stop', 'Stop', ButtonStyle.Danger),
    ],
  };
}

/** The address as Discord takes it in an embed (http or https, at most 2048 characters), or null. */
function webAddress(text: string | null): string | null {
  const url = text === null ? null : URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.href.length <= 2_048 ? url.href : null;
}
