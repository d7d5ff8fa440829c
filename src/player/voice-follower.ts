import type { Logger } from 'pino';
import { later } from '../lib/time.ts';
import { ALONE, CHANNEL_DELETED, KICKED, KICKED_ONCE, QUEUE_ENDED } from './announcements.ts';
import { Departures, type Departure } from './departures.ts';
import { EmptyChannels } from './empty-channels.ts';
import type { GuildPlayers } from './guild-players.ts';
import type { QueueKeeper } from './guild-record.ts';
import type { IncidentTeller } from './incident-teller.ts';
import type { Notice } from './notice.ts';
import type { PlayerVoice } from './player-voice.ts';
import type { Audience } from './players.ts';

export interface FollowerLimits {
  readonly aloneLeaveAfterMs: number;
  readonly queueEndLeaveAfterMs: number;
  /** How long after a start somebody may still come to a channel that was empty then. */
  readonly restoreWaitMs: number;
  /** The operator wants the bot to come back once when somebody disconnects it. */
  readonly rejoinWhenKicked: boolean;
}

/** Who disconnects the bot again so soon after it came back, means it. */
const MEANT_MS = 60_000;
const RESTORED_AT_ONCE = 20;

export interface VoiceFollowerParts {
  readonly players: GuildPlayers;
  readonly queues: QueueKeeper;
  readonly voice: PlayerVoice;
  readonly audience: Audience;
  readonly teller: Pick<IncidentTeller, 'out'>;
  readonly limits: FollowerLimits;
  readonly log: Logger;
}

/** Lets the music follow what happens in voice without a command: restarts, listeners, moves, kicks, losses, empty channels. */
export class VoiceFollower {
  readonly #parts: VoiceFollowerParts;
  readonly #departures: Departures;
  readonly #emptyChannels: EmptyChannels;
  readonly #life = new AbortController();
  /** When somebody last disconnected the bot, in milliseconds since 1970. */
  readonly #kickedAt = new Map<string, number>();

