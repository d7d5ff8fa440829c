import './sodium-bridge.ts';
import { EventEmitter } from 'node:events';
import {
  joinVoiceChannel,
  NetworkingStatusCode,
  VoiceConnectionStatus,
  type AudioPlayer,
  type DiscordGatewayAdapterCreator,
  type NetworkingReadyState,
  type VoiceConnection,
} from '@discordjs/voice';
import { gated } from './adapter-gate.ts';
import { classify, type CloseCode } from './close-codes.ts';
import { EncryptionWait } from './encryption-wait.ts';
import { FrameTap } from './frame-tap.ts';
import { actingFor } from './guild-context.ts';
import type { JoinStep } from './join-steps.ts';
import type { LinkEvidence } from './link-evidence.ts';
import { networkFailure } from './network-failures.ts';
import { NetworkingWatch } from './networking-watch.ts';
import type { VoiceOptions } from './voice-options.ts';

export interface LinkRequest extends Pick<VoiceOptions, 'encryptionGraceMs' | 'encryptionPatienceMs'> {
  readonly guildId: string;
  readonly channelId: string;
  readonly selfDeaf: boolean;
  readonly ownUserId: string;
  readonly adapterCreator: DiscordGatewayAdapterCreator;
  /** True while the answer to an earlier leaving may still come, which says nothing about this join. */
  readonly mayEcho: () => boolean;
}

interface LinkEvents {
  /** An op 4 went out. */
  sent: [];
  /** The library connects to a (new) voice server. */
  connecting: [];
  /** The handshake has come to this step. */
  step: [JoinStep];
  /** What is played now can be heard. */
  ready: [];
  resuming: [CloseCode];
  closed: [CloseCode];
  placed: [channelId: string];
  removed: [];
  /** Discord took the voice server away; it will name another one. */
  unserved: [];
  /** The library threw on what it was sent. */
  fault: [error: unknown];
  /** The library ended the connection: the guild or the main gateway is gone for good. */
  gone: [];
}

/** RFC 6455: closed without a close frame. */
const CUT = 1006;
/** A socket's error is followed by its close at once. */
const ERROR_MEANT_MS = 2_000;
const STEPS: Readonly<Partial<Record<NetworkingStatusCode, JoinStep>>> = {
  [NetworkingStatusCode.OpeningWs]: 'connecting',
  [NetworkingStatusCode.Identifying]: 'identifying',
  [NetworkingStatusCode.UdpHandshaking]: 'discovering',
  [NetworkingStatusCode.SelectingProtocol]: 'selecting',
};

/**
 * One join, from its op 4 to its end: one VoiceConnection of the library that is never revived, and that may send exactly
 * one op 4. A fresh session is a new link, so nothing of an old one can leak into it.
 */
export class VoiceLink extends EventEmitter<LinkEvents> {
  readonly #request: LinkRequest;
  readonly #watch = new NetworkingWatch();
  readonly #encryption: EncryptionWait;
  #connection: VoiceConnection | null = null;
  #frames: FrameTap | null = null;
  #mayJoin = true;
  #placed = false;
  #served = false;
  #closed = false;
  #heard = false;
  #lastError: { readonly error: Error; readonly at: number } | null = null;
  #selfDeaf: boolean;

