import { closes, fault, GUILD, playsOn, type Scenario } from '../scenario.ts';

const HEARTBEATS_MS = 16_000;

/** Frames of the voice websocket that no Discord would send: by the opcode and what follows it, hexadecimal. */
const BINARY: Readonly<Record<string, string>> = {
  'an empty binary frame': '',
  'a binary frame of one byte': '00',
  'a binary frame of an unknown opcode': '0001ff00',
  'an external sender (op 25) in the middle of the song': '0001190000000000',
  'garbage proposals (op 27)': '00011b00deadbeef',
  'proposals (op 27) that are no proposals': '00011b02',
};

const TEXT: Readonly<Record<string, string>> = {
  'text that is no JSON': 'hello',
  'the JSON null': 'null',
  'a message without opcode': '{}',
  'a description without data': '{"op":4}',
  'clients (op 11) without list': '{"op":11,"d":{}}',
  'a transition to execute (op 22) that nobody prepared': '{"op":22,"d":{"transition_id":77}}',
  'an epoch to prepare (op 24) without data': '{"op":24}',
};

const binary: readonly Scenario[] = Object.entries(BINARY).map(([what, hex]) => ({
  name: what,
  family: 'hostile',
  steps: [fault('garble-voice', { guildId: GUILD, as: 'binary', base64: Buffer.from(hex, 'hex').toString('base64') })],
  expects: playsOn(1_000, 2),
}));

const text: readonly Scenario[] = Object.entries(TEXT).map(([what, message]) => ({
  name: what,
  family: 'hostile',
  steps: [fault('garble-voice', { guildId: GUILD, as: 'text', base64: Buffer.from(message).toString('base64') })],
  expects: playsOn(1_000, 2),
}));

export const HOSTILE_SCENARIOS: readonly Scenario[] = [
  ...binary,
  ...text,
  {
    name: 'opcodes that do not exist',
    family: 'hostile',
    steps: [fault('unknown-voice-opcodes', { guildId: GUILD })],
    expects: playsOn(1_000, 2),
  },
  {
    name: '4006, then fields that nobody knows in every message',
    family: 'hostile',
    steps: [fault('unknown-voice-fields', { guildId: GUILD }), closes(4006)],
    expects: playsOn(500, 2),
  },
  {
    name: '5,000 messages at once',
    family: 'hostile',
    steps: [fault('flood-voice', { guildId: GUILD, count: 5_000 })],
    expects: playsOn(1_000, 2),
  },
  {
    name: 'a message of 8 MB',
    family: 'hostile',
    steps: [fault('huge-voice-message', { guildId: GUILD, bytes: 8 << 20 })],
    expects: playsOn(1_500, 2),
  },
  ...([0, -1, null, 1e12] as const).map((ms): Scenario => ({
    name: `4006, then a heartbeat interval of ${ms}`,
    family: 'heartbeats',
    steps: [fault('voice-heartbeat-interval', { ms, times: 1 }), closes(4006)],
    expects: playsOn(2_500, 3),
    listenMs: 3_000,
  })),
  {
    name: 'voice heartbeats are not acknowledged',
    family: 'heartbeats',
    steps: [fault('swallow-voice-message', { what: 'heartbeat-ack', guildId: GUILD })],
    expects: playsOn(1_000, 3),
    listenMs: HEARTBEATS_MS,
    deadlineMs: HEARTBEATS_MS + 5_000,
  },
  {
    name: 'closed with 4009 at a heartbeat',
    family: 'heartbeats',
    steps: [fault('close-voice-at-heartbeat', { guildId: GUILD, code: 4009, times: 1 })],
    expects: playsOn(500, 2),
    listenMs: 5_000,
  },
];
