import {
  closes,
  cuts,
  endsIn,
  fault,
  GUILD,
  moved,
  playsOn,
  STUDIO,
  type Expectation,
  type Scenario,
} from '../scenario.ts';

/** What has to follow a close code. https://discord.com/developers/docs/topics/opcodes-and-status-codes#voice-voice-close-event-codes */
type Remedy = 'resume' | 'rejoin' | 'evidence' | 'cool-down' | 'give-up';

const CUT = 1006;
const REMEDIES: Readonly<Record<number, Remedy>> = {
  1000: 'resume',
  1001: 'resume',
  [CUT]: 'resume',
  1011: 'resume',
  4001: 'rejoin',
  4002: 'rejoin',
  4003: 'rejoin',
  4004: 'rejoin',
  4005: 'rejoin',
  4006: 'rejoin',
  4009: 'rejoin',
  4011: 'rejoin',
  4012: 'give-up',
  4014: 'evidence',
  4015: 'resume',
  4016: 'give-up',
  4017: 'give-up',
  4020: 'give-up',
  4021: 'cool-down',
  4022: 'evidence',
};

const CODES = Object.entries(REMEDIES).map(([code, remedy]) => ({ code: Number(code), remedy }));
/** 1006 is no code that a server can send. */
const SENDABLE = CODES.filter(({ code }) => code !== CUT);
/** After the first of these the server accepts again at once, and nobody should notice. */
export const ACCEPTED_AT_ONCE: readonly number[] = CODES.filter(
  ({ remedy }) => remedy === 'resume' || remedy === 'rejoin',
).map(({ code }) => code);

export const closing = (code: number) => (code === CUT ? cuts() : closes(code));

/** That the music is back; of several codes in a row any may be told. */
const BACK = /\bback\b/i;
/** The code, and that the music is back. */
const back = (code: number): RegExp => new RegExp(`\\b${code}\\b[^]*\\bback\\b`, 'i');
const named = (code: number): RegExp => new RegExp(`\\b${code}\\b`);
/** The code, and that there is a pause now. */
const later = (code: number): RegExp => new RegExp(`\\b${code}\\b[^]*cool[^]*<t:`, 'i');

/** Nothing is heard for as long as Discord may take to say what an ambiguous code meant: five seconds. */
const EVIDENCE_MS = 7_000;

const ENDS: Readonly<Partial<Record<Remedy, (code: number) => Expectation>>> = {
  'give-up': (code) => endsIn('gave up', 1, named(code)),
  'cool-down': (code) => endsIn('waits', 1, later(code)),
};

/** While the song plays; the server accepts again at once. */
const whenReady: readonly Scenario[] = CODES.map(({ code, remedy }) => {
  const goesOn: Readonly<Record<string, Expectation>> = {
    resume: playsOn(500, 0),
    rejoin: playsOn(500, 2),
    evidence: playsOn(EVIDENCE_MS, 2, back(code)),
  };
  return {
    name: `closed with ${code}`,
    family: 'close codes',
    steps: [closing(code)],
    expects: ENDS[remedy]?.(code) ?? goesOn[remedy] ?? playsOn(500, 2),
    deadlineMs: 12_000,
  };
});

/** The connection is lost (4006), and the first identify after it is refused. */
const beforeReady: readonly Scenario[] = SENDABLE.map(({ code, remedy }) => ({
  name: `4006, then the identify refused once with ${code}`,
  family: 'before ready',
  steps: [fault('refuse-voice', { guildId: GUILD, code, times: 1 }), closes(4006)],
  expects: refused(code, remedy),
  deadlineMs: 15_000,
}));

function refused(code: number, remedy: Remedy): Expectation {
  const end = ENDS[remedy]?.(code);
  // The rejoin that was refused was an op 4 too.
  if (end) return { ...end, op4: 2 };
  return remedy === 'evidence' ? playsOn(EVIDENCE_MS + 1_500, 4, BACK) : playsOn(2_500, 4, BACK);
}

/** The socket is cut, and the resume is refused. */
const whileResuming: readonly Scenario[] = SENDABLE.map(({ code, remedy }) => ({
  name: `cut, then the resume refused with ${code}`,
  family: 'resuming',
  steps: [fault('refuse-voice-resume', { guildId: GUILD, code, times: 1 }), cuts()],
  expects: ENDS[remedy]?.(code) ?? (remedy === 'evidence' ? playsOn(EVIDENCE_MS, 2, BACK) : playsOn(1_000, 2)),
  deadlineMs: 12_000,
}));

/** Somebody moves the bot and its listener, and the first identify there is refused. */
const whileMoving: readonly Scenario[] = SENDABLE.map(({ code, remedy }) => ({
  name: `moved, and refused once there with ${code}`,
  family: 'moving',
  steps: [
    fault('refuse-voice', { guildId: GUILD, code, times: 1 }),
    fault('move', { guildId: GUILD, channelId: STUDIO }),
    { person: 'ada', does: 'move', where: 'Studio' },
  ],
  expects: ENDS[remedy]?.(code) ?? (remedy === 'evidence' ? moved(EVIDENCE_MS, 2, BACK) : moved(1_500, 2)),
  deadlineMs: 12_000,
}));

/** A first join that meets a code is as good as any other loss. */
const whileJoining: readonly Scenario[] = [4006, 4011, 1001].map((code) => ({
  name: `/play, and the first identify refused once with ${code}`,
  family: 'joining',
  when: 'joining',
  steps: [fault('refuse-voice', { guildId: GUILD, code, times: 1 })],
  expects: { ...playsOn(4_000, 3), reads: null },
  deadlineMs: 15_000,
}));

/** Five tries, the first at once, and as many op 4 a minute as a guild may send: then nothing for a while. */
const forEver: readonly Scenario[] = [4006, 4011, 1011].map((code) => ({
  name: `4006, then every identify refused with ${code}`,
  family: 'for ever',
  steps: [fault('refuse-voice', { guildId: GUILD, code }), closes(4006)],
  expects: endsIn('waits', 6, later(code)),
  deadlineMs: 80_000,
}));

const others: readonly Scenario[] = [
  {
    name: 'closed with 4999, which nobody documents',
    family: 'close codes',
    steps: [closes(4999)],
    expects: playsOn(2_500, 2),
  },
  {
    name: 'closed with 4006, again and again as soon as it is back',
    family: 'for ever',
    steps: [closes(4006), closes(4006, 1_500), closes(4006, 6_000)],
    expects: playsOn(4_000, 4, back(4006)),
    deadlineMs: 15_000,
  },
  {
    name: 'a storm of 1001: each resume is accepted and closed again',
    family: 'resuming',
    steps: [fault('close-voice-after-resume', { guildId: GUILD, code: 1001 }, { forMs: 3_000 }), closes(1001)],
    expects: playsOn(2_500, 2),
  },
  {
    name: 'closed with 4006 twice, and the second rejoin is one too many (4021)',
    family: 'for ever',
    steps: [fault('limit-voice-identifies', { count: 1 }), closes(4006), closes(4006, 2_000)],
    expects: endsIn('waits', 4, later(4021)),
    deadlineMs: 15_000,
  },
  {
    name: 'closed with 4021, cooled down, and back',
    family: 'for ever',
    steps: [closes(4021)],
    expects: playsOn(50_000, 3, later(4021)),
    deadlineMs: 55_000,
  },
];

export const CODE_SCENARIOS: readonly Scenario[] = [
  ...whenReady,
  ...beforeReady,
  ...whileResuming,
  ...whileMoving,
  ...whileJoining,
  ...forEver,
  ...others,
];
