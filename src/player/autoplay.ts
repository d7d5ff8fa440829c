import type { Logger } from 'pino';
import type { QueueOperation } from '../queue/queue-operations.ts';
import type { Queue } from '../queue/queue.ts';
import type { Track } from '../sources/source.ts';
import { GuildAutoplay, type GuildAutoplayParts } from './autoplay-guild.ts';
import type { GuildPlayers } from './guild-players.ts';
import type { QueueKeeper } from './guild-record.ts';
import type { Audience } from './players.ts';

/** The durable queues, as far as autoplay is told of them. */
export interface WatchedQueues extends Pick<QueueKeeper, 'session'> {
  on(event: 'change', heard: (guildId: string, queue: Queue, cause: QueueOperation) => void): unknown;
}

export interface AutoplayParts extends Pick<GuildAutoplayParts, 'related'> {
  readonly players: GuildPlayers;
  readonly queues: WatchedQueues;
  readonly audience: Pick<Audience, 'listeners'>;
  /** The blocked word that keeps a track out of the guild, or null. */
  readonly blocked: (guildId: string, track: Track) => string | null;
  readonly log: Logger;
}

/** Lets queues that have ended go on, guild by guild, where people chose that. */
export class Autoplay {
  readonly #parts: AutoplayParts;
  readonly #guilds = new Map<string, GuildAutoplay>();

  constructor(parts: AutoplayParts) {
    this.#parts = parts;
    parts.queues.on('change', (guildId, queue, cause) => this.#guilds.get(guildId)?.changed(queue, cause));
    parts.players.on('change', (guildId) => this.#of(guildId).look());
  }

  close(): void {
    for (const guild of this.#guilds.values()) guild.close();
  }

  #of(guildId: string): GuildAutoplay {
    const known = this.#guilds.get(guildId);
    if (known) return known;
    const { players, queues, audience, blocked, related, log } = this.#parts;
    const player = players.of(guildId);
    const guild = new GuildAutoplay({
      session: () => queues.session(guildId),
      playback: () => players.playback(guildId),
      listeners: () => {
        const { voiceChannelId } = queues.session(guildId);
        return voiceChannelId === null ? 0 : audience.listeners(guildId, voiceChannelId);
      },
      related: async (...asked) =>
        (await related(...asked))?.filter((track) => blocked(guildId, track) === null) ?? null,
      edit: (edit) => player.edit(edit),
      say: (line) => void players.announce(guildId, line),
      log: log.child({ guildId }),
    });
    this.#guilds.set(guildId, guild);
    player.deck.on('ended', (ending) => guild.ended(ending));
    return guild;
  }
}
