import { TenutoError } from '../../lib/errors.ts';
import type { Track } from '../../sources/source.ts';
import type { CommandContext, CommandServices, Subcommand } from '../command.ts';
import { called, loadedInWords } from '../words/lists.ts';

export const load: Subcommand = {
  needs: 'join-voice-channel',
  async run(context, services) {
    const { playlist, tracks } = await services.playlists.open(context, context.string('name') ?? '');
    if (tracks.length === 0) return `${called(playlist)} is empty. /playlist add puts something into it.`;
    return await loadTracks(called(playlist), tracks, context, services);
  },
};

/** Joins the person's channel and puts the tracks, which are called `what`, at the end of the queue; says how many found room. */
export async function loadTracks(
  what: string,
  tracks: readonly Track[],
  { guildId, userId, textChannelId, voiceChannelId }: CommandContext,
  { players }: Pick<CommandServices, 'players'>,
): Promise<string> {
  if (voiceChannelId === null) throw new TenutoError('NOT_IN_VOICE');
  try {
    const enqueued = await players.play({ guildId, userId, textChannelId, voiceChannelId, tracks });
    return loadedInWords(what, tracks.length, enqueued, players.playback(guildId));
  } catch (error) {
    players.release(guildId);
    throw error;
  }
}
