import { z } from 'zod';
import { lasting, type FaultTargets, type Lift } from '../fault-row.ts';
import { EVENTS, isEvent, type EventName, type EventTrick } from '../gateway/event-tricks.ts';
import { WRONG_DATA, wrongData } from '../garble.ts';
import { ms, scope } from './parameters.ts';

const what = z.enum(Object.keys(EVENTS) as EventName[]);
const oneEvent = { what, ...scope };

/** What goes wrong with events of the main gateway. */
export const EVENT_FAULTS = {
  'swallow-event': lasting(
    "One event of the main gateway never comes: `what` is voice-state (the bot's own), voice-server or resumed.",
    z.strictObject(oneEvent),
    (targets, scope) => tricking(targets, scope, { kind: 'swallow' }),
  ),
  'delay-event': lasting(
    'One event of the main gateway (`what`) comes `ms` milliseconds later, and others overtake it.',
    z.strictObject({ ...oneEvent, ms }),
    (targets, { ms, ...scope }) => tricking(targets, scope, { kind: 'delay', ms }),
  ),
  'double-event': lasting(
    'One event of the main gateway (`what`) comes twice.',
    z.strictObject(oneEvent),
    (targets, scope) => tricking(targets, scope, { kind: 'double' }),
  ),
  'garble-event': lasting(
    'One event of the main gateway (`what`) comes with wrong data: `how` is no-data, empty or wrong-types.',
    z.strictObject({ ...oneEvent, how: z.enum(WRONG_DATA) }),
    (targets, { how, ...scope }) =>
      tricking(targets, scope, { kind: 'change', change: (data) => wrongData(data, how) }),
  ),
} as const;

function tricking(
  { gateway }: FaultTargets,
  { what, guildId, times }: z.output<z.ZodObject<typeof oneEvent>>,
  trick: EventTrick,
): Lift {
  return gateway.switches.tricks.lay(trick, { fits: (told) => isEvent(told, what, guildId), times });
}
