import type { Deck } from './deck.ts';
import type { GuildRecord } from './guild-record.ts';
import type { Playback } from './players.ts';

/** What the record says, and what is on the deck where there is one. */
export function playbackOf(record: GuildRecord, deck: Deck | null): Playback {
  const { queue, session } = record;
  const positionMs = deck?.positionMs ?? session.positionMs;
  const { volume, pausedBy } = session;
  return { status: statusOf(record, deck), entry: queue.current, positionMs, volume, pausedBy, queue };
}

function statusOf({ queue, session }: GuildRecord, deck: Deck | null): Playback['status'] {
  if (queue.current === null) return 'idle';
  if (session.voiceChannelId === null) return 'away';
  if (session.paused === 'nobody') return 'waiting-for-listeners';
  if (session.paused !== 'no') return 'paused';
  if (deck?.loading === true) return 'loading';
  return deck?.audible === true ? 'playing' : 'waiting-for-voice';
}
