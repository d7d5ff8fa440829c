import type { Incident } from '../voice/voice-reports.ts';
import type { SILENCED } from './announcements.ts';
import type { GuildPlayers } from './guild-players.ts';
import type { QueueKeeper } from './guild-record.ts';
import { GuildTeller } from './guild-teller.ts';
import type { Notice } from './notice.ts';
import type { PlayerVoice } from './player-voice.ts';
import type { Audience } from './players.ts';

export interface IncidentTellerParts {
  readonly players: Pick<GuildPlayers, 'announce' | 'playback'>;
  readonly queues: Pick<QueueKeeper, 'session'>;
  readonly voice: Pick<PlayerVoice, 'state' | 'report'>;
  readonly audience: Pick<Audience, 'listeners'>;
}

/** Tells people what happens to voice, each guild in the text channel where it gave its commands. Tell it what changed. */
export class IncidentTeller {
  readonly #parts: IncidentTellerParts;
  readonly #guilds = new Map<string, GuildTeller>();

  constructor(parts: IncidentTellerParts) {
    this.#parts = parts;
  }

  incident(guildId: string, incident: Incident): void {
    this.#guild(guildId).incident(incident);
  }

  /** The state of voice, the music or who listens changed. */
  changed(guildId: string): void {
    this.#guilds.get(guildId)?.changed();
  }

  out(guildId: string, notice: Notice): void {
    this.#guild(guildId).out(notice);
  }

  silenced(guildId: string, why: keyof typeof SILENCED | null): void {
    this.#guild(guildId).silenced(why);
  }

  close(): void {
    for (const guild of this.#guilds.values()) guild.close();
  }

  #guild(guildId: string): GuildTeller {
    const known = this.#guilds.get(guildId);
    if (known) return known;
    const { players, queues, voice, audience } = this.#parts;
    const guild = new GuildTeller({
      announce: (notice) => players.announce(guildId, notice),
      playback: () => players.playback(guildId).status,
      listeners: () => {
        const { voiceChannelId } = queues.session(guildId);
        return voiceChannelId === null ? 0 : audience.listeners(guildId, voiceChannelId);
      },
      voice: () => voice.state(guildId),
      tries: () => voice.report(guildId).attempts.of,
    });
    this.#guilds.set(guildId, guild);
    return guild;
  }
}
