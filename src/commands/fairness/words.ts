import { TenutoError } from '../../lib/errors.ts';
import { blockedIn } from '../../settings/blocked-words.ts';
import type { GuildSettings } from '../../settings/guild-settings.ts';

/** Throws BLOCKED_WORD when in what somebody asks for stands something that the guild keeps out. */
export function needWelcome(query: string, { blockedWords }: GuildSettings): void {
  const word = blockedIn(query, blockedWords);
  if (word !== null) throw new TenutoError('BLOCKED_WORD', word);
}
