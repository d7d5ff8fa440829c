import { randomUUID } from 'node:crypto';
import { TenutoError } from '../lib/errors.ts';
import { later } from '../lib/time.ts';
import type { Place } from '../lib/place.ts';
import type { Filter, FilterEdit } from '../queue/filters.ts';
import type { LoopMode, QueueEntry, Session, Undoable } from '../queue/queue.ts';
import { AUTOPLAY } from '../queue/requester.ts';
import type { Track } from '../sources/source.ts';
import type { GuildPlayers } from './guild-players.ts';
import type { QueueKeeper } from './guild-record.ts';
import type { PlayerVoice } from './player-voice.ts';
import type { Audience, Enqueued, Playback, Players, PlaylistAdded, PlaylistRequest, Selection } from './players.ts';
import { Playlists } from './playlists.ts';
import {
  adding,
  emptying,
  ending,
  following,
  goingBack,
  jumping,
  looping,
  moving,
  removing,
  replaying,
  shuffling,
  skipping,
  swapping,
  undoing,
  type Edit,
} from './queue-edits.ts';

export interface PlayerManagerParts {
  readonly players: GuildPlayers;
  readonly queues: QueueKeeper;
  readonly voice: PlayerVoice;
  readonly audience: Audience;
  /** The blocked word that keeps a track out of the guild, or null. */
  readonly blocked: (guildId: string, track: Track) => string | null;
}

/** Who mistyped types again: coming and going each time would use up what Discord allows in a minute. */
const RELEASE_AFTER_MS = 5_000;
/** Sent away: what was paused is forgotten with the place. */
const NOWHERE: Partial<Session> = { voiceChannelId: null, paused: 'no', pausedBy: null };

/** PlayerManager: what people do to the music, carried out by their guild's player, queue and voice connection. */
export class PlayerManager implements Players {
  readonly #parts: PlayerManagerParts;
  readonly #playlists = new Playlists();
  /** Guilds whose channel is left soon unless something comes to be played. */
  readonly #releases = new Map<string, AbortController>();

  constructor(parts: PlayerManagerParts) {
    this.#parts = parts;
  }

