import type { Queue, QueueEntry, Session } from '../queue/queue.ts';
import type { Track, Urgency } from '../sources/source.ts';
import type { Playback } from './players.ts';
import { identity } from './queue-edits.ts';

/** What autoplay looks at before it does anything. */
export interface Outlook {
  readonly session: Pick<Session, 'autoplay' | 'voiceChannelId' | 'paused'>;
  readonly playback: Pick<Playback, 'status' | 'positionMs' | 'queue'>;
  /** People in the channel. */
  readonly listeners: number;
  /** The queue came to its end, and nobody ended it on purpose. */
  readonly over: boolean;
  /** How often something to follow an entry was looked for in vain, for the entry of which that was asked last. */
  readonly vain: { readonly afterId: string; readonly tries: number };
  /** Entries that it added and that would not play. */
  readonly failed: ReadonlySet<string>;
}

export type Step =
  | { readonly kind: 'rest' }
  /** Look again after so many milliseconds. */
  | { readonly kind: 'wait'; readonly ms: number }
  /** Look for something to follow this entry. */
  | { readonly kind: 'find'; readonly after: QueueEntry; readonly urgency: Urgency }
  /** Say that nothing follows. */
  | { readonly kind: 'give-up' };

/** So much is left of the last entry when something to follow it is looked for, and looked for again. */
const DUE_MS = [30_000, 15_000] as const;
/** Those, and once more when it has ended. */
const MOST_TRIES = DUE_MS.length + 1;
/** So many in a row that would not play mean that more of them are no use. */
export const MOST_FAILURES = 3;
/** What was heard among so many is not heard again. */
const RECENT = 25;

const REST: Step = { kind: 'rest' };

/** Each of these is a reason to do nothing. */
const REASONS: readonly ((outlook: Outlook) => boolean)[] = [
  ({ session }) => !session.autoplay || session.voiceChannelId === null,
  ({ session, listeners }) => session.paused !== 'no' || listeners === 0,
  ({ playback }) => playback.queue.loop !== 'off' || playback.queue.upcoming.length > 0,
  ({ failed }) => failed.size >= MOST_FAILURES,
];

/** What autoplay does as things stand. Pure. */
export function nextStep(outlook: Outlook): Step {
  if (REASONS.some((holds) => holds(outlook))) return REST;
  const { current } = outlook.playback.queue;
  return current === null ? afterTheEnd(outlook) : beforeTheEnd(current, outlook);
}

/** The first of these tracks that was not heard lately, nor failed; null when there is none. */
export function fresh(tracks: readonly Track[], { current, history }: Queue): Track | null {
  const heard = [...history.slice(-RECENT), ...(current === null ? [] : [current])];
  const known = new Set(heard.map(({ track }) => identity(track)));
  return tracks.find((track) => !known.has(identity(track))) ?? null;
}

function afterTheEnd({ playback, over, vain, failed }: Outlook): Step {
  // What would not play is no guide to what people like.
  const after = playback.queue.history.findLast(({ id }) => !failed.has(id));
  if (!over || after === undefined) return REST;
  return triesFor(after, vain) < MOST_TRIES ? { kind: 'find', after, urgency: 'now' } : { kind: 'give-up' };
}

function beforeTheEnd(current: QueueEntry, { playback, vain }: Outlook): Step {
  const tries = triesFor(current, vain);
  const dueMs = DUE_MS[tries];
  if (playback.status !== 'playing' || dueMs === undefined) return REST;
  const find: Step = { kind: 'find', after: current, urgency: 'ahead' };
  const { durationMs, live } = current.track;
  if (durationMs === null) return live || tries > 0 ? REST : find;
  const ms = durationMs - playback.positionMs - dueMs;
  return ms > 0 ? { kind: 'wait', ms } : find;
}

const triesFor = ({ id }: QueueEntry, { afterId, tries }: Outlook['vain']): number => (id === afterId ? tries : 0);
