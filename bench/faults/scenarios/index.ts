import type { Scenario } from '../scenario.ts';
import { CHANNEL_SCENARIOS } from './channels.ts';
import { CODE_SCENARIOS } from './codes.ts';
import { COMBINATION_SCENARIOS } from './combinations.ts';
import { DATAGRAM_SCENARIOS } from './datagrams.ts';
import { DAVE_SCENARIOS } from './dave.ts';
import { EVENT_SCENARIOS } from './events.ts';
import { HOSTILE_SCENARIOS } from './hostile.ts';
import { JOIN_SCENARIOS } from './joins.ts';
import { MAIN_GATEWAY_SCENARIOS } from './main-gateway.ts';
import { PEOPLE_SCENARIOS } from './people.ts';

/** Everything that is made to go wrong, each with what must come of it. A new scenario is a new row of one of these tables. */
export const SCENARIOS: readonly Scenario[] = [
  ...CODE_SCENARIOS,
  ...JOIN_SCENARIOS,
  ...DATAGRAM_SCENARIOS,
  ...HOSTILE_SCENARIOS,
  ...EVENT_SCENARIOS,
  ...DAVE_SCENARIOS,
  ...PEOPLE_SCENARIOS,
  ...CHANNEL_SCENARIOS,
  ...MAIN_GATEWAY_SCENARIOS,
  ...COMBINATION_SCENARIOS,
];
