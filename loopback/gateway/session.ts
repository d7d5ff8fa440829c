import { GatewayOpcodes, type GatewayDispatchEvents } from 'discord-api-types/v10';
import type { Traps } from '../traps.ts';
import type { WorldApplication } from '../world.ts';
import { perform, type EventTrick, type Told } from './event-tricks.ts';
import { mayKnow } from './intents.ts';

/** One event as it goes over the wire. */
export interface Dispatch {
  readonly op: GatewayOpcodes.Dispatch;
  readonly t: GatewayDispatchEvents;
  readonly s: number;
  readonly d: unknown;
}

/** `lost`: the buffer no longer reaches back that far. `ahead`: the client claims to have seen what was never sent. */
export type Replay = readonly Dispatch[] | 'lost' | 'ahead';

/** Sends one event, or nothing when the socket is gone. */
export type Outlet = (dispatch: Dispatch) => void;

/**
 * One gateway session: what an identify began and resumes go on with. It numbers every event and keeps the last
 * `capacity` of them, so that a client which lost its socket misses none.
 */
export class GatewaySession {
  readonly id: string;
  readonly application: WorldApplication;
  readonly intents: number;
  readonly shard: readonly [id: number, count: number];
  readonly largeThreshold: number;
  /** The guilds that it has been told of. */
  readonly guilds = new Set<string>();
  readonly #capacity: number;
  readonly #tricks: Traps<Told, EventTrick>;
  readonly #buffer: Dispatch[] = [];
  #sequence = 0;
  #outlet: Outlet | null = null;

  constructor(begin: {
    readonly id: string;
    readonly application: WorldApplication;
    readonly intents: number;
    readonly shard: readonly [number, number];
    readonly largeThreshold: number;
    readonly capacity: number;
    /** What faults do to events. */
    readonly tricks: Traps<Told, EventTrick>;
  }) {
    this.id = begin.id;
    this.application = begin.application;
    this.intents = begin.intents;
    this.shard = begin.shard;
    this.largeThreshold = begin.largeThreshold;
    this.#capacity = begin.capacity;
    this.#tricks = begin.tricks;
  }

  get botId(): string {
    return this.application.bot.id;
  }

  get attached(): boolean {
    return this.#outlet !== null;
  }

  /** Whether events of the guild travel on this shard: https://discord.com/developers/docs/events/gateway#sharding */
  carries(guildId: string): boolean {
    return Number((BigInt(guildId) >> 22n) % BigInt(this.shard[1])) === this.shard[0];
  }

  attach(outlet: Outlet): void {
    this.#outlet = outlet;
  }

  detach(): void {
    this.#outlet = null;
  }

  /** Numbers and buffers the event, and sends it when a socket is there. Does nothing when the intents do not cover it. */
  dispatch(t: GatewayDispatchEvents, d: unknown): void {
    if (!mayKnow(this.intents, t)) return;
    perform(this.#tricks.meet({ t, d, botId: this.botId }), d, (d) => this.#number(t, d));
  }

  /** Everything after sequence `seen`, in order. */
  after(seen: number): Replay {
    if (seen > this.#sequence) return 'ahead';
    const oldest = this.#buffer[0]?.s ?? this.#sequence + 1;
    return seen + 1 < oldest ? 'lost' : this.#buffer.filter(({ s }) => s > seen);
  }

  #number(t: GatewayDispatchEvents, d: unknown): void {
    const event: Dispatch = { op: GatewayOpcodes.Dispatch, t, s: ++this.#sequence, d };
    this.#buffer.push(event);
    if (this.#buffer.length > this.#capacity) this.#buffer.shift();
    this.#outlet?.(event);
  }
}
