import { EventEmitter } from 'node:events';
import type { DiscordGatewayAdapterCreator, DiscordGatewayAdapterLibraryMethods } from '@discordjs/voice';
import type { VoiceServer } from '../../loopback/voice/voice-service.ts';
import type { VoiceGateway } from '../../src/voice/voice-gateway.ts';

type OwnState = Parameters<DiscordGatewayAdapterLibraryMethods['onVoiceStateUpdate']>[0];

export interface SentOp4 {
  readonly channelId: string | null;
  readonly selfDeaf: boolean;
}

/** The part of the main gateway that voice sees: takes op 4, answers as Discord does, and can be told not to. */
export class FakeMainGateway extends EventEmitter<{ op4: [SentOp4] }> implements VoiceGateway {
  readonly sent: SentOp4[] = [];
  answer: 'state-first' | 'server-first' | 'never' | 'no-server' = 'state-first';
  ready = true;
  /** Takes op 4, and never reads it. */
  deaf = false;
  /** The next servers named instead of the real one. */
  readonly endpoints: (string | null)[] = [];
  /** Channels in which the bot may not connect or speak. */
  readonly forbidden = new Set<string>();
  readonly #voice: VoiceServer;
  readonly #botId: string;
  // As in discord.js: one adapter a guild, and whoever is destroyed takes away the one that is there.
  readonly #adapters = new Map<string, DiscordGatewayAdapterLibraryMethods>();
  readonly #places = new Map<string, string>();
  readonly #deleted = new Set<string>();
  #session = 'main-gateway-session';
  #open = true;

  constructor(voice: VoiceServer, botId: string) {
    super();
    this.#voice = voice;
    this.#botId = botId;
  }

  /** Joins only; leaving left out. */
  get joins(): readonly SentOp4[] {
    return this.sent.filter(({ channelId }) => channelId !== null);
  }

  ownUserId(): string {
    return this.#botId;
  }

  mainGatewayReady(): boolean {
    return this.ready;
  }

  ownChannelId(guildId: string): string | null {
    return this.#places.get(guildId) ?? null;
  }

  adapterCreator(guildId: string): DiscordGatewayAdapterCreator {
    return (library) => {
      this.#adapters.set(guildId, library);
      return {
        destroy: () => this.#adapters.delete(guildId),
        sendPayload: ({ d }: { d: { channel_id: string | null; self_deaf: boolean } }) => {
          if (!this.ready) return false;
          const op4 = { channelId: d.channel_id, selfDeaf: d.self_deaf };
          this.sent.push(op4);
          this.emit('op4', op4);
          if (!this.deaf) setImmediate(() => this.#request(guildId, d.channel_id));
          return true;
        },
      };
    };
  }

  ownSilence(): null {
    return null;
  }

  listenersIn(guildId: string, channelId: string): number {
    return this.#places.get(guildId) === channelId ? 1 : 0;
  }

  mayPlayIn(_: string, channelId: string): boolean {
    return !this.forbidden.has(channelId);
  }

  channelExists(_: string, channelId: string): boolean {
    return !this.#deleted.has(channelId);
  }

  /** What an earlier process left behind. */
  haunt(guildId: string, channelId: string): void {
    this.#places.set(guildId, channelId);
  }

  /** Discord does not see the bot in a channel any more, and has not told. */
  forget(guildId: string): void {
    this.#places.delete(guildId);
  }

  /** A moderator moves the bot. */
  move(guildId: string, channelId: string): void {
    this.#place(guildId, channelId);
    this.#voice.dismiss(guildId, this.#botId, 4014);
    this.nameServer(guildId);
  }

  /** A moderator disconnects the bot. */
  kick(guildId: string, code = 4014): void {
    this.#remove(guildId);
    this.#voice.dismiss(guildId, this.#botId, code);
  }

  /** Somebody deletes the channel. Discord documents no order of what it tells then; the voice state comes first here. */
  deleteChannel(guildId: string, channelId: string): void {
    this.kick(guildId, 4022);
    setTimeout(() => this.#deleted.add(channelId), 50);
  }

  /** The main gateway is closed for good (e.g. 4004, the token was reset), and discord.js destroys its adapters. */
  closeForGood(): void {
    this.ready = false;
    for (const library of this.#adapters.values()) library.destroy();
  }

  /** VOICE_SERVER_UPDATE. */
  nameServer(guildId: string): void {
    const channelId = this.#places.get(guildId);
    if (channelId === undefined) return;
    const token = this.#voice.admit({ guildId, channelId, userId: this.#botId, sessionId: this.#session });
    const endpoint = this.endpoints.length > 0 ? (this.endpoints.shift() ?? null) : this.#voice.endpoint;
    this.#adapters.get(guildId)?.onVoiceServerUpdate({ guild_id: guildId, token, endpoint });
  }

  /** Hands anything at all to the library as VOICE_SERVER_UPDATE. */
  nameNonsense(guildId: string, endpoint: string): void {
    this.#adapters.get(guildId)?.onVoiceServerUpdate({ guild_id: guildId, token: '', endpoint });
  }

  close(): void {
    this.#open = false;
  }

  #request(guildId: string, channelId: string | null): void {
    if (!this.#open) return;
    if (channelId === null) {
      this.#remove(guildId);
      this.#voice.dismiss(guildId, this.#botId);
    } else if (this.answer === 'server-first') {
      this.#places.set(guildId, channelId);
      this.nameServer(guildId);
      this.#place(guildId, channelId);
    } else if (this.answer !== 'never') {
      this.#place(guildId, channelId);
      if (this.answer === 'state-first') this.nameServer(guildId);
    }
  }

  #place(guildId: string, channelId: string): void {
    this.#places.set(guildId, channelId);
    this.#tell(guildId, channelId);
  }

  #remove(guildId: string): void {
    if (this.#places.delete(guildId)) this.#tell(guildId, null);
  }

  #tell(guildId: string, channelId: string | null): void {
    const state = { guild_id: guildId, channel_id: channelId, user_id: this.#botId, session_id: this.#session };
    this.#adapters.get(guildId)?.onVoiceStateUpdate(state as OwnState);
  }
}
