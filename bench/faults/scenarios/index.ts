import type { Scenario } from '../scenario.ts';
import { CODE_SCENARIOS } from './codes.ts';
import { DATAGRAM_SCENARIOS } from './datagrams.ts';
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
  ...PEOPLE_SCENARIOS,
  ...MAIN_GATEWAY_SCENARIOS,
];