  constructor(parts: VoiceFollowerParts) {
    this.#parts = parts;
    const leave = async (guildId: string, line: string) => {
      const still = () => this.#departure(guildId)?.line === line;
      if (!(await parts.players.of(guildId).suspend({ voiceChannelId: null }, still))) return;
      parts.players.announce(guildId, line);
      await parts.voice.leave(guildId);
    };
    this.#departures = new Departures(leave, (guildId, error) => this.#report(guildId, error));
    this.#emptyChannels = new EmptyChannels(parts.limits.restoreWaitMs, (guildId) => this.#giveUpWaiting(guildId));
    parts.players.on('change', (guildId) => this.#expectDeparture(guildId));
  }

  /** Goes on where the last process stopped. Guilds that are not there yet follow by `guildAvailable`. */
  restore(): void {
    this.#emptyChannels.start();
    this.#restore(this.#parts.queues.guilds());
  }

  /** The guild's data is there: at the start, or after an outage of Discord's. */
  guildAvailable(guildId: string): void {
    const { voiceChannelId, stay } = this.#parts.queues.session(guildId);
    if (voiceChannelId === null || this.#parts.voice.state(guildId).status !== 'idle') return;
    if (!this.#parts.audience.knows(guildId)) return;
    if (!stay && this.#parts.queues.queue(guildId).current === null) {
      // Nothing leads there any more; what somebody has played again would wait for voice for ever.
      this.#follow(
        guildId,
        this.#rest(guildId, () => this.#parts.queues.queue(guildId).current === null),
      );
      return;
    }
    const listeners = this.#parts.audience.listeners(guildId, voiceChannelId);
    this.#parts.log.info({ guildId, listeners }, 'restoring');
    const restore = async () => {
      if (listeners > 0 || stay) await this.#return(guildId, voiceChannelId);
      else this.#emptyChannels.expect(guildId);
      await this.#parts.players.of(guildId).listen(listeners);
    };
    this.#follow(guildId, restore());
  }

  /** The bot is not in the guild any more: what sounded there keeps no file and no connection open. */
  guildGone(guildId: string): void {
    if (this.#parts.queues.session(guildId).voiceChannelId !== null) this.#follow(guildId, this.#rest(guildId));
  }

  /** People came to or left a voice channel. */
  listenersChanged(guildId: string, channelId: string, listeners: number): void {
    if (this.#parts.queues.session(guildId).voiceChannelId !== channelId) return;
    this.#expectDeparture(guildId);
    this.#follow(guildId, this.#listened(guildId, channelId, listeners));
  }

  /** The bot was moved by somebody, and voice has followed. */
  movedTo(guildId: string, channelId: string): void {
    const follow = async () => {
      await this.#parts.queues.updateSession(guildId, { voiceChannelId: channelId });
      this.listenersChanged(guildId, channelId, this.#parts.audience.listeners(guildId, channelId));
    };
    this.#follow(guildId, follow());
  }

  /** The bot is out of its channel by another's will. The queue stays; a person brings it back, or the operator's wish once. */
  kicked(guildId: string, why: 'removed' | 'channel-deleted' = 'removed'): void {
    const returnTo = why === 'removed' ? this.#mayReturnTo(guildId) : null;
    if (returnTo === null) {
      this.#follow(guildId, this.#stayOut(guildId, why === 'removed' ? KICKED : CHANNEL_DELETED));
    } else {
      this.#parts.teller.out(guildId, KICKED_ONCE);
      this.#follow(guildId, this.#return(guildId, returnTo));
    }
  }

  /** Voice is somewhere else in its life. What it gave up on waits for a person. */
  voiceChanged(guildId: string): void {
    // A join that never succeeded is the business of the person who asked for it.
    const wasThere = this.#parts.queues.session(guildId).voiceChannelId !== null;
    const { status } = this.#parts.voice.state(guildId);
    if (wasThere && status === 'failed') this.#follow(guildId, this.#rest(guildId));
    // What waited for its turn to come back opens its track only now.
    if (status === 'ready') this.#follow(guildId, this.#parts.players.of(guildId).catchUp());
    this.#expectDeparture(guildId);
  }

  close(): void {
    this.#life.abort();
    this.#departures.close();
    this.#emptyChannels.close();
  }

  /** Some at a time, since what sounds already needs its 20 ms clock. In which order they join, voice decides. */
  #restore(guildIds: readonly string[]): void {
    for (const guildId of guildIds.slice(0, RESTORED_AT_ONCE)) this.guildAvailable(guildId);
    const others = guildIds.slice(RESTORED_AT_ONCE);
    if (others.length > 0) later(0, this.#life.signal, () => this.#restore(others));
  }

  /** Somebody who comes to a channel that was empty when the bot started, brings it there. Nobody else does. */
  async #listened(guildId: string, channelId: string, listeners: number): Promise<void> {
    const waitedFor = listeners > 0 && this.#emptyChannels.met(guildId);
    if (waitedFor && this.#parts.voice.state(guildId).status === 'idle') await this.#return(guildId, channelId);
    await this.#parts.players.of(guildId).listen(listeners);
  }

  async #return(guildId: string, channelId: string): Promise<void> {
    this.#parts.voice.attach(guildId, this.#parts.players.of(guildId).deck.audio);
    await this.#parts.voice.hold(guildId, channelId);
  }

  /** Nobody came back. The queue is kept, and nobody is there to be told. */
  #giveUpWaiting(guildId: string): void {
    if (this.#parts.voice.state(guildId).status === 'idle') this.#follow(guildId, this.#rest(guildId));
  }

  /** First so that no restart brings it back, then told. */
  async #stayOut(guildId: string, notice: Notice): Promise<void> {
    try {
      await this.#rest(guildId);
    } finally {
      this.#parts.teller.out(guildId, notice);
    }
  }

  /** Falls silent until a person asks for the bot again, if that is still `wanted` when its turn has come. */
  async #rest(guildId: string, wanted = () => true): Promise<void> {
    await this.#parts.players.of(guildId).suspend({ voiceChannelId: null }, wanted);
  }

  /** The channel to come back to after a kick, or null to stay out. */
  #mayReturnTo(guildId: string): string | null {
    const { queues, limits } = this.#parts;
    const now = Date.now();
    const again = now - (this.#kickedAt.get(guildId) ?? -Infinity) < MEANT_MS;
    this.#kickedAt.set(guildId, now);
    if (!limits.rejoinWhenKicked || again || queues.queue(guildId).current === null) return null;
    return queues.session(guildId).voiceChannelId;
  }

  #expectDeparture(guildId: string): void {
    this.#departures.expect(guildId, this.#departure(guildId));
  }

  /** Why the guild's channel is to be left as things stand, or null. */
  #departure(guildId: string): Departure | null {
    const { queues, voice, audience, limits } = this.#parts;
    const { voiceChannelId, stay } = queues.session(guildId);
    if (stay || voiceChannelId === null || voice.state(guildId).status === 'idle') return null;
    if (audience.listeners(guildId, voiceChannelId) === 0) return { afterMs: limits.aloneLeaveAfterMs, line: ALONE };
    if (queues.queue(guildId).current !== null) return null;
    return { afterMs: limits.queueEndLeaveAfterMs, line: QUEUE_ENDED };
  }

  #follow(guildId: string, work: Promise<void>): void {
    work.catch((error: unknown) => this.#report(guildId, error));
  }

  #report(guildId: string, error: unknown): void {
    this.#parts.log.warn({ guildId, error }, 'the music could not follow voice');
  }
}
