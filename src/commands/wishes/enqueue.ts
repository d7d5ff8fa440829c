import { randomUUID } from 'node:crypto';
import { TenutoError } from '../../lib/errors.ts';
import type { PlaylistAdded } from '../../player/players.ts';
import type { Resolution } from '../../sources/source.ts';
import type { Attachment, CommandContext, CommandServices } from '../command.ts';
import { needWelcome } from '../fairness/words.ts';
import { songs, titleOf, type Added } from '../words/added.ts';

/** What somebody wants to hear: a link or words, or a file that they gave. */
export type Wish =
  | { readonly kind: 'query'; readonly text: string }
  | { readonly kind: 'file'; readonly file: Attachment };

/**
 * Joins the person's channel beside the search, and adds what is found. `place`: 1-based among what is to come; undefined: at
 * the end. Throws TenutoError, and then leaves a channel that was joined for nothing.
 */
export async function enqueue(
  wish: Wish,
  place: number | undefined,
  context: CommandContext,
  { players, sources, settings }: Pick<CommandServices, 'players' | 'sources' | 'settings'>,
): Promise<Added> {
  const { guildId, userId, textChannelId, voiceChannelId, signal } = context;
  if (voiceChannelId === null) throw new TenutoError('NOT_IN_VOICE');
  if (wish.kind === 'query') {
    sources.check(wish.text);
    needWelcome(wish.text, settings.of(guildId));
  }
  let wanted = true;
  try {
    const search =
      wish.kind === 'query' ? sources.resolve(wish.text, signal, userId) : sources.file(wish.file.url, signal);
    // A search that ends after the join has failed opens nothing any more: nobody would close it.
    const expect = (found: Resolution) => wanted && found.kind === 'track' && players.expect(guildId, found.track);
    search.then(expect).catch(() => undefined);
    const [resolution] = await Promise.all([search, players.prepare(guildId, voiceChannelId)]);
    signal.throwIfAborted();
    const request = { guildId, userId, textChannelId, voiceChannelId, place };
    switch (resolution.kind) {
      case 'nothing':
        throw new TenutoError('NOTHING_FOUND');
      case 'track':
        return { kind: 'track', enqueued: await players.play({ ...request, tracks: [resolution.track] }) };
      case 'playlist': {
        const { title, chunks } = resolution;
        const id = randomUUID();
        const progress = ({ added }: PlaylistAdded) =>
          context.progress({
            content: `Adding *${titleOf(title)}*: ${songs(added)} so far ...`,
            actions: [`cancel:${id}`],
          });
        const result = await players.playPlaylist({ ...request, id, chunks, signal, progress });
        return { kind: 'playlist', title, result };
      }
    }
  } catch (error) {
    wanted = false;
    players.release(guildId);
    throw error;
  }
}
