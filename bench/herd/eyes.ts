import type { Loopback } from '../../loopback/index.ts';
import { until } from '../../loopback/until.ts';
import { peak } from './peak.ts';

const MINUTE_MS = 60_000;
const VOICE_STATE_UPDATE = 4;

/** What the double sees of the bot in these guilds. Times are milliseconds of `performance.now()`. */
export class Eyes {
  readonly #loopback: Loopback;
  readonly #guildIds: ReadonlySet<string>;
  /** When each guild's voice session was last ready for sound. */
  readonly #ready = new Map<string, number>();

  constructor(loopback: Loopback, guildIds: readonly string[]) {
    this.#loopback = loopback;
    this.#guildIds = new Set(guildIds);
    loopback.voice.events.on('event', ({ what, guildId, at }) => {
      if (guildId === null || !this.#guildIds.has(guildId)) return;
      if (what === 'described' || what === 'resumed') this.#ready.set(guildId, at);
    });
  }

  /** When the voice of each guild was ready that has become so since `from`. */
  readySince(from: number): readonly number[] {
    return [...this.#ready.values()].filter((at) => at >= from);
  }

  /** Resolves when so many guilds have become ready since `from`. */
  async allReady(guilds: number, from: number, deadlineMs: number, signal: AbortSignal): Promise<void> {
    const isThere = () => this.readySince(from).length >= guilds;
    await until(`voice in ${guilds} guilds`, isThere, deadlineMs, signal).catch((cause: unknown) => {
      throw new Error(`voice was ready in only ${this.readySince(from).length} of ${guilds} guilds`, { cause });
    });
  }

  /** In how many of them a voice session is connected and ready now. */
  get connected(): number {
    const sessions = this.#loopback.voice.sessions().filter(({ guildId }) => this.#guildIds.has(guildId));
    return sessions.filter(({ status, mode }) => status === 'connected' && mode !== null).length;
  }

  /** Joins and leaves that were asked for in that time. */
  joins(from: number, to: number): number {
    return this.#loopback.gateway.sent.list(VOICE_STATE_UPDATE).filter(({ at }) => at >= from && at < to).length;
  }

  /** The most that was sent to the main gateway in any minute, heartbeats included. */
  get peakSendsPerMinute(): number {
    const times = this.#loopback.gateway.sent.list().map(({ at }) => at);
    return peak(times, MINUTE_MS);
  }
}
