import { z } from 'zod';
import { lasting } from '../fault-row.ts';

/** What goes wrong with voice datagrams. */
export const UDP_FAULTS = {
  'drop-udp': lasting(
    'Loses every voice datagram: `direction` in (from clients), out, or both.',
    z.strictObject({ direction: z.enum(['in', 'out', 'both']).default('both') }),
    ({ voice }, { direction }) => voice.faults.dropUdp(direction),
  ),
} as const;
