import { toTenutoError, type ErrorCode, type TenutoError } from '../../lib/errors.ts';
import type { CommandContext, CommandServices } from '../command.ts';
import { songs, type Added } from '../words/added.ts';
import { enqueue, type Wish } from './enqueue.ts';

/** What may be wrong with one wish and not with the next; after anything else it would be useless to go on. */
const OF_ONE_WISH: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'BAD_QUERY',
  'BLOCKED_ADDRESS',
  'BLOCKED_WORD',
  'EXTRACTION_TIMED_OUT',
  'NETWORK_DOWN',
  'NOTHING_FOUND',
  'NOT_AUDIO',
  'NO_SOUND_IN_FILE',
  'PLAYLIST_LIMIT',
  'SITE_BLOCKED',
  'SITE_NOT_ALLOWED',
  'TRACK_CLOSED',
  'TRACK_NOT_YET',
  'TRACK_UNAVAILABLE',
]);

/** What came of several wishes: what was added, in their order, and why the others were not. */
export interface AllAdded {
  readonly added: readonly Added[];
  readonly failures: readonly TenutoError[];
}

/** Adds one wish after the other, at the end of the queue. Throws the first failure where nothing was added. */
export async function enqueueAll(
  wishes: readonly Wish[],
  context: CommandContext,
  services: Pick<CommandServices, 'players' | 'sources' | 'settings'>,
): Promise<AllAdded> {
  const added: Added[] = [];
  const failures: TenutoError[] = [];
  for (const wish of wishes) {
    try {
      added.push(await enqueue(wish, undefined, context, services));
      if (wishes.length > 1) context.progress(`Added ${songs(countOf(added))} so far ...`);
    } catch (thrown) {
      const failure = toTenutoError(thrown);
      context.signal.throwIfAborted();
      if (failure.blame === 'bug') throw failure;
      failures.push(failure);
      if (!OF_ONE_WISH.has(failure.code)) break;
    }
  }
  const [first] = failures;
  if (added.length === 0 && first) throw first;
  return { added, failures };
}

/** How many tracks they are together. */
export const countOf = (added: readonly Added[]): number =>
  added.reduce((sum, one) => sum + (one.kind === 'track' ? one.enqueued.entries.length : one.result.added), 0);
