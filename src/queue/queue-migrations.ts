/** Written into every record. */
export const RECORD_VERSION = 2;

/** What is stored of a guild, by kind of record. */
export type RecordKind = 'head' | 'page' | 'operation' | 'session' | 'position';
type Fields = Readonly<Record<string, unknown>>;

/** What leads from version n (row n - 1) to the next. A kind that is not named stayed as it was. */
const MIGRATIONS: readonly Partial<Record<RecordKind, (record: Fields) => Fields>>[] = [
  {
    head: (record) => ({ ...record, history: [], undoable: null }),
    session: (record) => ({ ...record, pausedBy: null, stay: false }),
  },
];

/**
 * A stored record as this version would have written it. What has no version that we know, a later one above all, is
 * not guessed at: it stays as it is, and its schema refuses it.
 */
export function migrated(kind: RecordKind, value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { version } = value;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1 || version > RECORD_VERSION)
    return value;
  const steps = MIGRATIONS.slice(version - 1);
  const record = steps.reduce((older, step) => step[kind]?.(older) ?? older, value);
  return { ...record, version: RECORD_VERSION };
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
