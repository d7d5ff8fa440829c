import { ApiError } from '../../loopback/rest/errors.ts';

/** Every `path: CODE` that a body is refused for. */
export function problems(judge: () => unknown): string[] {
  try {
    judge();
    return [];
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return flat(error.errors);
  }
}

function flat(errors: unknown, path: readonly string[] = []): string[] {
  if (typeof errors !== 'object' || errors === null) return [];
  return Object.entries(errors).flatMap(([key, inner]) =>
    key === '_errors'
      ? inner.map(({ code }: { code: string }) => `${path.join('.')}: ${code}`)
      : flat(inner, [...path, key]),
  );
}

/** A text of so many characters. */
export const x = (length: number): string => 'x'.repeat(length);
/** So many items. */
export const times = <T>(count: number, item: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => item(n));
