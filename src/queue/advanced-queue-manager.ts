import { EventEmitter } from 'node:events';
import { TenutoError } from '../lib/errors.ts';
import { KeyedLock } from '../lib/keyed-lock.ts';
import type { Store } from '../storage/store.ts';
import { PositionNotes } from './position-notes.ts';
import { NOTHING_RECORDED, QueueJournal, type Recorded } from './queue-journal.ts';
import type { QueueOperation } from './queue-operations.ts';
import { keepAside, recoverQueue, type Strange } from './queue-recovery.ts';
import { EMPTY_QUEUE, NEW_SESSION, type Queue, type Session } from './queue.ts';
import { positionRecord, recoverSession, SESSION_KEYS, sessionRecord } from './session-records.ts';

const QUEUE_KEYS = 'queue:';

/** What is known of one guild. `recorded` and `session` are what would be found after a crash (the position: a second old). */
interface Guild {
  readonly journal: QueueJournal;
  recorded: Recorded;
  session: Session;
}

export interface QueueManagerOptions {
  readonly store: Store;
  /** Entries of one guild, the current one included. */
  readonly maxTracks?: number;
  /** Percent, for a guild that never set one. */
  readonly defaultVolume?: number;
  /** How old a position may be after a crash, milliseconds. All guilds together cost one write in that time. */
  readonly positionEveryMs?: number;
}

interface QueueManagerEvents {
  /** The queue is now this, durably, because of that. */
  change: [guildId: string, queue: Queue, cause: QueueOperation];
  /** Something that nobody waits for went wrong; it is tried again, and nothing that was promised is lost. */
  problem: [what: string, cause: unknown];
  /** A stored record could not be understood. It was set aside under `set-aside:` and the rest plays. */
  'set-aside': [strange: Strange];
}

/** AdvancedQueueManager: one queue and one session per guild, the only place where they change, and durable when a promise resolves. */
export class AdvancedQueueManager extends EventEmitter<QueueManagerEvents> {
  readonly #store: Store;
  readonly #maxTracks: number;
  readonly #newSession: Session;
  readonly #positions: PositionNotes;
  readonly #guilds = new Map<string, Guild>();
  readonly #lock = new KeyedLock();
  #phase: 'starting' | 'open' | 'closed' = 'starting';

  constructor({ store, maxTracks = 10_000, defaultVolume = 100, positionEveryMs = 1_000 }: QueueManagerOptions) {
    super();
    this.#store = store;
    this.#maxTracks = maxTracks;
    this.#newSession = { ...NEW_SESSION, volume: defaultVolume };
    const write = (guildIds: readonly string[]) => this.#writePositions(guildIds);
    this.#positions = new PositionNotes(positionEveryMs, write, (error) => this.#problem('positions not saved', error));
  }

