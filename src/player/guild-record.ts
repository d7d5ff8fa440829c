import type { QueueOperation } from '../queue/queue-operations.ts';
import type { Queue, Session } from '../queue/queue.ts';

/** The durable queues, as players use them. */
export interface QueueKeeper {
  guilds(): readonly string[];
  queue(guildId: string): Queue;
  session(guildId: string): Session;
  /** How many entries this person can still add. */
  room(guildId: string, userId: string): number;
  apply(guildId: string, operation: QueueOperation): Promise<Queue>;
  updateSession(guildId: string, patch: Partial<Session>): Promise<void>;
  notePosition(guildId: string, entryId: string, positionMs: number): void;
}

/** The queue and session of one guild, durable when a promise resolves. */
export interface GuildRecord {
  readonly queue: Queue;
  readonly session: Session;
  apply(operation: QueueOperation): Promise<Queue>;
  update(patch: Partial<Session>): Promise<void>;
  /** Cheap; reaches the disk within a second. */
  notePosition(entryId: string, positionMs: number): void;
}

/** One guild's part of the queues. */
export function recordOf(queues: QueueKeeper, guildId: string): GuildRecord {
  return {
    get queue() {
      return queues.queue(guildId);
    },
    get session() {
      return queues.session(guildId);
    },
    apply: (operation) => queues.apply(guildId, operation),
    update: (patch) => queues.updateSession(guildId, patch),
    notePosition: (entryId, positionMs) => queues.notePosition(guildId, entryId, positionMs),
  };
}
