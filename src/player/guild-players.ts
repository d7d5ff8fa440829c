import { EventEmitter } from 'node:events';
import { within } from '../lib/time.ts';
import { GuildPlayer, type GuildPlayerParts } from './guild-player.ts';
import { recordOf, type QueueKeeper } from './guild-record.ts';
import { levelled, type LevelledParts } from './levelled.ts';
import { playbackOf } from './playback.ts';
import type { PlayerVoice } from './player-voice.ts';
import type { Notice, Posted } from './notice.ts';
import type { Playback } from './players.ts';
import { SmartPreloader, type Preload } from './smart-preloader.ts';

export interface GuildPlayersParts extends Pick<GuildPlayerParts, 'locate' | 'open' | 'forget' | 'log'> {
  readonly queues: QueueKeeper;
  /** Finds beforehand what `locate` would take long to find. */
  readonly preload: Preload;
  readonly loudness: LevelledParts['loudness'];
  readonly voice: PlayerVoice;
  /** Tells a text channel; null when that is not told. Must not throw. */
  announce(guildId: string, textChannelId: string, notice: Notice): Posted | null;
}

/** How long `close` waits for one guild's record to be written. */
const CLOSE_DEADLINE_MS = 1_500;

/** One GuildPlayer per guild, made when it is first needed. */
export class GuildPlayers extends EventEmitter<{ change: [guildId: string] }> {
  readonly #parts: GuildPlayersParts;
  readonly #players = new Map<string, GuildPlayer>();
  readonly #life = new AbortController();

  constructor(parts: GuildPlayersParts) {
    super();
    this.#parts = parts;
  }

  of(guildId: string): GuildPlayer {
    const known = this.#players.get(guildId);
    if (known) return known;
    const { queues, voice, locate, forget, log } = this.#parts;
    const { open, preload } = levelled({ ...this.#parts, normalise: () => queues.session(guildId).normalise });
    const preloader = new SmartPreloader(preload);
    const player = new GuildPlayer({
      record: recordOf(queues, guildId),
      locate,
      open,
      forget,
      connected: () => isUnderWay(voice, guildId),
      announce: (notice) => this.announce(guildId, notice),
      changed: () => {
        const { upcoming, current } = queues.queue(guildId);
        // Where nothing is about to sound, nothing is about to follow it.
        if (player.deck.entry !== null || current === null) preloader.prepare(upcoming, current);
        this.emit('change', guildId);
      },
      log: log.child({ guildId }),
    });
    this.#players.set(guildId, player);
    this.#life.signal.addEventListener('abort', () => preloader.close(), { once: true });
    return player;
  }

  /** What plays; asking makes no player. */
  playback(guildId: string): Playback {
    return playbackOf(recordOf(this.#parts.queues, guildId), this.#players.get(guildId) ?? null);
  }

  /** Tells the channel where people gave their commands; null when nobody ever did, or it is not told. */
  announce(guildId: string, notice: Notice): Posted | null {
    const { textChannelId } = this.#parts.queues.session(guildId);
    return textChannelId === null ? null : this.#parts.announce(guildId, textChannelId, notice);
  }

  /** Positions written down, everything silent. Never rejects. */
  async close(): Promise<void> {
    this.#life.abort();
    const closing = [...this.#players].map(async ([guildId, player]) => {
      const late = () => new Error('writing the position took too long');
      await within(CLOSE_DEADLINE_MS, player.close(), late).catch((error: unknown) => {
        this.#parts.log.warn({ guildId, error }, 'player not closed cleanly');
      });
    });
    await Promise.all(closing);
  }
}

/**
 * True while there is a connection, or one is being made or mended. A first join that waits for its turn does not count: a
 * thousand guilds that come back at a start would open a thousand tracks, minutes before they can be heard.
 */
function isUnderWay(voice: PlayerVoice, guildId: string): boolean {
  const { status } = voice.state(guildId);
  return status === 'ready' || (status !== 'idle' && status !== 'failed' && voice.report(guildId).joins > 0);
}
