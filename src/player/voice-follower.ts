import type { Logger } from 'pino';
import type { Incident } from '../voice/voice-reports.ts';
import { ALONE, CHANNEL_DELETED, interruptionLine, KICKED, QUEUE_ENDED, SILENCED, voiceLine } from './announcements.ts';
import { Departures } from './departures.ts';
import type { GuildPlayers } from './guild-players.ts';
import type { QueueKeeper } from './guild-record.ts';
import type { PlayerVoice } from './player-voice.ts';
import type { Audience } from './players.ts';

export interface VoiceFollowerParts {
  readonly players: GuildPlayers;
  readonly queues: QueueKeeper;
  readonly voice: PlayerVoice;
  readonly audience: Audience;
  readonly limits: { readonly aloneLeaveAfterMs: number; readonly queueEndLeaveAfterMs: number };
  readonly log: Logger;
}

/** Lets the music follow what happens in voice without a command: restarts, listeners, moves, kicks, losses, empty channels. */
export class VoiceFollower {
  readonly #parts: VoiceFollowerParts;
  readonly #departures: Departures;

  constructor(parts: VoiceFollowerParts) {
    this.#parts = parts;
    const leave = async (guildId: string, line: string) => {
      await this.#rest(guildId, line);
      await parts.voice.leave(guildId);
    };
    this.#departures = new Departures(leave, (guildId, error) => this.#report(guildId, error));
    parts.players.on('change', (guildId) => this.#expectDeparture(guildId));
  }

  /** Goes on where the last process stopped. Guilds that are not there yet follow by `guildAvailable`. */
  restore(): void {
    for (const guildId of this.#parts.queues.guilds()) this.guildAvailable(guildId);
  }

  /** The guild's data is there: at the start, or after an outage of Discord's. */
  guildAvailable(guildId: string): void {
    const { voiceChannelId } = this.#parts.queues.session(guildId);
    if (voiceChannelId === null || this.#parts.queues.queue(guildId).current === null) return;
    if (!this.#parts.audience.knows(guildId) || this.#parts.voice.state(guildId).status !== 'idle') return;
    const listeners = this.#parts.audience.listeners(guildId, voiceChannelId);
    this.#parts.log.info({ guildId, listeners }, 'restoring');
    const restore = async () => {
      if (listeners > 0) await this.#return(guildId, voiceChannelId);
      await this.#parts.players.of(guildId).listen(listeners);
    };
    this.#follow(guildId, restore());
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

  /** The bot is out of its channel by another's will. The queue stays; only a person's command brings it back. */
  kicked(guildId: string, why: 'removed' | 'channel-deleted' = 'removed'): void {
    this.#follow(guildId, this.#rest(guildId, why === 'removed' ? KICKED : CHANNEL_DELETED));
  }

  /** Voice is somewhere else in its life. What it gave up on waits for a person. */
  voiceChanged(guildId: string): void {
    const state = this.#parts.voice.state(guildId);
    // A join that never succeeded is the business of the person who asked for it.
    const wasThere = this.#parts.queues.session(guildId).voiceChannelId !== null;
    const line = voiceLine(state);
    if (wasThere && line !== null) {
      if (state.status === 'failed') this.#follow(guildId, this.#rest(guildId, line));
      else this.#parts.players.announce(guildId, line);
    }
    this.#expectDeparture(guildId);
  }

  /** Something happened to voice, or is over now. */
  incident(guildId: string, incident: Incident): void {
    const line = interruptionLine(incident, Date.now());
    if (line !== null && this.#parts.voice.state(guildId).status === 'ready')
      this.#parts.players.announce(guildId, line);
  }

  /** The bot is in its channel, and may not be heard there. */
  silenced(guildId: string, why: keyof typeof SILENCED): void {
    this.#parts.players.announce(guildId, SILENCED[why]);
  }

  close(): void {
    this.#departures.close();
  }

  /** Somebody who comes to a channel that the bot only waits for since a restart, brings it there. Nobody else does. */
  async #listened(guildId: string, channelId: string, listeners: number): Promise<void> {
    const { paused } = this.#parts.queues.session(guildId);
    const waitsForUs = paused === 'nobody' && this.#parts.voice.state(guildId).status === 'idle';
    if (listeners > 0 && waitsForUs) await this.#return(guildId, channelId);
    await this.#parts.players.of(guildId).listen(listeners);
  }

  async #return(guildId: string, channelId: string): Promise<void> {
    this.#parts.voice.attach(guildId, this.#parts.players.of(guildId).deck.audio);
    await this.#parts.voice.hold(guildId, channelId);
  }

  /** Falls silent until a person asks for the bot again, and says why. */
  async #rest(guildId: string, line: string): Promise<void> {
    await this.#parts.players.of(guildId).suspend({ voiceChannelId: null });
    this.#parts.players.announce(guildId, line);
  }

  #expectDeparture(guildId: string): void {
    const { queues, voice, audience, limits } = this.#parts;
    const { voiceChannelId } = queues.session(guildId);
    if (voiceChannelId === null || voice.state(guildId).status === 'idle') {
      this.#departures.expect(guildId, null);
    } else if (audience.listeners(guildId, voiceChannelId) === 0) {
      this.#departures.expect(guildId, { afterMs: limits.aloneLeaveAfterMs, line: ALONE });
    } else if (queues.queue(guildId).current === null) {
      this.#departures.expect(guildId, { afterMs: limits.queueEndLeaveAfterMs, line: QUEUE_ENDED });
    } else {
      this.#departures.expect(guildId, null);
    }
  }

  #follow(guildId: string, work: Promise<void>): void {
    work.catch((error: unknown) => this.#report(guildId, error));
  }

  #report(guildId: string, error: unknown): void {
    this.#parts.log.warn({ guildId, error }, 'the music could not follow voice');
  }
}
