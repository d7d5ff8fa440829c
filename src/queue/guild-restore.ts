import type { Store } from '../storage/store.ts';
import { QUEUE_KEYS, QueueJournal, type JournalOptions } from './queue-journal.ts';
import { nothingUnderstood, recoverQueue, type Records, type Recovery } from './queue-recovery.ts';
import type { Session } from './queue.ts';
import { positionKey, recoverSession, SESSION_KEYS, sessionKey } from './session-records.ts';
import { setAside } from './set-aside.ts';

/** Few enough that the event loop is not held up for long by one answer, many enough that a thousand guilds take few reads. */
const RECORDS_PER_READ = 64;

/** What a guild's records say, all of them. */
export interface GuildRecovery extends Recovery {
  readonly session: Session;
}

/** The records of each guild of which anything is stored. Reads several guilds at a time. */
export async function* storedGuilds(store: Store): AsyncGenerator<readonly [guildId: string, records: Records]> {
  let batch: (readonly [guildId: string, keys: readonly string[]])[] = [];
  let size = 0;
  for (const guild of await keysByGuild(store)) {
    batch.push(guild);
    size += guild[1].length;
    if (size < RECORDS_PER_READ) continue;
    yield* await readBatch(store, batch);
    [batch, size] = [[], 0];
  }
  yield* await readBatch(store, batch);
}

/** What the records say. Never throws: what would make it do so is told to `problem`, and nothing is understood then. */
export function recoverGuild(
  guildId: string,
  records: Records,
  newSession: Session,
  problem: (error: unknown) => void,
): GuildRecovery {
  try {
    const journal = new Map(Array.from(records).filter(([key]) => key.startsWith(QUEUE_KEYS)));
    const queue = recoverQueue(guildId, journal);
    const { session, strange, obsolete } = recoverSession(guildId, records, queue.recorded, newSession);
    return {
      ...queue,
      session,
      strange: [...queue.strange, ...strange],
      obsolete: [...queue.obsolete, ...obsolete],
    };
  } catch (error) {
    problem(error);
    return { ...nothingUnderstood(records, 'reading it failed'), session: newSession };
  }
}

/**
 * The journal that goes on where the records end. What was not understood is copied aside before anything takes its
 * place; rejects when that fails, and then nothing of the guild may be written.
 */
export async function continueJournal(options: JournalOptions, recovery: GuildRecovery): Promise<QueueJournal> {
  const { recorded, snapshot, nextPage, strange, obsolete } = recovery;
  const journal = new QueueJournal(options, snapshot, nextPage);
  if (strange.length === 0) {
    // Only rubbish that a crash left. What cannot be swept today is swept at the next start.
    await options.store.deleteMany(obsolete).catch(() => undefined);
    return journal;
  }
  await setAside(options.store, strange);
  if (recorded.seq > 0) await journal.snapshot(recorded);
  await options.store.deleteMany(obsolete);
  return journal;
}

async function keysByGuild(store: Store): Promise<ReadonlyMap<string, readonly string[]>> {
  const byGuild = new Map<string, string[]>();
  const keysOf = (guildId: string) => {
    const keys = byGuild.get(guildId) ?? [sessionKey(guildId), positionKey(guildId)];
    byGuild.set(guildId, keys);
    return keys;
  };
  for (const key of await store.keys(SESSION_KEYS)) keysOf(key.slice(SESSION_KEYS.length));
  for (const key of await store.keys(QUEUE_KEYS)) {
    keysOf(key.slice(QUEUE_KEYS.length, key.indexOf(':', QUEUE_KEYS.length))).push(key);
  }
  return byGuild;
}

async function readBatch(
  store: Store,
  batch: readonly (readonly [guildId: string, keys: readonly string[]])[],
): Promise<(readonly [guildId: string, records: Records])[]> {
  const keys = batch.flatMap(([, keys]) => keys);
  const all = new Map<string, unknown>();
  for (let from = 0; from < keys.length; from += RECORDS_PER_READ) {
    const some = keys.slice(from, from + RECORDS_PER_READ);
    const values = await store.getMany<unknown>(some);
    for (const [index, key] of some.entries()) all.set(key, values[index]);
  }
  return batch.map(([guildId, keys]) => [guildId, recordsOf(keys, all)]);
}

const recordsOf = (keys: readonly string[], all: Records): Records =>
  new Map(keys.map((key) => [key, all.get(key)] as const).filter(([, value]) => value !== undefined));
