import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { AudioPlayer } from '@discordjs/voice';
import { toTenutoError } from '../lib/errors.ts';
import { within } from '../lib/time.ts';
import type { LoopMode, QueueEntry } from '../queue/queue.ts';
import type { Incident } from '../voice/voice-reports.ts';
import type { VoiceState } from '../voice/voice-state.ts';
import { ALONE, interruptionLine, KICKED, notRestored, QUEUE_ENDED, voiceLine } from './announcements.ts';
import { Departures } from './departures.ts';
import { GuildPlayer, type GuildPlayerParts } from './guild-player.ts';
import { recordOf, type QueueKeeper } from './guild-record.ts';
import type { Enqueued, Playback, Players } from './players.ts';
import { SmartPreloader } from './smart-preloader.ts';

/** Being in a channel, as players use it. */
export interface PlayerVoice {
  state(guildId: string): VoiceState;
  join(request: { guildId: string; channelId: string; holder: string }): Promise<void>;
  leave(guildId: string, holder: string): Promise<void>;
  attach(guildId: string, player: AudioPlayer): void;
}

/** What Discord tells about a guild's people. */
export interface Audience {
  /** Resolves when the guild is available, with false when it did not come within the time. */
  available(guildId: string, signal: AbortSignal): Promise<boolean>;
  /** People (no bots) in the voice channel now. */
  listeners(guildId: string, channelId: string): number;
}

export interface PlayerManagerParts extends Pick<GuildPlayerParts, 'locate' | 'open' | 'forget' | 'log'> {
  readonly queues: QueueKeeper;
  readonly voice: PlayerVoice;
  readonly audience: Audience;
  /** One line for a text channel; must not throw. */
  announce(guildId: string, textChannelId: string, line: string): void;
  readonly limits: { readonly aloneLeaveAfterMs: number; readonly queueEndLeaveAfterMs: number };
}

const HOLDER = 'player';
/** How long `close` waits for one guild's record to be written. */
const CLOSE_DEADLINE_MS = 2_000;

/** PlayerManager: one GuildPlayer per guild, made when it is first needed and filled from the record after a restart. */
export class PlayerManager extends EventEmitter<{ change: [guildId: string] }> implements Players {
  readonly #parts: PlayerManagerParts;
  readonly #players = new Map<string, GuildPlayer>();
  readonly #departures: Departures;
  readonly #life = new AbortController();

  constructor(parts: PlayerManagerParts) {
    super();
    this.#parts = parts;
    const leave = async (guildId: string, line: string) => {
      this.#announce(guildId, line);
      await this.leave(guildId);
    };
    this.#departures = new Departures(leave, (guildId, error) => this.#report(guildId, error));
  }

