import type { CommandContext, CommandServices, Reply } from '../command.ts';
import { addedInWords, songs } from '../words/added.ts';
import { unheard } from '../words/track.ts';
import { countOf, enqueueAll } from './enqueue-all.ts';
import type { Wish } from './enqueue.ts';

/** As many as one message may reasonably hold; each may take seconds to look up. */
export const MOST_WISHES = 10;

/** Plays what was found in a message, the first ten, and says what came of it. Throws where nothing did. */
export async function playAll(
  wishes: readonly Wish[],
  context: CommandContext,
  services: CommandServices,
): Promise<Reply> {
  const { added, failures } = await enqueueAll(wishes.slice(0, MOST_WISHES), context, services);
  const playback = services.players.playback(context.guildId);
  const [only] = added;
  if (only && wishes.length === 1) return addedInWords(only, playback);
  const [first] = failures;
  const leftOut = first ? ` Left out ${failures.length}: ${first.say}` : '';
  const tooMany = wishes.length > MOST_WISHES ? ` I take no more than ${MOST_WISHES} from one message.` : '';
  return `Added ${songs(countOf(added))} from that message.${unheard(playback)}${leftOut}${tooMany}`;
}
