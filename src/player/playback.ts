import { filteringOf } from './filters.ts';
import type { GuildPlayer } from './guild-player.ts';
import type { GuildRecord } from './guild-record.ts';
import type { Playback } from './players.ts';

/** What the record says, and what is on the deck where there is a player. */
export function playbackOf(record: GuildRecord, player: Pick<GuildPlayer, 'deck' | 'rests'> | null): Playback {
  const { queue, session } = record;
  const positionMs = player?.deck.positionMs ?? session.positionMs;
  const { volume, pausedBy, filters, autoplay } = session;
  const tempo = filteringOf(filters)?.tempo ?? 1;
  return {
    status: statusOf(record, player),
    entry: queue.current,
    positionMs,
    volume,
    filters,
    tempo,
    pausedBy,
    autoplay,
    queue,
  };
}

function statusOf({ queue, session }: GuildRecord, player: Parameters<typeof playbackOf>[1]): Playback['status'] {
  if (queue.current === null) return 'idle';
  if (session.voiceChannelId === null) return 'away';
  if (session.paused === 'nobody') return 'waiting-for-listeners';
  if (session.paused !== 'no') return 'paused';
  if (player?.rests === true) return 'waiting-to-retry';
  if (player?.deck.loading === true) return 'loading';
  return player?.deck.audible === true ? 'playing' : 'waiting-for-voice';
}
