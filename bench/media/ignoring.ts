/** Waits for something whose outcome is measured elsewhere. */
export const ignoring = (work: Promise<unknown>): Promise<void> =>
  work.then(
    () => undefined,
    () => undefined,
  );
