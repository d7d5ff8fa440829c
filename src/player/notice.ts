/** A button below a notice, and what its press does. */
export type NoticeAction = 'resume';

/** What a text channel is told without having asked: a line, or a line with buttons. */
export type Notice = string | { readonly line: string; readonly actions: readonly NoticeAction[] };

/** A notice that was posted, or is about to be. */
export interface Posted {
  /** Makes it say this instead. The newest one always arrives, those in between perhaps not. Never throws. */
  update(notice: Notice): void;
  /** Aborted when it does not stand any more: its channel refused it, or somebody deleted it. */
  readonly gone: AbortSignal;
}
