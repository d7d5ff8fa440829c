import { z } from 'zod';
import { lasting, moment, type FaultTargets, type Lift } from '../fault-row.ts';
import { seeded } from '../seeded.ts';
import { forgedRtcp, forgedRtp, noiseDatagrams } from '../voice/forgery.ts';
import { delaying, doubling, losing, reordering } from '../voice/impairments.ts';
import type { Impairment } from '../voice/weather.ts';
import { guildId, hit } from './parameters.ts';

const seed = z.number().int().default(1);
const percent = z.number().min(1).max(100);
/** How many datagrams. */
const count = z.number().int().min(1).max(10_000).default(100);
/** Which datagrams: in is from clients; without a guild those of all. */
const where = { direction: z.enum(['in', 'out', 'both']).default('both'), guildId: guildId.optional() };
const partly = z.strictObject({ percent, ...where, seed });

/** What goes wrong with voice datagrams. */
export const UDP_FAULTS = {
  'drop-udp': lasting(
    'Loses every voice datagram: `direction` in (from clients), out, or both; with a `guildId` those of this guild only.',
    z.strictObject(where),
    (targets, params) => impair(targets, params, () => losing(100, () => 0)),
  ),
  'lose-udp': lasting(
    'Loses `percent` of a hundred voice datagrams, the same ones for the same `seed`.',
    partly,
    (targets, params) => impair(targets, params, () => losing(params.percent, seeded(params.seed))),
  ),
  'double-udp': lasting('Brings `percent` of a hundred voice datagrams twice.', partly, (targets, params) =>
    impair(targets, params, () => doubling(params.percent, seeded(params.seed))),
  ),
  'reorder-udp': lasting(
    'Holds `percent` of a hundred voice datagrams back until the next has passed, 60 ms at most.',
    partly,
    (targets, params) => impair(targets, params, () => reordering(params.percent, seeded(params.seed))),
  ),
  'delay-udp': lasting(
    'Brings voice datagrams `ms` milliseconds later, and each up to `jitterMs` more, so that some overtake others.',
    z.strictObject({
      // Longer ones would meet epochs of DAVE that are long over.
      ms: z.number().int().min(0).max(1_500),
      jitterMs: z.number().int().min(0).max(400).default(0),
      ...where,
      seed,
    }),
    (targets, params) => impair(targets, params, () => delaying(params.ms, params.jitterMs, seeded(params.seed))),
  ),
  'hostile-udp': moment(
    "Sends `count` datagrams of 0 to 2,000 random bytes to the bot's UDP port, `from` strangers or from the voice server's own address; every second one is 16 bytes or less.",
    z.strictObject({ guildId, count, from: z.enum(['strangers', 'server']).default('strangers'), seed }),
    ({ voice: { faults }, botId }, { guildId, count, from, seed }) => {
      const datagrams = noiseDatagrams(count, seeded(seed));
      if (from === 'server') hit(faults.sendRaw(guildId, botId, ...datagrams));
      else hit(faults.sendFromStrangers(guildId, botId, ...datagrams));
    },
  ),
  'forged-udp': moment(
    "Sends the bot `count` datagrams from the voice server's address with SSRCs that it knows: `what` is rtp or rtcp (a right header, then nonsense).",
    z.strictObject({ guildId, count, what: z.enum(['rtp', 'rtcp']).default('rtp'), seed }),
    ({ voice: { faults }, botId }, { guildId, count, what, seed }) => {
      const random = seeded(seed);
      const ssrcs = faults.ssrcs(guildId, botId);
      const forge = what === 'rtp' ? forgedRtp : forgedRtcp;
      const datagrams = Array.from({ length: count }, (_, index) => forge(ssrcs[index % ssrcs.length] ?? 0, random));
      hit(faults.sendRaw(guildId, botId, ...datagrams));
    },
  ),
  'report-udp': moment(
    'Sends the bot `count` RTCP receiver reports at once, encrypted as they should be.',
    z.strictObject({ guildId, count }),
    ({ voice: { faults }, botId }, { guildId, count }) => {
      for (let sent = 0; sent < count; sent += 1) hit(faults.sendReport(guildId, botId));
    },
  ),
} as const;

function impair(
  { voice }: FaultTargets,
  { direction, guildId }: { readonly direction: 'in' | 'out' | 'both'; readonly guildId?: string | undefined },
  impairment: () => Impairment,
): Lift {
  return voice.faults.impair({ direction, impairment, ...(guildId !== undefined && { guildId }) });
}
