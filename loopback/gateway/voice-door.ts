import { ChannelType, GatewayDispatchEvents } from 'discord-api-types/v10';
import { z } from 'zod';
import { joinRefusal } from '../permissions.ts';
import { Setting } from '../setting.ts';
import { Traps } from '../traps.ts';
import type { VoiceService } from '../voice/voice-service.ts';
import type { World, WorldChange, WorldGuild, WorldVoiceState } from '../world.ts';
import { isAudible } from '../world/voice-state.ts';
import type { GatewaySession } from './session.ts';
import { WaitingLine } from './waiting-line.ts';

/** The `d` of op 4. */
export const VoiceStateRequest = z.object({
  guild_id: z.string(),
  channel_id: z.string().nullable(),
  self_mute: z.boolean().default(false),
  self_deaf: z.boolean().default(false),
});

/** What the bot gets to know of its own change of place: the state, the server, and how its voice connection is closed. */
export interface Consequences {
  readonly state: boolean;
  readonly server: boolean;
  /** A code in place of the usual one; null: the connection is left open. */
  readonly close: number | 'usual' | null;
}

/** How joins are answered; faults change it. */
export interface VoiceRules {
  /** `never`: an op 4 that joins is swallowed. `server-first`: the two events come in the wrong order. */
  readonly answer: Setting<'state-first' | 'server-first' | 'never'>;
  /** How long an op 4 waits before Discord looks at it. */
  readonly delayMs: Setting<number>;
  /** Where VOICE_SERVER_UPDATE says that the voice server of a guild is. */
  readonly endpoint: Traps<string, string>;
  /** What follows when someone moves or disconnects the bot. */
  readonly consequences: Setting<Consequences>;
}

type VoiceChange = Extract<WorldChange, { type: 'voice-state' }>;

/**
 * Why Discord closes a voice connection by itself: https://discord.com/developers/docs/topics/opcodes-and-status-codes#voice
 * `disconnected`: one client was (kicked, moved, its main gateway session dropped). `terminated`: the call was (the channel
 * deleted, the voice server changed).
 */
const CLOSE = { disconnected: 4014, terminated: 4022 } as const;

/** Why a member's change of voice state needs a (new) voice connection, or `none`. */
type Consequence = 'connect' | 'disconnect' | 'none';

/**
 * A changed place or session connects anew, and so does an op 4 that changes nothing: it is how a client asks again
 * after its voice session was lost. Muting and deafening alone keep the connection.
 */
function consequence({ state, previous }: VoiceChange): Consequence {
  if (state === null) return 'disconnect';
  if (previous === null || state.channelId !== previous.channelId || state.sessionId !== previous.sessionId) {
    return 'connect';
  }
  const muting = ['selfMute', 'selfDeaf', 'serverMute', 'serverDeaf', 'suppress'] as const;
  return muting.some((key) => state[key] !== previous[key]) ? 'none' : 'connect';
}

/** Op 4, and what follows from anyone's change of voice state: VOICE_STATE_UPDATE to all, then VOICE_SERVER_UPDATE to the one. */
export class VoiceDoor {
  readonly rules: VoiceRules = {
    answer: new Setting('state-first'),
    delayMs: new Setting(0),
    endpoint: new Traps(),
    consequences: new Setting({ state: true, server: true, close: 'usual' }),
  };
  /** The guilds whose voice server is away, once for each time that it was lost. */
  readonly #lost = new Set<{ readonly guildId: string }>();
  readonly #world: World;
  readonly #voice: VoiceService;
  readonly #sessions: ReadonlyMap<string, GatewaySession>;
  /** Each session's op 4, taken in order: a leaving that overtook the join before it would leave its bot in voice. */
  readonly #waiting = new Map<string, WaitingLine>();

  constructor(world: World, voice: VoiceService, sessions: ReadonlyMap<string, GatewaySession>) {
    this.#world = world;
    this.#voice = voice;
    this.#sessions = sessions;
  }

