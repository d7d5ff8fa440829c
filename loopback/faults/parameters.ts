import { z } from 'zod';

/** Of a fault that takes nothing. */
export const none = z.strictObject({});
/** The guild in which the bot is met. */
export const guildId = z.string();
export const channelId = z.string();
/** The codes that may stand in a close frame: RFC 6455, 7.4. */
export const code = z
  .number()
  .int()
  .refine(
    (code) => (code >= 3000 && code <= 4999) || (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)),
    {
      error: 'not a code that a close frame can carry; cut-voice and drop-gateway make a 1006',
    },
  );
/** How a connection ends: with one of those codes, or, by 1006, without a close frame. */
export const closing = z.union([z.literal(1006), code]);
/** A duration. */
export const ms = z.number().int().min(0).max(600_000);
/** How often before the fault is over by itself. */
export const times = z.number().int().min(1);
/** Whom and how often a fault meets that may be for one guild: left out, everybody, until it is lifted. */
export const scope = { guildId: guildId.optional(), times: times.optional() };

/** A fault that met nothing is a mistake of whoever threw it. */
export function hit(met: boolean): void {
  if (!met) throw new Error('the bot has no voice connection in this guild that this could change');
}
