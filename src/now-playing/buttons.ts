import type { LoopMode } from '../queue/queue.ts';

/** What the display's buttons do. The mode that a press leads to is in its name, so that two presses at once are one. */
export type ButtonAction =
  | 'previous'
  | 'back'
  | 'pause'
  | 'resume'
  | 'forward'
  | 'skip'
  | 'stop'
  | `loop-${LoopMode}`
  | 'shuffle'
  | 'quieter'
  | 'louder'
  | 'favourite';

/** A button's custom id says all that its press needs, so buttons survive a restart. Discord's limit is 100 characters. */
export const buttonId = (action: ButtonAction, entryId: string): string => `np:${action}:${entryId}`;

/** The name and the queue entry of a button of the display, or null for any other custom id. The name may be of an older version. */
export function parseButtonId(customId: string): { readonly action: string; readonly entryId: string } | null {
  const [, action, entryId] = /^np:([a-z-]+):(.+)$/.exec(customId) ?? [];
  return action === undefined || entryId === undefined ? null : { action, entryId };
}
