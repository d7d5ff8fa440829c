import type { Store } from '../storage/store.ts';
import type { Recorded } from './queue-journal.ts';
import { readPosition, readSession, RECORD_VERSION, type PositionRecord } from './queue-records.ts';
import type { Strange } from './queue-recovery.ts';
import { NEW_SESSION, type Session } from './queue.ts';

export const SESSION_KEYS = 'session:';
const sessionKey = (guildId: string) => `${SESSION_KEYS}${guildId}`;
const positionKey = (guildId: string) => `position:${guildId}`;

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

/** Reads a session back. The position is 0 when it was noted for another entry, or before the entry began anew. */
export async function recoverSession(
  store: Store,
  guildId: string,
  { queue, turn }: Recorded,
): Promise<{ readonly session: Session; readonly strange: readonly Strange[] }> {
  const keys = [sessionKey(guildId), positionKey(guildId)];
  const [stored, storedPosition] = await store.getMany<unknown>(keys);
  const strange: Strange[] = [];
  const session = stored === undefined ? NEW_SESSION : readSession(stored);
  if (session === null) strange.push({ key: sessionKey(guildId), value: stored, why: 'the session cannot be read' });
  const position = readPosition(storedPosition);
  const holds = position !== null && position.turn === turn && position.entryId === queue.current?.id;
  return { session: { ...NEW_SESSION, ...session, positionMs: holds ? position.positionMs : 0 }, strange };
}