  async play(request: Parameters<Players['play']>[0]): Promise<Enqueued> {
    const { guildId, voiceChannelId, textChannelId, userId, tracks } = request;
    await this.prepare(guildId, voiceChannelId);
    await this.#parts.queues.updateSession(guildId, { textChannelId });
    const addedAt = Date.now();
    const entries = tracks.map((track) => ({ id: randomUUID(), track, requestedBy: userId, addedAt }));
    return { entries, place: await this.#player(guildId).add(entries) };
  }

  async prepare(guildId: string, voiceChannelId: string): Promise<void> {
    await this.#parts.voice.join({ guildId, channelId: voiceChannelId, holder: HOLDER });
    const player = this.#player(guildId);
    this.#parts.voice.attach(guildId, player.deck.audio);
    if (this.#parts.queues.session(guildId).voiceChannelId !== voiceChannelId) {
      await this.#parts.queues.updateSession(guildId, { voiceChannelId });
    }
    await player.wake();
  }

  async skip(guildId: string, amount: number): Promise<QueueEntry | null> {
    return await this.#player(guildId).skip(amount);
  }

  async pause(guildId: string): Promise<void> {
    await this.#player(guildId).pause();
  }

  async resume(guildId: string): Promise<void> {
    await this.#player(guildId).resume();
  }

  async stop(guildId: string): Promise<void> {
    await this.#player(guildId).stop();
  }

  async leave(guildId: string): Promise<void> {
    await this.#player(guildId).suspend({ voiceChannelId: null, paused: 'no' });
    await this.#parts.voice.leave(guildId, HOLDER);
  }

  async setVolume(guildId: string, percent: number): Promise<void> {
    await this.#player(guildId).setVolume(percent);
  }

  async setLoop(guildId: string, loop: LoopMode): Promise<void> {
    await this.#player(guildId).setLoop(loop);
  }

  playback(guildId: string): Playback {
    return this.#player(guildId).playback;
  }

  /** Goes on where the last process stopped, all guilds side by side; a guild that fails is told and delays nobody. */
  async restore(): Promise<void> {
    const { queues } = this.#parts;
    const unfinished = queues
      .guilds()
      .filter((guildId) => queues.queue(guildId).current !== null && queues.session(guildId).voiceChannelId !== null);
    const restoring = unfinished.map(async (guildId) => {
      try {
        await this.#restore(guildId);
      } catch (error) {
        this.#report(guildId, error);
        this.#announce(guildId, notRestored(toTenutoError(error)));
      }
    });
    await Promise.all(restoring);
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

  /** Somebody took the bot out of the channel. The queue stays; only a person's command brings the bot back. */
  kicked(guildId: string): void {
    this.#announce(guildId, KICKED);
    this.#retire(guildId);
  }

  /** Voice is somewhere else in its life. What it gave up on waits for a person. */
  voiceChanged(guildId: string): void {
    const state = this.#parts.voice.state(guildId);
    const line = voiceLine(state);
    if (line !== null) this.#announce(guildId, line);
    if (state.status === 'failed') this.#retire(guildId);
    this.#expectDeparture(guildId);
  }

  /** Something happened to voice, or is over now. */
  incident(guildId: string, incident: Incident): void {
    const line = interruptionLine(incident, Date.now());
    if (line !== null && this.#parts.voice.state(guildId).status === 'ready') this.#announce(guildId, line);
  }

  /** Positions written down, everything silent. Voice is left by its owner. */
  async close(): Promise<void> {
    this.#life.abort();
    this.#departures.close();
    const closing = [...this.#players].map(async ([guildId, player]) => {
      const late = () => new Error('writing the position took too long');
      await within(CLOSE_DEADLINE_MS, player.close(), late).catch((error) => this.#report(guildId, error));
    });
    await Promise.all(closing);
  }

  async #restore(guildId: string): Promise<void> {
    const { voiceChannelId } = this.#parts.queues.session(guildId);
    if (voiceChannelId === null || !(await this.#parts.audience.available(guildId, this.#life.signal))) return;
    const listeners = this.#parts.audience.listeners(guildId, voiceChannelId);
    this.#parts.log.info({ guildId, listeners }, 'restoring');
    await this.#player(guildId).listen(listeners);
    if (listeners > 0) await this.prepare(guildId, voiceChannelId);
  }

  /** Somebody who comes to a channel that the bot only waits for since a restart, brings it there. Nobody else does. */
  async #listened(guildId: string, channelId: string, listeners: number): Promise<void> {
    const { paused } = this.#parts.queues.session(guildId);
    const waitsForUs = paused === 'nobody' && this.#parts.voice.state(guildId).status === 'idle';
    await this.#player(guildId).listen(listeners);
    if (listeners > 0 && waitsForUs) await this.prepare(guildId, channelId);
  }

  #player(guildId: string): GuildPlayer {
    const known = this.#players.get(guildId);
    if (known) return known;
    const { queues, locate, open, forget } = this.#parts;
    const preloader = new SmartPreloader(locate);
    const player = new GuildPlayer({
      record: recordOf(queues, guildId),
      locate,
      open,
      forget,
      connected: () => !['idle', 'failed'].includes(this.#parts.voice.state(guildId).status),
      announce: (line) => this.#announce(guildId, line),
      changed: () => {
        preloader.prepare(queues.queue(guildId).upcoming);
        this.#expectDeparture(guildId);
        this.emit('change', guildId);
      },
      log: this.#parts.log.child({ guildId }),
    });
    this.#players.set(guildId, player);
    return player;
  }

  #expectDeparture(guildId: string): void {
    const { aloneLeaveAfterMs, queueEndLeaveAfterMs } = this.#parts.limits;
    const { voiceChannelId } = this.#parts.queues.session(guildId);
    if (voiceChannelId === null || this.#parts.voice.state(guildId).status === 'idle') {
      this.#departures.expect(guildId, null);
    } else if (this.#parts.audience.listeners(guildId, voiceChannelId) === 0) {
      this.#departures.expect(guildId, { afterMs: aloneLeaveAfterMs, line: ALONE });
    } else if (this.#parts.queues.queue(guildId).current === null) {
      this.#departures.expect(guildId, { afterMs: queueEndLeaveAfterMs, line: QUEUE_ENDED });
    } else {
      this.#departures.expect(guildId, null);
    }
  }

  #retire(guildId: string): void {
    this.#follow(guildId, this.#player(guildId).suspend({ voiceChannelId: null }));
    this.#follow(guildId, this.#parts.voice.leave(guildId, HOLDER));
  }

  #announce(guildId: string, line: string): void {
    const { textChannelId } = this.#parts.queues.session(guildId);
    if (textChannelId !== null) this.#parts.announce(guildId, textChannelId, line);
  }

  #follow(guildId: string, work: Promise<void>): void {
    work.catch((error: unknown) => this.#report(guildId, error));
  }

  #report(guildId: string, error: unknown): void {
    this.#parts.log.warn({ guildId, error }, 'player could not follow');
  }
}
