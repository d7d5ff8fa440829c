import { closes, endsIn, fault, GUILD, playsOn, type Scenario } from '../scenario.ts';

const BACK = /\bback\b/i;
/** A new session of the main gateway: Discord lets clients identify once in five seconds. */
const NEW_SESSION_MS = 14_000;

export const MAIN_GATEWAY_SCENARIOS: readonly Scenario[] = [
  {
    name: 'the main gateway is cut',
    family: 'main gateway',
    steps: [fault('drop-gateway', {})],
    expects: playsOn(500, 0),
    listenMs: 2_500,
  },
  {
    name: 'the main gateway asks to reconnect (op 7)',
    family: 'main gateway',
    steps: [fault('gateway-reconnect', {})],
    expects: playsOn(500, 0),
    listenMs: 2_500,
  },
  {
    name: 'op 9, resumable',
    family: 'main gateway',
    steps: [fault('invalid-session', { resumable: true })],
    expects: playsOn(500, 0),
    listenMs: 3_000,
  },
  {
    name: 'op 9, not resumable: the voice session ends with it',
    family: 'main gateway',
    steps: [fault('invalid-session', { resumable: false })],
    expects: playsOn(NEW_SESSION_MS, 3, BACK),
    deadlineMs: 25_000,
  },
  {
    name: 'the main gateway closes with 4000',
    family: 'main gateway',
    steps: [fault('close-gateway', { code: 4000 })],
    expects: playsOn(500, 0),
    listenMs: 2_500,
  },
  {
    name: 'the main gateway closes with 4009: the voice session ends with it',
    family: 'main gateway',
    steps: [fault('close-gateway', { code: 4009 })],
    expects: playsOn(NEW_SESSION_MS, 3, BACK),
    deadlineMs: 25_000,
  },
  {
    name: 'the main gateway is down for 3 s',
    family: 'main gateway',
    steps: [fault('gateway-down', {}, { forMs: 3_000 })],
    expects: playsOn(500, 0),
    listenMs: 4_000,
  },
  {
    name: 'the main gateway is down for 3 s, and voice closes with 4006 meanwhile',
    family: 'main gateway',
    steps: [fault('gateway-down', {}, { forMs: 3_000 }), closes(4006, 500)],
    expects: playsOn(10_000, 2, BACK),
    deadlineMs: 20_000,
  },
  {
    name: 'heartbeats of the main gateway are not acknowledged for 12 s',
    family: 'main gateway',
    steps: [fault('silent-gateway', {}, { forMs: 12_000 })],
    expects: playsOn(500, 0),
    listenMs: 2_500,
  },
  {
    name: 'the main gateway closes with 4004: the token is not valid any more',
    family: 'main gateway',
    steps: [fault('close-gateway', { code: 4004 })],
    expects: endsIn('ends', 1, null),
  },
  {
    name: 'the main gateway closes with 4014: an intent is not allowed any more',
    family: 'main gateway',
    steps: [fault('close-gateway', { code: 4014 })],
    expects: endsIn('ends', 1, null),
  },
  {
    name: 'REST takes 1.5 s for each message, and voice closes with 4006',
    family: 'REST',
    steps: [fault('slow-rest', { ms: 1_500, route: '/messages' }), closes(4006)],
    expects: playsOn(500, 2),
  },
  {
    name: 'REST answers 500 to messages, and voice closes with 4006',
    family: 'REST',
    steps: [fault('fail-rest', { status: 500, times: 8, route: '/messages' }), closes(4006)],
    expects: playsOn(500, 2),
  },
  {
    name: 'REST answers 429 to messages, and voice closes with 4006',
    family: 'REST',
    steps: [fault('fail-rest', { status: 429, times: 2, route: '/messages', retryAfterS: 2 }), closes(4006)],
    expects: playsOn(500, 2),
  },
  {
    name: 'REST is cut, and the first rejoin refused',
    family: 'REST',
    steps: [
      fault('cut-rest', { times: 4, route: '/messages' }),
      fault('refuse-voice', { guildId: GUILD, code: 4006, times: 1 }),
      closes(4006),
    ],
    expects: playsOn(2_500, 4),
  },
];
