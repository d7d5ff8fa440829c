import { closes, cuts, fault, GUILD, playsOn, type Scenario, type Step } from '../scenario.ts';

const BACK = /\bback\b/i;
/** One attempt may take ten seconds; the one after it waits for at most one and a third. */
const ONE_ATTEMPT_MS = 13_000;
/** Tries after 0, 1 and 2 seconds may all come too early, and the next waits for 4 s and 30 % of it. */
const THREE_WAITS_MS = 8_000;
const DEADLINE_MS = 20_000;

/** A message of the way back that does not come, once. */
const swallowed: readonly Scenario[] = (['hello', 'ready', 'description'] as const).map((what) => ({
  name: `4006, then ${what} swallowed once`,
  family: 'messages of the join',
  steps: [fault('swallow-voice-message', { what, times: 1 }), closes(4006)],
  // Nothing depends on hello but when the first heartbeat is sent.
  expects: what === 'hello' ? playsOn(ONE_ATTEMPT_MS, 3) : playsOn(ONE_ATTEMPT_MS, 3, BACK),
  deadlineMs: DEADLINE_MS,
}));

const delayed: readonly Scenario[] = (['hello', 'ready', 'description'] as const).map((what) => ({
  name: `4006, then ${what} delayed by 1.5 s`,
  family: 'messages of the join',
  steps: [fault('delay-voice-message', { what, ms: 1_500, times: 1 }), closes(4006)],
  expects: playsOn(3_500, 3, BACK),
}));

const doubled: readonly Scenario[] = (['hello', 'ready', 'description'] as const).map((what) => ({
  name: `4006, then ${what} doubled`,
  family: 'messages of the join',
  steps: [fault('double-voice-message', { what, times: 1 }), closes(4006)],
  expects: playsOn(1_500, 3),
}));

const reordered: readonly Scenario[] = (['hello', 'ready', 'description'] as const).map((what) => ({
  name: `4006, then ${what} behind what should follow it`,
  family: 'messages of the join',
  steps: [fault('reorder-voice-message', { what, times: 1 }), closes(4006)],
  expects: playsOn(ONE_ATTEMPT_MS, 3),
  deadlineMs: DEADLINE_MS,
}));

const garbled: readonly Scenario[] = (['ready', 'description'] as const).flatMap((what) =>
  (['cut', 'scrambled', 'no-data', 'empty', 'wrong-types'] as const).map((how) => ({
    name: `4006, then ${what} garbled (${how})`,
    family: 'messages of the join',
    steps: [fault('garble-voice-message', { what, how, times: 1 }), closes(4006)],
    expects: playsOn(ONE_ATTEMPT_MS, 3),
    deadlineMs: DEADLINE_MS,
  })),
);

const endings = [
  ['behind hello', fault('close-voice-at-hello', { code: 4006, times: 1 })],
  ['behind ready', fault('close-voice-after-ready', { guildId: GUILD, code: 4006, times: 1 })],
  ['at select protocol', fault('close-voice-at-select-protocol', { guildId: GUILD, code: 4006, times: 1 })],
  ['behind the session description', fault('close-voice-after-description', { guildId: GUILD, code: 4006, times: 1 })],
] as const satisfies readonly (readonly [string, Step])[];

const closedMidway: readonly Scenario[] = endings.map(([where, step]) => ({
  name: `4006, then 4006 again ${where}`,
  family: 'messages of the join',
  steps: [step, closes(4006)],
  expects: playsOn(2_500, 3),
}));

/** The way to the voice gateway is bad for a while. */
const ports = [
  ['refused', fault('refuse-voice-port', {}, { forMs: 2_500 }), THREE_WAITS_MS],
  ['silent', fault('silent-voice-port', {}, { forMs: 4_000 }), ONE_ATTEMPT_MS],
  ['slow by 2 s', fault('slow-voice-port', { ms: 2_000 }, { forMs: 3_000 }), 6_000],
  ['reset', fault('reset-voice-port', {}, { forMs: 2_500 }), THREE_WAITS_MS],
  ['not to be trusted', fault('untrusted-voice-port', {}, { forMs: 2_500 }), THREE_WAITS_MS],
  ['HTTP 503', fault('http-voice-port', { status: 503 }, { forMs: 2_500 }), THREE_WAITS_MS],
] as const satisfies readonly (readonly [string, Step, number])[];

