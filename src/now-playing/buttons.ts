/** What the display's buttons do. */
export type ButtonAction = 'pause' | 'resume' | 'skip' | 'stop';

/** A button's custom id says all that its press needs, so buttons survive a restart. Discord's limit is 100 characters. */
export const buttonId = (action: ButtonAction, entryId: string): string => `np:${action}:${entryId}`;

/** The action and the queue entry of a button of the display, or null for any other custom id. */
export function parseButtonId(customId: string): { readonly action: ButtonAction; readonly entryId: string } | null {
  const match = /^np:(pause|resume|skip|stop):(.+)$/.exec(customId);
  return match ? { action: match[1] as ButtonAction, entryId: match[2] ?? '' } : null;
}
