import { z } from 'zod';
import { lasting, moment } from '../fault-row.ts';
import { WRONG_DATA } from '../garble.ts';
import { GARBLE, garble, VOICE_MESSAGES, withInterval, withUnknownFields, type VoiceMessage } from '../voice/tricks.ts';
import { closing, guildId, hit, ms, none, scope, times } from './parameters.ts';

const what = z.enum(Object.keys(VOICE_MESSAGES) as VoiceMessage[]);
const oneMessage = { what, ...scope };
const named = ({ what, guildId }: { readonly what: VoiceMessage; readonly guildId?: string | undefined }): boolean =>
  what !== 'hello' || guildId === undefined;
const unnamed = { error: 'hello is said before anybody knows whose connection it is: leave guildId out' };
const ending = z.strictObject({ code: closing, ...scope });

/** Opcodes that the voice gateway does not have, or that only clients send, and messages without any. */
const UNKNOWN_MESSAGES: readonly unknown[] = [
  ...[-1, 0, 1, 3, 7, 10, 17, 19, 99, 255, 65_536, 1e308, 2.5, '4', null, [], {}].map((op) => ({
    op,
    d: { of: 'none' },
  })),
  { op: 99 },
  { d: {} },
  {},
  [],
  null,
  7,
  'hello',
];

/** What goes wrong with the messages of the voice gateway. */
export const VOICE_MESSAGE_FAULTS = {
  'swallow-voice-message': lasting(
    'One message of the voice gateway never comes: `what` is hello, ready, description, resumed or heartbeat-ack.',
    z.strictObject(oneMessage).refine(named, unnamed),
    ({ voice }, { what, ...scope }) => voice.faults.trick(what, { kind: 'swallow' }, scope),
  ),
  'delay-voice-message': lasting(
    'One message of the voice gateway (`what`) comes `ms` milliseconds later, and all that follows it stands behind it.',
    z.strictObject({ ...oneMessage, ms }).refine(named, unnamed),
    ({ voice }, { what, ms, ...scope }) => voice.faults.trick(what, { kind: 'delay', ms }, scope),
  ),
  'double-voice-message': lasting(
    'One message of the voice gateway (`what`) comes twice.',
    z.strictObject(oneMessage).refine(named, unnamed),
    ({ voice }, { what, ...scope }) => voice.faults.trick(what, { kind: 'double' }, scope),
  ),
  'reorder-voice-message': lasting(
    'One message of the voice gateway (`what`) comes behind the one that should follow it, whenever that is.',
    z.strictObject(oneMessage).refine(named, unnamed),
    ({ voice }, { what, ...scope }) => voice.faults.trick(what, { kind: 'postpone' }, scope),
  ),
  'garble-voice-message': lasting(
    'One message of the voice gateway (`what`) comes wrong: `how` is cut, scrambled (both are no JSON), no-data, empty or wrong-types.',
    z.strictObject({ ...oneMessage, how: z.enum([...GARBLE, ...WRONG_DATA]) }).refine(named, unnamed),
    ({ voice }, { what, how, ...scope }) =>
      voice.faults.trick(what, { kind: 'change', change: (frame) => garble(frame, how) }, scope),
  ),
  'swallow-discovery': lasting('IP discovery is never answered.', none, ({ voice }) =>
    voice.faults.silence('discovery'),
  ),
  'voice-heartbeat-interval': lasting(
    'Hello asks for a heartbeat each `ms` milliseconds, be it 0, negative or absurd; null leaves the interval out.',
    z.strictObject({ ms: z.number().nullable(), times: times.optional() }),
    ({ voice }, { ms, times }) =>
      voice.faults.trick('hello', { kind: 'change', change: (frame) => withInterval(frame, ms) }, { times }),
  ),
  'unknown-voice-fields': lasting(
    'Every message of the voice gateway has fields that no client knows, around its data and in it.',
    z.strictObject({ guildId: guildId.optional() }),
    ({ voice }, scope) => voice.faults.trick(null, { kind: 'change', change: withUnknownFields }, scope),
  ),
  'unknown-voice-opcodes': moment(
    'Sends the bot messages with opcodes that do not exist, that only clients send, or that are none.',
    z.strictObject({ guildId }),
    ({ voice, botId }, { guildId }) =>
      hit(voice.faults.sendText(guildId, botId, ...UNKNOWN_MESSAGES.map((message) => JSON.stringify(message)))),
  ),
  'flood-voice': moment(
    'Sends the bot `count` messages at once over its voice websocket.',
    z.strictObject({ guildId, count: z.number().int().min(1).max(50_000) }),
    ({ voice, botId }, { guildId, count }) => {
      const message = JSON.stringify({ op: 5, d: { user_id: '1', ssrc: 1, speaking: 0 } });
      hit(voice.faults.sendText(guildId, botId, ...Array.from({ length: count }, () => message)));
    },
  ),
  'huge-voice-message': moment(
    'Sends the bot one message of `bytes` bytes over its voice websocket.',
    z.strictObject({
      guildId,
      bytes: z
        .number()
        .int()
        .min(64)
        .max(64 << 20),
    }),
    ({ voice, botId }, { guildId, bytes }) => {
      const message = JSON.stringify({ op: 99, d: '' });
      hit(voice.faults.sendText(guildId, botId, message.replace('""', `"${'x'.repeat(bytes - message.length)}"`)));
    },
  ),
  'close-voice-at-hello': lasting(
    'Closes voice websockets with `code` behind hello, whatever the client says.',
    z.strictObject({ code: closing, times: times.optional() }),
    ({ voice }, { code, times }) => voice.faults.trick('hello', { kind: 'close', code, instead: false }, { times }),
  ),
  'close-voice-after-ready': lasting(
    'Closes voice websockets with `code` behind ready, before a protocol is selected.',
    ending,
    ({ voice }, { code, ...scope }) => voice.faults.trick('ready', { kind: 'close', code, instead: false }, scope),
  ),
  'close-voice-at-select-protocol': lasting(
    'Closes voice websockets with `code` in place of the session description.',
    ending,
    ({ voice }, { code, ...scope }) => voice.faults.trick('description', { kind: 'close', code, instead: true }, scope),
  ),
  'close-voice-after-description': lasting(
    'Closes voice websockets with `code` behind the session description.',
    ending,
    ({ voice }, { code, ...scope }) =>
      voice.faults.trick('description', { kind: 'close', code, instead: false }, scope),
  ),
  'close-voice-after-resume': lasting(
    'Lets clients resume, and closes their voice websockets with `code` at once.',
    ending,
    ({ voice }, { code, ...scope }) => voice.faults.trick('resumed', { kind: 'close', code, instead: false }, scope),
  ),
  'close-voice-at-heartbeat': lasting(
    'Closes voice websockets with `code` at a heartbeat.',
    ending,
    ({ voice }, { code, ...scope }) =>
      voice.faults.trick('heartbeat-ack', { kind: 'close', code, instead: true }, scope),
  ),
} as const;
