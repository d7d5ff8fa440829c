import type { Logger } from 'pino';
import { within } from '../lib/time.ts';
import type { Players } from '../player/players.ts';
import type { Store } from '../storage/store.ts';
import type { VoiceReports } from '../voice/voice-reports.ts';
import type { DisplayChannel, SentMessage } from './display-channel.ts';
import type { DisplayRecord } from './display-state.ts';
import type { Displays } from './displays.ts';
import { GuildDisplay } from './guild-display.ts';

export interface NowPlayingParts {
  readonly channel: DisplayChannel;
  readonly players: Pick<Players, 'playback'>;
  readonly voice: Pick<VoiceReports, 'report'>;
  readonly store: Pick<Store, 'get' | 'set' | 'deleteMany'>;
  /** Where the people of a guild gave their commands, or null. */
  textChannelId(guildId: string): string | null;
  readonly refreshMs: number;
  readonly log: Logger;
}

const CLOSE_DEADLINE_MS = 1_500;

/** NowPlaying: one display a guild, found again after a restart. Tell it what changed; it sees to the rest. */
export class NowPlaying implements Displays {
  readonly #parts: NowPlayingParts;
  readonly #displays = new Map<string, GuildDisplay>();

  constructor(parts: NowPlayingParts) {
    this.#parts = parts;
  }

  /** The playback or the voice connection of a guild changed. */
  changed(guildId: string): void {
    this.#display(guildId).changed();
  }

  /** A message was sent in a guild. */
  said(guildId: string, message: SentMessage): void {
    this.#displays.get(guildId)?.said(message);
  }

  async show(guildId: string, textChannelId: string): Promise<void> {
    await this.#display(guildId).show(textChannelId);
  }

  /** Ends all refreshes; each display says that the bot is offline, as far as that is done in time. */
  async close(): Promise<void> {
    const closing = Promise.allSettled([...this.#displays.values()].map((display) => display.close()));
    await within(CLOSE_DEADLINE_MS, closing, () => new Error('displays closed too slowly')).catch((error: unknown) => {
      this.#parts.log.warn({ error }, 'displays not all up to date');
    });
  }

  #display(guildId: string): GuildDisplay {
    const known = this.#displays.get(guildId);
    if (known) return known;
    const { channel, players, voice, store, refreshMs, log } = this.#parts;
    const key = `display:${guildId}`;
    const display = new GuildDisplay({
      channel,
      playback: () => players.playback(guildId),
      voice: () => {
        const { state, verdict } = voice.report(guildId);
        return { state: state.status, verdict };
      },
      textChannelId: () => this.#parts.textChannelId(guildId),
      recall: async () => (await store.get<DisplayRecord>(key)) ?? null,
      remember: (record) => (record === null ? store.deleteMany([key]) : store.set(key, record)),
      refreshMs,
      log: log.child({ guildId }),
    });
    this.#displays.set(guildId, display);
    return display;
  }
}
