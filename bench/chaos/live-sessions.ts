import type { VoiceEvent } from '../../loopback/voice/voice-service.ts';

/** A session that takes another's place closes it; so long may the close be on its way. */
const OVERLAP_MS = 2_000;

/** Counts the voice connections of each guild from what happened at the voice gateway. */
export class LiveSessions {
  readonly #live = new Map<string, number>();
  readonly #crowdedSince = new Map<string, number>();

  take({ what, guildId, at }: Pick<VoiceEvent, 'what' | 'guildId' | 'at'>): void {
    if (guildId === null) return;
    const change = what === 'identified' || what === 'resumed' ? 1 : what === 'closed' ? -1 : 0;
    const now = (this.#live.get(guildId) ?? 0) + change;
    this.#live.set(guildId, now);
    if (now <= 1) this.#crowdedSince.delete(guildId);
    else if (!this.#crowdedSince.has(guildId)) this.#crowdedSince.set(guildId, at);
  }

  get all(): number {
    return [...this.#live.values()].reduce((total, live) => total + live, 0);
  }

  /** Guilds in which there has been more than one for longer than a close takes. */
  judge(now: number): string[] {
    return [...this.#crowdedSince].flatMap(([guildId, since]) =>
      now - since > OVERLAP_MS ? [`${this.#live.get(guildId)} live voice connections in guild ${guildId}`] : [],
    );
  }
}
