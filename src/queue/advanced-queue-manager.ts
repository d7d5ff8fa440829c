import { EventEmitter } from 'node:events';
import { TenutoError } from '../lib/errors.ts';
import { KeyedLock } from '../lib/keyed-lock.ts';
import type { Store } from '../storage/store.ts';
import { continueJournal, recoverGuild, storedGuilds } from './guild-restore.ts';
import { PositionNotes } from './position-notes.ts';
import { NOTHING_RECORDED, QueueJournal, type JournalOptions, type Recorded } from './queue-journal.ts';
import { needRoom, roomIn, type QueueLimits } from './queue-limits.ts';
import type { QueueOperation } from './queue-operations.ts';
import type { Records } from './queue-recovery.ts';
import { EMPTY_QUEUE, NEW_SESSION, type Queue, type Session } from './queue.ts';
import { positionRecord, sessionRecord } from './session-records.ts';
import type { Strange } from './set-aside.ts';

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
  /** Entries that one user asked for, at most. */
  readonly maxTracksPerUser?: number;
  /** The same for one guild, where it wants fewer; null: it does not. */
  readonly guildLimitPerUser?: (guildId: string) => number | null;
  /** Percent, for a guild that never set one. */
  readonly defaultVolume?: number;
  /** How old a position may be after a crash, milliseconds, where the disk is fast. All guilds together cost one write in that time. */
  readonly positionEveryMs?: number;
  /** Operations of a guild from one snapshot to the next. */
  readonly snapshotEvery?: number;
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
  readonly #limits: QueueLimits;
  readonly #guildLimitPerUser: (guildId: string) => number | null;
  readonly #snapshotEvery: number;
  readonly #newSession: Session;
  readonly #positions: PositionNotes;
  readonly #guilds = new Map<string, Guild>();
  /** Guilds with records that could neither be understood nor copied aside: nothing is written there, so nothing is lost. */
  readonly #leftAlone = new Set<string>();
  readonly #lock = new KeyedLock();
  #phase: 'starting' | 'open' | 'closed' = 'starting';

  constructor(options: QueueManagerOptions) {
    super();
    this.#store = options.store;
    this.#limits = {
      maxTracks: options.maxTracks ?? 10_000,
      maxTracksPerUser: options.maxTracksPerUser ?? Infinity,
    };
    this.#guildLimitPerUser = options.guildLimitPerUser ?? (() => null);
    this.#snapshotEvery = options.snapshotEvery ?? 256;
    this.#newSession = { ...NEW_SESSION, volume: options.defaultVolume ?? NEW_SESSION.volume };
    this.#positions = new PositionNotes({
      everyMs: options.positionEveryMs ?? 500,
      write: (guildIds) => this.#writePositions(guildIds),
      problem: this.#problem('positions not saved'),
    });
  }

  /**
   * Reads every guild back; call it once, before anything else. Rejects when the store cannot be read. A guild whose
   * records are not understood never keeps the others from theirs.
   */
  async load(): Promise<void> {
    for await (const [guildId, records] of storedGuilds(this.#store)) await this.#restore(guildId, records);
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

  /** How many entries can still be added: by anybody, or by this user. */
  room(guildId: string, userId?: string): number {
    return roomIn(this.queue(guildId), this.#limitsOf(guildId), userId);
  }

  /** A guild may allow less than the operator, and never more. */
  #limitsOf(guildId: string): QueueLimits {
    const { maxTracks, maxTracksPerUser } = this.#limits;
    return { maxTracks, maxTracksPerUser: Math.min(maxTracksPerUser, this.#guildLimitPerUser(guildId) ?? Infinity) };
  }

  /**
   * Changes the queue and returns it, durable. In the order of the calls; when the write fails nothing has changed and
   * TenutoError('STORAGE_FAILED') is thrown. An operation that starts an entry puts the position to 0; one that changes
   * nothing is not written. Throws QUEUE_FULL, YOUR_LIMIT or UNDO_LIMIT when more is added, or brought back, than there is room for.
   */
  async apply(guildId: string, operation: QueueOperation): Promise<Queue> {
    return await this.#lock.run(guildId, async () => {
      const guild = this.#guild(guildId);
      const before = guild.recorded;
      needRoom(before.queue, operation, this.#limitsOf(guildId));
      // A command takes the position along, so that it is right even where the disk is too slow to write it often.
      const position = positionRecord(guildId, before, guild.session.positionMs);
      const besides = this.#positions.has(guildId) ? [position] : [];
      const after = await durable(guild.journal.append(before, operation, besides));
      if (after === before) return before.queue;
      guild.recorded = after;
      if (after.turn !== before.turn) guild.session = { ...guild.session, positionMs: 0 };
      this.emit('change', guildId, after.queue, operation);
      return after.queue;
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
    const whole = Math.max(0, Math.round(positionMs));
    if (whole === guild.session.positionMs) return;
    guild.session = { ...guild.session, positionMs: whole };
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

  async #restore(guildId: string, records: Records): Promise<void> {
    const problem = this.#problem(`guild ${guildId} could not be recovered`);
    const recovery = recoverGuild(guildId, records, this.#newSession, problem);
    try {
      const journal = await continueJournal(this.#journalOptions(guildId), recovery);
      this.#guilds.set(guildId, { journal, recorded: recovery.recorded, session: recovery.session });
    } catch (error) {
      this.#leftAlone.add(guildId);
      problem(error);
      return;
    }
    for (const record of recovery.strange) this.emit('set-aside', record);
  }

  #guild(guildId: string): Guild {
    if (this.#phase === 'starting') throw new TenutoError('STARTING');
    if (this.#phase === 'closed') throw new TenutoError('STOPPING');
    if (this.#leftAlone.has(guildId)) throw new TenutoError('STORAGE_FAILED');
    const known = this.#guilds.get(guildId);
    if (known !== undefined) return known;
    const journal = new QueueJournal(this.#journalOptions(guildId));
    const guild: Guild = { journal, recorded: NOTHING_RECORDED, session: this.#newSession };
    this.#guilds.set(guildId, guild);
    return guild;
  }

  #journalOptions(guildId: string): JournalOptions {
    const problem = this.#problem('snapshot not written');
    return { store: this.#store, guildId, snapshotEvery: this.#snapshotEvery, problem };
  }

  async #writePositions(guildIds: readonly string[]): Promise<void> {
    const records = guildIds.flatMap((guildId) => {
      const guild = this.#guilds.get(guildId);
      return guild === undefined ? [] : [positionRecord(guildId, guild.recorded, guild.session.positionMs)];
    });
    await this.#store.setMany(records);
  }

  #problem(what: string): (error: unknown) => void {
    return (error) => this.emit('problem', what, error);
  }
}

async function durable<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    throw new TenutoError('STORAGE_FAILED', '', { cause: error });
  }
}