  async play(request: Parameters<Players['play']>[0]): Promise<Enqueued> {
    const { guildId, voiceChannelId, textChannelId, userId, place } = request;
    const { queues } = this.#parts;
    const tracks = this.#wanted(guildId, request.tracks);
    await this.prepare(guildId, voiceChannelId);
    await queues.updateSession(guildId, { textChannelId });
    return await this.#edit(
      guildId,
      adding(entriesOf(tracks, userId), place, () => queues.room(guildId, userId)),
    );
  }

  async playPlaylist(request: PlaylistRequest): Promise<PlaylistAdded> {
    const { guildId, userId } = request;
    const { queues, players } = this.#parts;
    const room = () => queues.room(guildId, userId);
    return await this.#playlists.add(request, {
      wanted: (tracks) => tracks.filter((track) => this.#parts.blocked(guildId, track) === null),
      first: (tracks) => this.play({ ...request, tracks }),
      behind: (earlier, tracks) =>
        players.of(guildId).edit(following(earlier, entriesOf(tracks, userId), room), 'later'),
    });
  }

  /** Those that the guild does not keep out. Throws BLOCKED_WORD when that is none of them. */
  #wanted(guildId: string, tracks: readonly Track[]): readonly Track[] {
    const blocked = tracks.map((track) => this.#parts.blocked(guildId, track));
    const wanted = tracks.filter((_, index) => blocked[index] === null);
    const [first] = blocked;
    if (wanted.length === 0 && typeof first === 'string') throw new TenutoError('BLOCKED_WORD', first);
    return wanted;
  }

  cancelPlaylist(guildId: string, id: string): void {
    if (!this.#playlists.cancel(guildId, id)) throw new TenutoError('NOT_ADDING');
  }

  async join(guildId: string, voiceChannelId: string, textChannelId: string): Promise<void> {
    await this.#parts.queues.updateSession(guildId, { textChannelId });
    await this.prepare(guildId, voiceChannelId);
  }

  async prepare(guildId: string, voiceChannelId: string): Promise<void> {
    const { voice, players, audience } = this.#parts;
    const player = players.of(guildId);
    this.#releases.get(guildId)?.abort();
    voice.attach(guildId, player.deck.audio);
    await voice.join(guildId, voiceChannelId);
    const state = voice.state(guildId);
    // Somebody else's command, or a moderator's, may have come in between.
    if (!('channelId' in state) || state.channelId !== voiceChannelId) {
      throw new TenutoError('VOICE_UNAVAILABLE', 'I was sent elsewhere meanwhile');
    }
    await player.listen(audience.listeners(guildId, voiceChannelId), voiceChannelId);
  }

  expect(guildId: string, track: Track): void {
    this.#parts.players.of(guildId).expect(track);
  }

  release(guildId: string): void {
    this.#releases.get(guildId)?.abort();
    this.#parts.players.of(guildId).expect(null);
    const life = new AbortController();
    this.#releases.set(guildId, life);
    later(RELEASE_AFTER_MS, life.signal, () => {
      // What fails here is tried again when the wait for something to play is over.
      this.#leaveIdle(guildId, life.signal).catch(() => undefined);
    });
  }

  /** Asks when its turn has come; `life` ends when somebody comes to play something, who then says where the bot is. */
  async #leaveIdle(guildId: string, life: AbortSignal): Promise<void> {
    const { queues, players, voice } = this.#parts;
    const idle = () => queues.queue(guildId).current === null && !queues.session(guildId).stay;
    const left = await players.of(guildId).suspend(NOWHERE, idle);
    if (left && !life.aborted) await voice.leave(guildId);
  }

  close(): void {
    for (const life of this.#releases.values()) life.abort();
    this.#releases.clear();
  }

  async skip(guildId: string, amount: number, entryId?: string): Promise<QueueEntry | null> {
    return await this.#edit(guildId, skipping(amount, entryId));
  }

  async jump(guildId: string, place: number): Promise<QueueEntry> {
    return await this.#edit(guildId, jumping(place));
  }

  async previous(guildId: string): Promise<QueueEntry> {
    return await this.#edit(guildId, goingBack);
  }

  async replay(guildId: string): Promise<QueueEntry> {
    return await this.#edit(guildId, replaying);
  }

  async remove(guildId: string, which: Selection): Promise<readonly QueueEntry[]> {
    return await this.#edit(guildId, removing(which));
  }

  async move(guildId: string, from: number, to: number): Promise<QueueEntry> {
    return await this.#edit(guildId, moving(from, to));
  }

  async swap(guildId: string, one: number, other: number): Promise<readonly [QueueEntry, QueueEntry]> {
    return await this.#edit(guildId, swapping(one, other));
  }

  async shuffle(guildId: string, fair: boolean): Promise<number> {
    return await this.#edit(guildId, shuffling(fair));
  }

  async clear(guildId: string): Promise<number> {
    this.#playlists.cancelAll(guildId);
    return await this.#edit(guildId, emptying);
  }

  async undo(guildId: string): Promise<Undoable['what']> {
    return await this.#edit(guildId, undoing);
  }

  async setLoop(guildId: string, loop: LoopMode): Promise<void> {
    await this.#edit(guildId, looping(loop));
  }

  async stop(guildId: string): Promise<void> {
    this.#playlists.cancelAll(guildId);
    await this.#edit(guildId, ending);
  }

  async pause(guildId: string, userId: string): Promise<void> {
    await this.#parts.players.of(guildId).pause(userId);
  }

  async resume(guildId: string): Promise<void> {
    await this.#parts.players.of(guildId).resume();
  }

  async leave(guildId: string): Promise<void> {
    this.#playlists.cancelAll(guildId);
    const { players, voice, queues } = this.#parts;
    await players.of(guildId).suspend(NOWHERE);
    await voice.leave(guildId);
    // Somebody may have asked it to come while it was on its way out, and found it still there.
    const isOut = () => voice.state(guildId).status === 'idle' && queues.session(guildId).voiceChannelId !== null;
    await players.of(guildId).suspend(NOWHERE, isOut);
  }

  async setVolume(guildId: string, percent: number): Promise<void> {
    await this.#parts.players.of(guildId).setLevel({ volume: percent });
  }

  async setNormalise(guildId: string, normalise: Session['normalise']): Promise<void> {
    await this.#parts.players.of(guildId).setLevel({ normalise });
  }

  async seek(guildId: string, place: Place): Promise<number> {
    return await this.#parts.players.of(guildId).swaps.seek(place);
  }

  async setFilters(guildId: string, edit: FilterEdit): Promise<readonly Filter[]> {
    return await this.#parts.players.of(guildId).swaps.setFilters(edit);
  }

  async setStay(guildId: string, stay: boolean): Promise<void> {
    await this.#parts.players.of(guildId).choose({ stay });
  }

  async setAutoplay(guildId: string, autoplay: boolean): Promise<void> {
    await this.#parts.players.of(guildId).choose({ autoplay });
    if (!autoplay) await this.remove(guildId, { by: 'user', userId: AUTOPLAY });
  }

  async setSponsorblock(guildId: string, sponsorblock: boolean): Promise<void> {
    await this.#parts.players.of(guildId).choose({ sponsorblock });
  }

  playback(guildId: string): Playback {
    return this.#parts.players.playback(guildId);
  }

  async #edit<T>(guildId: string, edit: Edit<T>): Promise<T> {
    return await this.#parts.players.of(guildId).edit(edit);
  }
}

function entriesOf(tracks: readonly Track[], requestedBy: string): readonly QueueEntry[] {
  const addedAt = Date.now();
  return tracks.map((track) => ({ id: randomUUID(), track, requestedBy, addedAt }));
}
