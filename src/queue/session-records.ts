import { readFilters } from './filters.ts';
import type { Recorded } from './queue-journal.ts';
import { RECORD_VERSION } from './queue-migrations.ts';
import type { Records } from './queue-recovery.ts';
import { readPosition, readSession, type PositionRecord } from './queue-records.ts';
import type { Session } from './queue.ts';
import type { Strange } from './set-aside.ts';

export const SESSION_KEYS = 'session:';
export const sessionKey = (guildId: string) => `${SESSION_KEYS}${guildId}`;
export const positionKey = (guildId: string) => `position:${guildId}`;

/** The session as a record. The position is kept apart, because it is written every second. */
export function sessionRecord(guildId: string, session: Session) {
  const { positionMs: _, ...kept } = session;
  return { key: sessionKey(guildId), value: { version: RECORD_VERSION, ...kept } };
}

/** The position as a record that means something only to the entry and the turn in which it was noted. */
export function positionRecord(guildId: string, { queue, turn }: Recorded, positionMs: number) {
  const value: PositionRecord = { version: RECORD_VERSION, entryId: queue.current?.id ?? '', turn, positionMs };
  return { key: positionKey(guildId), value };
}

/** The session that the records tell of. The position is 0 when it was noted for another entry, or before the entry began anew. */
export function recoverSession(
  guildId: string,
  records: Records,
  { queue, turn }: Recorded,
  newSession: Session,
): { readonly session: Session; readonly strange: readonly Strange[]; readonly obsolete: readonly string[] } {
  const strange: Strange[] = [];
  const understood = <T>(key: string, read: (value: unknown) => T | null, why: string): T | null => {
    const value = records.get(key);
    const meaning = read(value);
    if (meaning === null && value !== undefined) strange.push({ key, value, why });
    return meaning;
  };
  const session = understood(sessionKey(guildId), readSession, 'the session cannot be read');
  const position = understood(positionKey(guildId), readPosition, 'the position cannot be read');
  const obsolete = strange.map(({ key }) => key);
  const dropped = session === null ? [] : droppedFilters(records.get(sessionKey(guildId)));
  if (dropped.length > 0)
    strange.push({ key: sessionKey(guildId), value: dropped, why: 'filters that are not known any more are off' });
  const holds = position !== null && position.turn === turn && position.entryId === queue.current?.id;
  return { session: { ...newSession, ...session, positionMs: holds ? position.positionMs : 0 }, strange, obsolete };
}

const droppedFilters = (session: unknown) => readFilters((session as { filters?: unknown }).filters ?? []).dropped;
