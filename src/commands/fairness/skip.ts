import { TenutoError } from '../../lib/errors.ts';
import type { CommandContext, CommandServices } from '../command.ts';

/** What a person may do about what plays: skip it (`entryId`: only that), or no more than vote. */
export type SkipVerdict =
  | { readonly kind: 'may'; readonly entryId?: string }
  | { readonly kind: 'voted'; readonly say: string };

/**
 * Judges the skipping of the current track and those behind it, `amount` together. Everybody may skip what they asked for
 * themselves. Of what others asked for DJs decide where the guild has a role for them; with a vote ratio, the listeners do,
 * about one track at a time. Throws NOT_A_DJ.
 */
export function judgeSkip(
  { guildId, userId, isDj, present }: CommandContext,
  { players, settings, skipVotes }: Pick<CommandServices, 'players' | 'settings' | 'skipVotes'>,
  amount: number,
): SkipVerdict {
  const { djRole, voteRatio } = settings.of(guildId);
  const { current, upcoming } = players.playback(guildId).queue;
  if (isDj || current === null || (djRole === null && voteRatio === 0)) return { kind: 'may' };
  const skipped = [current, ...upcoming.slice(0, amount - 1)];
  const own = { kind: 'may', entryId: current.id } as const;
  if (skipped.every(({ requestedBy }) => requestedBy === userId)) return own;
  if (voteRatio === 0 || amount > 1) throw new TenutoError('NOT_A_DJ', djRole === null ? 'DJs' : `<@&${djRole}>`);
  const { votes, needed, passed } = skipVotes.cast(guildId, current.id, userId, present, voteRatio);
  if (passed) return own;
  return { kind: 'voted', say: `${votes} of ${needed} votes to skip. /skip adds yours.` };
}