  constructor(request: LinkRequest) {
    super();
    this.#request = request;
    this.#encryption = new EncryptionWait(request);
    this.#selfDeaf = request.selfDeaf;
    this.#watch.on('connecting', () => {
      this.#heard = false;
      this.#encryption.end();
      this.#say('connecting');
    });
    this.#watch.on('ready', (state) => this.#onReady(state));
    this.#watch.on('told', () => this.#encryption.look());
    this.#watch.on('resuming', (code) => {
      this.#encryption.end();
      this.#say('resuming', this.#closeOf(code));
    });
    this.#watch.on('closed', (code) => this.#say('closed', this.#closeOf(code)));
    this.#watch.on('step', (code) => {
      const step = STEPS[code];
      if (step) this.#say('step', step);
    });
    this.#watch.on('fault', (error) => this.#say('fault', error));
  }

  /** Sends op 4. False when the main gateway cannot take it now; the link is of no use then. */
  open(): boolean {
    const { guildId, channelId, selfDeaf, ownUserId, adapterCreator } = this.#request;
    const connection = joinVoiceChannel({
      guildId,
      channelId,
      selfDeaf,
      selfMute: false,
      // The library keeps one connection per group and guild in the process; ours are per bot.
      group: ownUserId,
      adapterCreator: actingFor(
        guildId,
        gated(adapterCreator, {
          mayJoin: () => this.#mayJoin,
          mayEcho: () => this.#request.mayEcho(),
          sent: () => {
            this.#mayJoin = false;
            this.#say('sent');
          },
          placed: (channelId) => {
            this.#placed = true;
            this.#say('placed', channelId);
          },
          removed: () => this.#say('removed'),
          served: (available) => {
            this.#served ||= available;
            if (!available) this.#say('unserved');
          },
          fault: (error) => this.#say('fault', error),
        }),
      ),
    });
    this.#connection = connection;
    // A refused port or a lost handshake is told here first; without a listener it would end the process.
    connection.on('error', (error) => this.#onError(error));
    connection.on(VoiceConnectionStatus.Destroyed, () => this.#say('gone'));
    this.#frames = new FrameTap(connection, {
      open: () => this.#watch.open,
      crowded: () => {
        if (!this.#watch.open) this.#watch.cut();
      },
      fault: (error) => this.#say('fault', error),
    });
    this.#watch.follow(connection);
    return !this.#mayJoin;
  }

  /** True when Discord answered the op 4 with a place. */
  get placed(): boolean {
    return this.#placed;
  }

  /** True when Discord answered the op 4 with a voice server. */
  get served(): boolean {
    return this.#served;
  }

  get evidence(): LinkEvidence {
    return { framesSent: this.#frames?.sent ?? 0, ...this.#watch.evidence };
  }

  /** Lets the player be heard over this link, after the frames that did not leave before. */
  play(player: AudioPlayer, unsent: readonly Buffer[]): void {
    if (unsent.length > 0) this.#frames?.carry(unsent);
    this.#connection?.subscribe(player);
  }

  /** The player is not heard over this link any more. Returns the frames that it gave and that did not leave. */
  silence(): readonly Buffer[] {
    const state = this.#connection?.state;
    if (state && 'subscription' in state) state.subscription?.unsubscribe();
    return this.#frames?.take() ?? [];
  }

  /** Makes a new socket for the same session, when the one that is there is dead without knowing it. */
  resume(): void {
    this.#watch.cut();
  }

  /** Tells Discord whether we listen, when that is news. */
  setSelfDeaf(selfDeaf: boolean): void {
    const connection = this.#connection;
    if (!connection || connection.state.status === VoiceConnectionStatus.Destroyed || selfDeaf === this.#selfDeaf)
      return;
    this.#selfDeaf = selfDeaf;
    const { guildId: guild_id, channelId: channel_id } = connection.joinConfig;
    this.#mayJoin = true;
    // Not by `rejoin`: that drops the connection when the main gateway is away.
    connection.state.adapter.sendPayload({ op: 4, d: { guild_id, channel_id, self_mute: false, self_deaf: selfDeaf } });
    this.#mayJoin = false;
  }

  /** Ends it without a word to Discord. */
  close(): void {
    this.#closed = true;
    this.#mayJoin = false;
    this.#encryption.end();
    const connection = this.#connection;
    if (connection && connection.state.status !== VoiceConnectionStatus.Destroyed) connection.destroy(false);
  }

  /** A socket's error is followed by its close; one of the UDP handshake by nothing at all. */
  #onError(error: Error): void {
    this.#lastError = { error, at: performance.now() };
    const code = this.#watch.state?.code;
    const shaking = code === NetworkingStatusCode.UdpHandshaking || code === NetworkingStatusCode.SelectingProtocol;
    if (shaking) this.#say('fault', error);
  }

  /** The row of a close; when the network cut it, and an error just said how, in the words of that. */
  #closeOf(code: number): CloseCode {
    const last = this.#lastError;
    const isMeant = code === CUT && last !== null && performance.now() - last.at < ERROR_MEANT_MS;
    return { ...classify(code), ...networkFailure(isMeant ? last.error : null), code };
  }

  #onReady(state: NetworkingReadyState): void {
    if (this.#heard) return this.#say('ready');
    this.#encryption.begin(state, () => {
      this.#heard = true;
      this.#say('ready');
    });
  }

  #say<E extends keyof LinkEvents>(event: E, ...details: LinkEvents[E]): void {
    if (this.#closed) return;
    // The two are the same list, but a generic key hides that from the compiler.
    (this.emit as (event: E, ...details: LinkEvents[E]) => boolean).call(this, event, ...details);
  }
}
