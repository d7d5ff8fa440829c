import { closes, fault, GUILD, playsOn, type Expectation, type Scenario } from '../scenario.ts';

const BACK = /\bback\b/i;
const FRAMES_A_SECOND = 50;

/** What the network swallowed is lost; nothing else may be. */
const swallowing = (expects: Expectation, seconds: number, percent = 100): Expectation => ({
  ...expects,
  // Chance may be somewhat worse than the average.
  lost: Math.ceil(FRAMES_A_SECOND * seconds * Math.min(1, (percent + 20) / 100)),
});

const losses: readonly Scenario[] = [1, 5, 20, 50].map((percent) => ({
  name: `${percent} % of the datagrams are lost for 3 s`,
  family: 'UDP',
  steps: [fault('lose-udp', { percent, guildId: GUILD, direction: 'in', seed: percent }, { forMs: 3_000 })],
  expects: swallowing(playsOn(1_500, 2), 4, percent),
}));

const discoveries: readonly Scenario[] = (
  ['short', 'empty', 'long', 'type', 'ssrc', 'port', 'address', 'twice'] as const
).map((how) => ({
  name: `4006, then IP discovery answered wrongly once (${how})`,
  family: 'UDP',
  steps: [fault('wrong-discovery', { how, times: 1 }), closes(4006)],
  // Whether the address is right only the next answer can say, and the watchdog looks at it within a second.
  expects: { ...playsOn(13_000, 3), lost: how === 'port' || how === 'address' ? 75 : 0 },
  deadlineMs: 20_000,
}));

export const DATAGRAM_SCENARIOS: readonly Scenario[] = [
  ...losses,
  ...discoveries,
  {
    name: 'every datagram to Discord is lost for 3 s',
    family: 'UDP',
    steps: [fault('drop-udp', { direction: 'in', guildId: GUILD }, { forMs: 3_000 })],
    expects: swallowing(playsOn(4_500, 3), 3.5),
  },
  {
    name: 'every datagram is lost for 3 s, both ways',
    family: 'UDP',
    steps: [fault('drop-udp', { direction: 'both', guildId: GUILD }, { forMs: 3_000 })],
    expects: swallowing(playsOn(4_500, 3), 3.5),
  },
  {
    name: 'every datagram from Discord is lost for 3 s',
    family: 'UDP',
    steps: [fault('drop-udp', { direction: 'out', guildId: GUILD }, { forMs: 3_000 })],
    expects: playsOn(500, 1),
  },
  {
    name: '4006, then every datagram is lost for 3 s',
    family: 'UDP',
    steps: [fault('drop-udp', { direction: 'both' }, { forMs: 3_000 }), closes(4006)],
    expects: playsOn(13_000, 3, BACK),
    deadlineMs: 20_000,
  },
  {
    name: '4006, then IP discovery is answered at the third request only',
    family: 'UDP',
    steps: [fault('late-discovery', { attempt: 3 }), closes(4006)],
    expects: playsOn(13_000, 3),
    deadlineMs: 25_000,
  },
  {
    name: 'every fifth datagram comes twice',
    family: 'UDP',
    steps: [fault('double-udp', { percent: 20, guildId: GUILD }, { forMs: 3_000 })],
    // The listener's own network doubles frames; the bot repeats none.
    expects: { ...playsOn(500, 0), repeated: 3 * FRAMES_A_SECOND },
  },
  {
    name: 'every fifth datagram comes out of order',
    family: 'UDP',
    steps: [fault('reorder-udp', { percent: 20, guildId: GUILD }, { forMs: 3_000 })],
    expects: playsOn(500, 0),
  },
  {
    name: 'datagrams come 300 ms later, and up to 200 more',
    family: 'UDP',
    steps: [fault('delay-udp', { ms: 300, jitterMs: 200, guildId: GUILD }, { forMs: 3_000 })],
    expects: playsOn(1_000, 0),
  },
  {
    name: '500 datagrams of noise from strangers',
    family: 'hostile',
    steps: [fault('hostile-udp', { guildId: GUILD, count: 500 })],
    expects: playsOn(500, 2),
  },
  {
    name: '500 datagrams of noise from the voice server itself',
    family: 'hostile',
    steps: [fault('hostile-udp', { guildId: GUILD, count: 500, from: 'server', seed: 2 })],
    expects: playsOn(500, 2),
  },
  {
    name: '500 forged RTP datagrams',
    family: 'hostile',
    steps: [fault('forged-udp', { guildId: GUILD, count: 500 })],
    expects: playsOn(500, 2),
  },
  {
    name: '500 forged RTCP datagrams',
    family: 'hostile',
    steps: [fault('forged-udp', { guildId: GUILD, count: 500, what: 'rtcp', seed: 2 })],
    expects: playsOn(500, 2),
  },
  {
    name: '500 receiver reports at once',
    family: 'hostile',
    steps: [fault('report-udp', { guildId: GUILD, count: 500 })],
    expects: playsOn(500, 0),
  },
];