  /** Op 4. Discord answers what it does not allow with silence. */
  request(session: GatewaySession, d: unknown): void {
    const request = VoiceStateRequest.parse(d);
    const line = this.#waiting.get(session.id) ?? new WaitingLine();
    this.#waiting.set(session.id, line);
    line.add(this.rules.delayMs.value, () => this.#apply(session, request));
  }

  /** Follows up a change of voice state; `announce` tells it to everyone who may know. */
  follow(change: VoiceChange, announce: () => void): void {
    const { guildId, userId, state, previous } = change;
    for (const channelId of new Set([previous?.channelId, state?.channelId])) {
      if (channelId !== undefined) {
        const audible = this.#world.voiceMembers(guildId, channelId, isAudible);
        this.#voice.members(guildId, channelId, this.#world.voiceMembers(guildId, channelId), audible);
      }
    }
    const isBot = this.#world.applications.has(userId);
    const next = isBot ? consequence(change) : 'none';
    if (next === 'connect' && state !== null) return this.#connect(state, previous, announce);
    if (!isBot || this.rules.consequences.value.state) announce();
    if (next !== 'disconnect' || previous === null) return;
    const isThere = this.#world.guild(guildId).channels.has(previous.channelId);
    this.#close(guildId, userId, isThere ? CLOSE.disconnected : CLOSE.terminated);
  }

  /** The guild is gone, and with it every voice session in it. */
  evict({ id, voiceStates }: WorldGuild): void {
    for (const { userId, channelId } of voiceStates.values()) {
      this.#voice.members(id, channelId, []);
      if (this.#world.applications.has(userId)) this.#voice.dismiss(id, userId, CLOSE.terminated);
    }
  }

  /** The guild's voice server is replaced: the bot's connection to the old one ends, and it is told of the new one. */
  changeServer(guildId: string, userId: string): void {
    this.#voice.dismiss(guildId, userId, CLOSE.terminated);
    this.announceServer(guildId, userId);
  }

  /** The guild's voice server goes away (`endpoint: null`) until the returned function is called; then there is another one. */
  loseServer(guildId: string, userId: string): () => void {
    const loss = { guildId };
    this.#lost.add(loss);
    this.announceServer(guildId, userId);
    return () => {
      if (this.#lost.delete(loss) && !this.#isAway(guildId)) this.changeServer(guildId, userId);
    };
  }

  /** A main gateway session has ended, and with it every voice session that belonged to it, and every op 4 that still waits. */
  leave(session: GatewaySession): void {
    this.#waiting.get(session.id)?.close();
    this.#waiting.delete(session.id);
    for (const guild of this.#world.guilds.values()) {
      if (guild.voiceStates.get(session.botId)?.sessionId !== session.id) continue;
      this.#world.setVoiceState(guild.id, session.botId, null);
    }
  }

  /** Tells the bot where the guild's voice server is now, with a new token. */
  announceServer(guildId: string, userId: string): void {
    const state = this.#world.guilds.get(guildId)?.voiceStates.get(userId);
    const session = state && this.#sessions.get(state.sessionId);
    if (!state || !session) return;
    const { channelId, sessionId } = state;
    session.dispatch(GatewayDispatchEvents.VoiceServerUpdate, {
      token: this.#voice.admit({ guildId, channelId, userId, sessionId }),
      guild_id: guildId,
      endpoint: this.#isAway(guildId) ? null : (this.rules.endpoint.meet(guildId) ?? this.#voice.endpoint),
    });
  }

  /** Forgets every op 4 that still waits. */
  close(): void {
    for (const line of this.#waiting.values()) line.close();
    this.#waiting.clear();
  }

  #isAway = (guildId: string): boolean => [...this.#lost].some((loss) => loss.guildId === guildId);

  #connect(
    { guildId, userId, channelId }: WorldVoiceState,
    previous: WorldVoiceState | null,
    announce: () => void,
  ): void {
    const moved = previous !== null && previous.channelId !== channelId;
    const told = this.rules.consequences.value;
    const announceServer = () => {
      if (moved && told.close !== null) this.#close(guildId, userId, CLOSE.disconnected);
      if (told.server) this.announceServer(guildId, userId);
    };
    const announceState = () => {
      if (told.state) announce();
    };
    const isSwapped = this.rules.answer.value === 'server-first';
    for (const step of isSwapped ? [announceServer, announceState] : [announceState, announceServer]) step();
  }

  #close(guildId: string, userId: string, usual: number): void {
    const { close } = this.rules.consequences.value;
    this.#voice.dismiss(guildId, userId, close === 'usual' ? usual : close);
  }

  #apply(session: GatewaySession, request: z.infer<typeof VoiceStateRequest>): void {
    const { guild_id: guildId, channel_id: channelId, self_mute: selfMute, self_deaf: selfDeaf } = request;
    const guild = this.#world.guilds.get(guildId);
    if (!guild?.available || !session.guilds.has(guildId) || !guild.members.has(session.botId)) return;
    if (channelId === null) return void this.#world.setVoiceState(guildId, session.botId, null);
    const channel = guild.channels.get(channelId);
    if (!channel || channel.type === ChannelType.GuildText || this.rules.answer.value === 'never') return;
    if (joinRefusal(guild, channel, session.botId) !== null) return;
    this.#world.setVoiceState(guildId, session.botId, { channelId, selfMute, selfDeaf, sessionId: session.id });
  }
}