const badPorts: readonly Scenario[] = ports.map(([how, step, gapMs]) => ({
  name: `4006, then the voice port is ${how} for a while`,
  family: 'voice port',
  steps: [step, closes(4006)],
  expects: playsOn(gapMs, 5, BACK),
  deadlineMs: DEADLINE_MS,
}));

const cutPorts: readonly Scenario[] = ports.slice(0, 3).map(([how, step, gapMs]) => ({
  name: `cut, then the voice port is ${how} for a while`,
  family: 'voice port',
  steps: [step, cuts()],
  // A resume is given five seconds.
  expects: playsOn(gapMs + 6_000, 5, BACK),
  deadlineMs: DEADLINE_MS,
}));

const others: readonly Scenario[] = [
  {
    name: 'cut, then the resume is never confirmed',
    family: 'resuming',
    steps: [fault('swallow-voice-message', { what: 'resumed', guildId: GUILD, times: 1 }), cuts()],
    expects: playsOn(7_000, 2, BACK),
    deadlineMs: DEADLINE_MS,
  },
  {
    name: '4006, then op 4 is not answered for 4 s',
    family: 'op 4',
    steps: [fault('silent-voice-join', {}, { forMs: 4_000 }), closes(4006)],
    expects: playsOn(ONE_ATTEMPT_MS, 4, BACK),
    deadlineMs: DEADLINE_MS,
  },
  {
    name: '4006, then op 4 is answered after 2 s',
    family: 'op 4',
    steps: [fault('slow-voice-join', { ms: 2_000 }), closes(4006)],
    expects: playsOn(3_500, 3, BACK),
  },
  {
    name: '4006, then the server is told before the state',
    family: 'op 4',
    steps: [fault('server-before-state', {}), closes(4006)],
    expects: playsOn(500, 2),
  },
  {
    name: '/play, and the server is told before the state',
    family: 'op 4',
    when: 'joining',
    steps: [fault('server-before-state', {})],
    expects: playsOn(2_500, 2),
  },
  {
    name: '/play, and ready comes only at the second try',
    family: 'op 4',
    when: 'joining',
    steps: [fault('swallow-voice-message', { what: 'ready', times: 1 })],
    expects: playsOn(ONE_ATTEMPT_MS, 3),
    deadlineMs: DEADLINE_MS,
  },
  {
    name: 'the voice server is replaced',
    family: 'op 4',
    steps: [fault('change-voice-server', { guildId: GUILD })],
    expects: playsOn(500, 1),
  },
  {
    name: 'the voice server is away for 1 s',
    family: 'op 4',
    steps: [fault('voice-server-away', { guildId: GUILD }, { forMs: 1_000 })],
    expects: playsOn(2_000, 1, BACK),
  },
  {
    name: 'the voice server is away for 4 s',
    family: 'op 4',
    steps: [fault('voice-server-away', { guildId: GUILD }, { forMs: 4_000 })],
    expects: playsOn(6_000, 2, BACK),
  },
  {
    name: 'every voice server is away for 4 s',
    family: 'voice port',
    steps: [fault('voice-outage', {}, { forMs: 4_000 })],
    expects: playsOn(12_000, 5, BACK),
    deadlineMs: DEADLINE_MS,
  },
];

export const JOIN_SCENARIOS: readonly Scenario[] = [
  ...swallowed,
  ...delayed,
  ...doubled,
  ...reordered,
  ...garbled,
  ...closedMidway,
  ...badPorts,
  ...cutPorts,
  ...others,
];
