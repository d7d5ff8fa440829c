/** What was looked up, or an error that names what there is not. */
export function found<T>(value: T | undefined, what: string, id: string): T {
  if (value === undefined) throw new Error(`there is no ${what} ${id}`);
  return value;
}
