import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';

/** Codes of Node's and undici's errors about a connection that could not be made, or broke. */
const NETWORK = /^(UND_ERR_|ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EPIPE|ENET|EHOST)/;

/** True for an error that says that Discord, or the way to it, failed: REST refused, answered with an error, or was cut off. */
export function isDiscordFailure(error: unknown): boolean {
  if (error instanceof DiscordAPIError || error instanceof HTTPError || error instanceof RateLimitError) return true;
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && NETWORK.test(error.code);
}
