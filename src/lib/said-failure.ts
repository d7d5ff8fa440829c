import { TenutoError, type ErrorCode } from './errors.ts';

/** What a program writes when it fails, and what that means. */
export interface SaidRow {
  readonly says: RegExp;
  readonly code: ErrorCode;
  readonly detail: string;
}

/** A row of a table of failures. */
export const row = (says: RegExp, detail: string, code: ErrorCode = 'TRACK_UNAVAILABLE'): SaidRow => ({
  says,
  code,
  detail,
});

/** The failure behind a program's words: the first row that matches, else `otherwise`. The words stay in `cause`, for the log. */
export function failureOf(said: string, rows: readonly SaidRow[], otherwise: string): TenutoError {
  return failureFrom(said, rows.find(({ says }) => says.test(said)) ?? row(/^/, otherwise));
}

/** A failure that is known already, with a program's words in `cause`. `retryAt`: see TenutoError. */
export function failureFrom(
  said: string,
  { code, detail }: Pick<SaidRow, 'code' | 'detail'>,
  retryAt?: number,
): TenutoError {
  const cause = new Error(withoutQueries(said.trim().slice(-1_000)) || 'it said nothing');
  return new TenutoError(code, detail, retryAt === undefined ? { cause } : { cause, retryAt });
}

/** Queries of links carry signatures, tokens and addresses, none of which belong into a log. */
function withoutQueries(text: string): string {
  return text.replaceAll(/(https?:\/\/[^\s?'"]+)\?[^\s'"]*/g, '$1?…');
}