  /** Reads every guild back; call it once, before anything else. Rejects when the store cannot be read. */
  async load(): Promise<void> {
    const byGuild = new Map<string, string[]>();
    for (const key of await this.#store.keys(SESSION_KEYS)) byGuild.set(key.slice(SESSION_KEYS.length), []);
    for (const key of await this.#store.keys(QUEUE_KEYS)) {
      const guildId = key.slice(QUEUE_KEYS.length, key.indexOf(':', QUEUE_KEYS.length));
      const keys = byGuild.get(guildId);
      if (keys === undefined) byGuild.set(guildId, [key]);
      else keys.push(key);
    }
    await Promise.all([...byGuild].map(([guildId, keys]) => this.#loadGuild(guildId, keys)));
    this.#phase = 'open';
  }

  /** The guilds of which anything is stored. */
  guilds(): string[] {
    return [...this.#guilds.keys()];
  }

  queue(guildId: string): Queue {
    return this.#guilds.get(guildId)?.recorded.queue ?? EMPTY_QUEUE;
  }

  session(guildId: string): Session {
    return this.#guilds.get(guildId)?.session ?? this.#newSession;
  }

  /** How many entries can still be added. */
  room(guildId: string): number {
    const { current, upcoming } = this.queue(guildId);
    return this.#maxTracks - upcoming.length - (current === null ? 0 : 1);
  }

  /**
   * Changes the queue and returns it, durable. In the order of the calls; when the write fails nothing has changed and
   * TenutoError('STORAGE_FAILED') is thrown. An operation that starts an entry puts the position to 0.
   */
  async apply(guildId: string, operation: QueueOperation): Promise<Queue> {
    return await this.#lock.run(guildId, async () => {
      const guild = this.#guild(guildId);
      if (operation.type === 'add') this.#needRoom(guildId, operation.entries.length);
      const before = guild.recorded;
      guild.recorded = await durable(guild.journal.append(before, operation));
      if (guild.recorded.turn !== before.turn) guild.session = { ...guild.session, positionMs: 0 };
      const { queue } = guild.recorded;
      this.emit('change', guildId, queue, operation);
      return queue;
    });
  }

  /** Changes the session, durably. Throws TenutoError('STORAGE_FAILED') when that fails, and then nothing but the position has changed. */
  async updateSession(guildId: string, patch: Partial<Session>): Promise<void> {
    await this.#lock.run(guildId, async () => {
      const guild = this.#guild(guildId);
      const session = { ...guild.session, ...patch };
      const position = positionRecord(guildId, guild.recorded, session.positionMs);
      // Positions of all guilds are written without this lock: an older one right after this would be what a crash leaves.
      guild.session = { ...guild.session, positionMs: session.positionMs };
      await durable(this.#store.setMany([sessionRecord(guildId, session), position]));
      // The position may have moved on while this was being written.
      guild.session = { ...guild.session, ...patch };
    });
  }

  /** Says how far an entry has played. Cheap; on the disk within a second. Ignored when another entry is current. */
  notePosition(guildId: string, entryId: string, positionMs: number): void {
    const guild = this.#guilds.get(guildId);
    if (guild === undefined || guild.recorded.queue.current?.id !== entryId || this.#phase !== 'open') return;
    guild.session = { ...guild.session, positionMs: Math.max(0, Math.round(positionMs)) };
    this.#positions.note(guildId);
  }

  /** Resolves when everything that was asked for until now, the latest positions too, is durable. */
  async flush(): Promise<void> {
    await Promise.all(this.guilds().map((guildId) => this.#lock.run(guildId, () => undefined)));
    await durable(this.#positions.flush());
    await Promise.all(Array.from(this.#guilds.values(), ({ journal }) => journal.settled()));
  }

  /** Takes nothing more, and writes what is left. The store stays open. */
  async close(): Promise<void> {
    this.#phase = 'closed';
    await this.flush();
  }

  async #loadGuild(guildId: string, keys: readonly string[]): Promise<void> {
    const problem = (error: unknown) => this.#problem('snapshot not written', error);
    const { journal, recorded, strange } = await recoverQueue(this.#store, guildId, keys, problem);
    const { session, strange: strangeSession } = await recoverSession(this.#store, guildId, recorded);
    await keepAside(this.#store, strangeSession);
    this.#guilds.set(guildId, { journal, recorded, session });
    for (const record of [...strange, ...strangeSession]) this.emit('set-aside', record);
  }

  #guild(guildId: string): Guild {
    if (this.#phase === 'starting') throw new TenutoError('STARTING');
    if (this.#phase === 'closed') throw new TenutoError('STOPPING');
    const known = this.#guilds.get(guildId);
    if (known !== undefined) return known;
    const problem = (error: unknown) => this.#problem('snapshot not written', error);
    const journal = new QueueJournal(this.#store, guildId, problem);
    const guild: Guild = { journal, recorded: NOTHING_RECORDED, session: this.#newSession };
    this.#guilds.set(guildId, guild);
    return guild;
  }

  #needRoom(guildId: string, entries: number): void {
    if (entries > this.room(guildId)) throw new TenutoError('QUEUE_FULL', String(this.#maxTracks));
  }

  async #writePositions(guildIds: readonly string[]): Promise<void> {
    const records = guildIds.flatMap((guildId) => {
      const guild = this.#guilds.get(guildId);
      return guild === undefined ? [] : [positionRecord(guildId, guild.recorded, guild.session.positionMs)];
    });
    await this.#store.setMany(records);
  }

  #problem(what: string, error: unknown): void {
    this.emit('problem', what, error);
  }
}

async function durable<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    throw new TenutoError('STORAGE_FAILED', '', { cause: error });
  }
}
