import { TenutoError } from '../../lib/errors.ts';
import type { CommandContext, CommandServices } from '../command.ts';

/**
 * Comes to the person's voice channel, and then does what lets something play there; goes again where that fails. In this
 * order: a bot that is killed in between has a channel and nothing to play, and not something to play and no channel.
 */
export async function comeAnd<T>(
  { guildId, voiceChannelId }: CommandContext,
  { players }: Pick<CommandServices, 'players'>,
  act: () => Promise<T>,
): Promise<T> {
  if (voiceChannelId === null) throw new TenutoError('NOT_IN_VOICE');
  try {
    await players.prepare(guildId, voiceChannelId);
    return await act();
  } catch (error) {
    players.release(guildId);
    throw error;
  }
}
