import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import { isRecord, wrongData, type WrongData } from '../garble.ts';
import type { Frame } from './outbox.ts';

/** The messages by which a client joins, resumes and knows that it is alive, with their opcodes. */
export const VOICE_MESSAGES = {
  hello: VoiceOpcodes.Hello,
  ready: VoiceOpcodes.Ready,
  description: VoiceOpcodes.SessionDescription,
  resumed: VoiceOpcodes.Resumed,
  'heartbeat-ack': VoiceOpcodes.HeartbeatAck,
} as const;
export type VoiceMessage = keyof typeof VOICE_MESSAGES;

/** A message on its way to a client. Whose it is nobody knows before the client has identified. */
export interface Told {
  readonly op: number | null;
  readonly guildId: string | null;
}

/** What can be done to a message. */
export type Trick =
  | { readonly kind: 'swallow' | 'double' }
  /** It is sent behind the next message. */
  | { readonly kind: 'postpone' }
  /** What follows waits behind it, as on any TCP stream. */
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'change'; readonly change: (frame: Frame) => Frame }
  /** The connection is closed behind it, or `instead` of it; 1006 cuts it without a close frame. */
  | { readonly kind: 'close'; readonly code: number; readonly instead: boolean };

/** The opcode of a text message; null for what has none. Binary messages (DAVE) are not meant here. */
export function opcodeOf(frame: Frame): number | null {
  const message = parse(frame);
  return typeof message?.['op'] === 'number' ? message['op'] : null;
}

/** `cut`: only its first half. `scrambled`: its bytes the other way round. The rest is valid JSON with wrong data. */
export const GARBLE = ['cut', 'scrambled'] as const;

/** A text message made unreadable, or wrong. */
export function garble(frame: Frame, how: (typeof GARBLE)[number] | WrongData): Frame {
  if (how === 'cut') return frame.slice(0, frame.length / 2);
  if (how === 'scrambled') return Buffer.from(String(frame)).reverse().toString('latin1');
  return rewrite(frame, ({ d, ...rest }) => ({ ...rest, d: wrongData(d, how) }));
}

/** Hello with another interval, or without one. */
export const withInterval = (frame: Frame, interval: number | null): Frame =>
  rewrite(frame, (message) => ({
    ...message,
    d: { v: 8, ...(interval !== null && { heartbeat_interval: interval }) },
  }));

/** Fields that no client knows, around the data and in it. */
export const withUnknownFields = (frame: Frame): Frame =>
  rewrite(frame, ({ d, ...rest }) => ({
    ...rest,
    d: isRecord(d) ? { ...d, ...UNKNOWN } : d,
    ...UNKNOWN,
  }));

const UNKNOWN = { unheard_of: { nested: [null, 1e308, ''] }, '': -1 };

function rewrite(frame: Frame, change: (message: Record<string, unknown>) => object): Frame {
  const message = parse(frame);
  return message ? JSON.stringify(change(message)) : frame;
}

function parse(frame: Frame): Record<string, unknown> | null {
  if (typeof frame !== 'string') return null;
  try {
    const message: unknown = JSON.parse(frame);
    return isRecord(message) ? message : null;
  } catch {
    return null;
  }
}
