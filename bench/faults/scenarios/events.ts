import { closes, fault, playsOn, type Scenario } from '../scenario.ts';

const ONE_ATTEMPT_MS = 13_000;
const DEADLINE_MS = 20_000;
const ANSWERS = ['voice-state', 'voice-server'] as const;

/** The two events with which the main gateway answers op 4, each treated badly once on the way back. */
export const EVENT_SCENARIOS: readonly Scenario[] = [
  ...ANSWERS.flatMap((what): readonly Scenario[] => [
    {
      name: `4006, then the event ${what} is swallowed once`,
      family: 'events',
      steps: [fault('swallow-event', { what, times: 1 }), closes(4006)],
      expects: playsOn(ONE_ATTEMPT_MS, 4),
      deadlineMs: DEADLINE_MS,
    },
    {
      name: `4006, then the event ${what} comes 1 s later`,
      family: 'events',
      steps: [fault('delay-event', { what, ms: 1_000, times: 1 }), closes(4006)],
      expects: playsOn(2_500, 3),
    },
    {
      name: `4006, then the event ${what} comes twice`,
      family: 'events',
      steps: [fault('double-event', { what, times: 1 }), closes(4006)],
      expects: playsOn(1_500, 2),
    },
    ...(['no-data', 'empty', 'wrong-types'] as const).map((how): Scenario => ({
      name: `4006, then the event ${what} is garbled once (${how})`,
      family: 'events',
      steps: [fault('garble-event', { what, how, times: 1 }), closes(4006)],
      expects: playsOn(ONE_ATTEMPT_MS, 4),
      deadlineMs: DEADLINE_MS,
    })),
  ]),
  {
    name: 'the main gateway is cut, and never confirms its resume',
    family: 'events',
    steps: [fault('swallow-event', { what: 'resumed', times: 1 }), fault('drop-gateway', {})],
    expects: playsOn(500, 0),
    listenMs: 2_500,
  },
  {
    name: '4006, then a voice server that has no address',
    family: 'events',
    steps: [fault('unresolvable-voice-server', { times: 1 }), closes(4006)],
    expects: playsOn(ONE_ATTEMPT_MS, 4),
    deadlineMs: DEADLINE_MS,
  },
  {
    name: '4006, then a voice server whose name is nonsense',
    family: 'events',
    steps: [fault('nonsense-voice-server', { times: 1 }), closes(4006)],
    expects: playsOn(ONE_ATTEMPT_MS, 4),
    deadlineMs: DEADLINE_MS,
  },
];
