import type { Logger } from 'pino';
import type { GuildPlayers } from './guild-players.ts';
import type { QueueKeeper } from './guild-record.ts';
import { GuildSegments, type GuildSegmentsParts } from './segments-guild.ts';

export interface SegmentsParts extends Pick<GuildSegmentsParts, 'segments'> {
  readonly players: GuildPlayers;
  readonly queues: Pick<QueueKeeper, 'session'>;
  readonly log: Logger;
}

/** Leaves out the parts of tracks that are no music, guild by guild, where people chose that. */
export class Segments {
  readonly #parts: SegmentsParts;
  readonly #guilds = new Map<string, GuildSegments>();

  constructor(parts: SegmentsParts) {
    this.#parts = parts;
    parts.players.on('change', (guildId) => this.#of(guildId).look());
  }

  close(): void {
    for (const guild of this.#guilds.values()) guild.close();
  }

  #of(guildId: string): GuildSegments {
    const known = this.#guilds.get(guildId);
    if (known) return known;
    const { players, queues, segments, log } = this.#parts;
    const { swaps } = players.of(guildId);
    const guild = new GuildSegments({
      wanted: () => queues.session(guildId).sponsorblock,
      playback: () => players.playback(guildId),
      sought: () => swaps.sought,
      segments,
      seek: (ms) => swaps.seek({ from: 'beginning', ms }, 'nobody'),
      log: log.child({ guildId }),
    });
    this.#guilds.set(guildId, guild);
    return guild;
  }
}
