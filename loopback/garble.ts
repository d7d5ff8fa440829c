/** How the data of a message can be wrong: none at all, an empty object, or each value of a type that it does not have. */
export const WRONG_DATA = ['no-data', 'empty', 'wrong-types'] as const;
export type WrongData = (typeof WRONG_DATA)[number];

/** The data made wrong. */
export function wrongData(data: unknown, how: WrongData): unknown {
  switch (how) {
    case 'no-data':
      return null;
    case 'empty':
      return {};
    case 'wrong-types':
      return isRecord(data)
        ? Object.fromEntries(Object.entries(data).map(([key, value]) => [key, another(value)]))
        : [data];
  }
}

function another(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value.length;
  return Array.isArray(value) ? { length: value.length } : [value];
}

/** True for a JSON object. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
