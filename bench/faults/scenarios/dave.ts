import { closes, endsIn, fault, GUILD, playsOn, type Expectation, type Scenario, type Step } from '../scenario.ts';

/** Whoever is thrown out of a group cannot be understood until it is added again: half a second of frames. */
const thrownOut = (gapMs: number, op4: number): Expectation => ({ ...playsOn(gapMs, op4), lost: 25 });

const HARMLESS: Readonly<Record<string, Step>> = {
  'binary messages of 0 to 3 bytes': fault('short-binaries', { guildId: GUILD }),
  'a binary message of an unknown opcode': fault('unknown-binary', { guildId: GUILD }),
  'a transition is executed that nobody prepared': fault('execute-unknown', { guildId: GUILD }),
  'an empty list of members': fault('empty-member-list', { guildId: GUILD }),
  'a downgrade is prepared and never executed': fault('prepare-without-execute', { guildId: GUILD }),
  'a transition is prepared and never executed': fault('prepare-without-execute', { guildId: GUILD, version: 1 }),
};

const harmless: readonly Scenario[] = Object.entries(HARMLESS).map(([name, step]) => ({
  name,
  family: 'DAVE',
  steps: [step],
  expects: playsOn(1_000, 2),
  listenMs: 2_000,
}));

const misled: readonly Scenario[] = (['bad-commit', 'bad-welcome'] as const).flatMap((name) =>
  (['garbage', 'other-group'] as const).map((what): Scenario => ({
    name: `${name} (${what})`,
    family: 'DAVE',
    steps: [fault(name, { guildId: GUILD, what })],
    expects: thrownOut(2_500, 2),
    listenMs: 2_500,
  })),
);

const proposed: readonly Scenario[] = (
  ['garbage', 'empty', 'other-group', 'unknown-operation', 'unknown-revocation', 'unknown-user'] as const
).map((what) => ({
  name: `bad proposals (${what})`,
  family: 'DAVE',
  steps: [fault('bad-proposals', { guildId: GUILD, what })],
  expects: playsOn(1_500, 2),
  listenMs: 2_000,
}));

const senders: readonly Scenario[] = (['same', 'other', 'garbage'] as const).map((what) => ({
  name: `a second external sender (${what})`,
  family: 'DAVE',
  steps: [fault('second-external-sender', { guildId: GUILD, what })],
  expects: playsOn(1_500, 2),
  listenMs: 2_000,
}));

export const DAVE_SCENARIOS: readonly Scenario[] = [
  ...harmless,
  ...misled,
  ...proposed,
  ...senders,
  {
    name: 'the epoch is reset',
    family: 'DAVE',
    steps: [fault('reset-epoch', { guildId: GUILD })],
    expects: thrownOut(1_500, 1),
    listenMs: 2_000,
  },
  {
    name: 'the call goes without end-to-end encryption for 2 s',
    family: 'DAVE',
    steps: [fault('dave-downgrade', { guildId: GUILD }, { forMs: 2_000 })],
    expects: thrownOut(1_500, 1),
    listenMs: 2_000,
  },
  {
    name: '4006, then a version of DAVE is demanded that nobody has',
    family: 'DAVE',
    steps: [fault('demand-dave', {}), closes(4006)],
    expects: endsIn('gave up', 2, /\b4017\b/),
  },
  {
    name: 'no transition is executed while Ben comes',
    family: 'DAVE',
    steps: [fault('hold-transitions', {}, { forMs: 3_000 }), { person: 'ben', does: 'join', where: 'Lounge' }],
    expects: playsOn(1_000, 1),
  },
  {
    name: 'Ben comes and goes',
    family: 'DAVE',
    steps: [
      { person: 'ben', does: 'join', where: 'Lounge' },
      { person: 'ben', does: 'leave', atMs: 1_200 },
    ],
    expects: playsOn(500, 0),
    listenMs: 1_500,
  },
  {
    name: 'Ben comes while the bot rejoins after 4006',
    family: 'DAVE',
    steps: [closes(4006), { person: 'ben', does: 'join', where: 'Lounge' }],
    expects: playsOn(1_500, 2),
  },
  {
    name: 'Ben goes while the bot rejoins after 4006',
    family: 'DAVE',
    steps: [
      { person: 'ben', does: 'join', where: 'Lounge' },
      closes(4006, 700),
      { person: 'ben', does: 'leave', atMs: 710 },
    ],
    expects: playsOn(1_500, 2),
  },
  {
    name: 'five people come and go at once',
    family: 'DAVE',
    steps: [fault('crowd', { guildId: GUILD, people: 5 }, { forMs: 1_500 })],
    expects: playsOn(500, 0),
    listenMs: 1_500,
  },
  {
    name: 'three people come at once, and voice closes with 4006',
    family: 'DAVE',
    steps: [fault('crowd', { guildId: GUILD, people: 3 }), closes(4006)],
    expects: playsOn(1_500, 2),
  },
];
