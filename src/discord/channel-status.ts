import { PermissionFlagsBits, type Client } from 'discord.js';
import type { Logger } from 'pino';
import { plainText } from '../lib/format.ts';
import { later, within } from '../lib/time.ts';
import type { Playback, Players } from '../player/players.ts';

export interface ChannelStatusParts {
  readonly client: Pick<Client, 'guilds' | 'rest'>;
  readonly playback: Players['playback'];
  /** Whether the operator wants it. */
  readonly voiceChannelStatus: boolean;
  readonly log: Logger;
}

/** What stands below a channel's name, and where. */
interface Status {
  readonly channelId: string;
  readonly text: string | null;
}

interface GuildStatus {
  /** What was sent last; null: nothing of ours stands anywhere. */
  shown: Status | null;
  sending: Promise<void> | null;
  /** Aborted when the wait for the next change is over, or called off. */
  wait: AbortController | null;
  sentAt: number;
  failed: boolean;
}

/** Discord counts changes of a channel's status by a limit of its own; nobody reads faster either. */
const EVERY_MS = 10_000;
/** Who leaves, or stops, does not wait long for a line that only looks better. */
const CLEAR_WITHIN_MS = 500;
const LENGTH = 120;

/**
 * ChannelStatus: the current title below the name of the voice channel, for as long as music is there and the bot may set it
 * ("Set Voice Channel Status"). Never throws, and says of failures one line a guild.
 */
export class ChannelStatus {
  readonly #parts: ChannelStatusParts;
  readonly #guilds = new Map<string, GuildStatus>();
  readonly #life = new AbortController();

  constructor(parts: ChannelStatusParts) {
    this.#parts = parts;
  }

  /** The playback or the voice connection of a guild changed. */
  changed(guildId: string): void {
    if (this.#parts.voiceChannelStatus && !this.#life.signal.aborted) this.#update(guildId);
  }

  /** Takes the status away while the bot is still in the channel: from outside it takes one more permission. In bounded time. */
  async clear(guildId: string): Promise<void> {
    const guild = this.#guilds.get(guildId);
    if (!guild) return;
    guild.wait?.abort();
    guild.wait = null;
    const clearing = (guild.sending ?? Promise.resolve()).then(() => this.#send(guildId, guild, null));
    await within(CLEAR_WITHIN_MS, clearing, () => new Error('too slow')).catch(() => undefined);
  }

  /** Takes every status away, as far as that is done in time; nothing is set later. */
  async close(): Promise<void> {
    this.#life.abort();
    await Promise.all([...this.#guilds.keys()].map((guildId) => this.clear(guildId)));
  }

  #update(guildId: string): void {
    const wanted = this.#wanted(guildId);
    const guild = this.#guilds.get(guildId) ?? NEW();
    this.#guilds.set(guildId, guild);
    if (guild.sending !== null || guild.wait !== null || isSame(wanted, guild.shown)) return;
    const waitMs = guild.sentAt + EVERY_MS - Date.now();
    if (waitMs <= 0) return void this.#send(guildId, guild, wanted);
    const wait = new AbortController();
    guild.wait = wait;
    later(waitMs, AbortSignal.any([wait.signal, this.#life.signal]), () => {
      guild.wait = null;
      this.#update(guildId);
    });
  }

  /** Null: nothing of ours is to stand there. */
  #wanted(guildId: string): Status | null {
    const channelId = this.#parts.client.guilds.cache.get(guildId)?.members.me?.voice.channelId ?? null;
    const text = textOf(this.#parts.playback(guildId));
    return channelId === null || text === null ? null : { channelId, text };
  }

  #send(guildId: string, guild: GuildStatus, wanted: Status | null): Promise<void> {
    const status = wanted ?? (guild.shown && { ...guild.shown, text: null });
    if (status === null || isSame(wanted, guild.shown) || !this.#may(guildId, status.channelId))
      return Promise.resolve();
    guild.shown = wanted;
    guild.sentAt = Date.now();
    const sending = this.#parts.client.rest
      .put(`/channels/${status.channelId}/voice-status`, { body: { status: status.text } })
      .then(
        () => void (guild.failed = false),
        (error: unknown) => {
          if (!guild.failed) this.#parts.log.warn({ guildId, error }, 'voice channel status not set');
          guild.failed = true;
        },
      )
      .finally(() => {
        guild.sending = null;
        this.changed(guildId);
      });
    guild.sending = sending;
    return sending;
  }

  /** https://discord.com/developers/docs/resources/channel#set-voice-channel-status */
  #may(guildId: string, channelId: string): boolean {
    const me = this.#parts.client.guilds.cache.get(guildId)?.members.me;
    const channel = me?.guild.channels.cache.get(channelId);
    const permissions = me && channel?.permissionsFor(me);
    if (permissions?.has(PermissionFlagsBits.SetVoiceChannelStatus) !== true) return false;
    return me?.voice.channelId === channelId || permissions.has(PermissionFlagsBits.ManageChannels);
  }
}

const NEW = (): GuildStatus => ({ shown: null, sending: null, wait: null, sentAt: 0, failed: false });

const isSame = (one: Status | null, other: Status | null) =>
  one?.channelId === other?.channelId && one?.text === other?.text;

function textOf({ status, entry }: Playback): string | null {
  if (entry === null || status === 'idle' || status === 'away') return null;
  const { title, artist } = entry.track;
  return `♪ ${plainText(artist === null ? title : `${title} · ${artist}`, LENGTH)}`;
}
