/** What goes wrong with end-to-end encryption. */
export const DAVE_FAULTS = {} as const;
