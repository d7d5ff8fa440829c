import type { Trouble } from './troubles.ts';

/** What to do when the voice socket was closed with a code. */
export type Remedy =
  /** The library resumes the session by itself; when it cannot any more, a fresh session. */
  | 'resume'
  /** A fresh session, by the policy. */
  | 'rejoin'
  /** The same, but never at once: nobody knows what it means. */
  | 'rejoin-carefully'
  /** Nothing is sent for a while, then a fresh session. */
  | 'cool-down'
  /** The code is ambiguous: wait for what Discord says next of our place, then decide. */
  | 'evidence'
  /** Nothing gets better by trying. */
  | 'give-up';

/** `routine`: part of Discord's daily life. `fault`: mended without anybody's help. `fatal`: an operator must act. */
export type Severity = 'routine' | 'fault' | 'fatal';

interface Row {
  readonly name: string;
  readonly severity: Severity;
  readonly remedy: Remedy;
  /** What people in the channel read. */
  readonly people: string;
  /** What the operator reads in the log: the likely cause and what to do. */
  readonly operators: string;
}

export interface CloseCode extends Row, Trouble {
  readonly code: number;
  /** False for a code that neither Discord nor RFC 6455 documents. */
  readonly documented: boolean;
}

const LOST = 'the voice connection was lost';

/** A close of the WebSocket itself: the session behind it may live on. */
const wire = (name: string, operators: string, severity: Severity = 'fault'): Row => ({
  name,
  severity,
  remedy: 'resume',
  people: LOST,
  operators,
});

/**
 * Every voice close code that Discord documents, and those of RFC 6455 section 7.4.
 * https://discord.com/developers/docs/topics/opcodes-and-status-codes#voice-voice-close-event-codes
 */
const CLOSE_CODES: Readonly<Record<number, Row>> = {
  1000: wire('normal closure', 'the voice server closed the session', 'routine'),
  1001: wire('going away', 'the voice server is restarting', 'routine'),
  1002: wire('protocol error', 'a damaged WebSocket frame'),
  1003: wire('unsupported data', 'a WebSocket frame was refused'),
  1005: wire('no code', 'closed without a code, or heartbeats unanswered'),
  1006: wire('connection lost', 'the network, or the voice server went away'),
  1007: wire('invalid payload', 'a WebSocket frame was refused'),
  1008: wire('policy violation', 'a WebSocket frame was refused'),
  1009: wire('message too big', 'a WebSocket frame was refused'),
  1010: wire('extension missing', 'a WebSocket extension was refused'),
  1011: wire('internal error', 'the voice server failed'),
  1012: wire('service restart', 'the voice server is restarting', 'routine'),
  1013: wire('try again later', 'the voice server is overloaded'),
  1014: wire('bad gateway', "something before Discord's voice server failed"),
  1015: wire('TLS failed', 'the TLS handshake failed: check clock and proxies'),
  4001: {
    name: 'unknown opcode',
    severity: 'fault',
    remedy: 'rejoin',
    people: 'Discord did not understand the voice connection',
    operators: 'the voice protocol changed, or @discordjs/voice is too old',
  },
  4002: {
    name: 'failed to decode payload',
    severity: 'fault',
    remedy: 'rejoin',
    people: 'Discord did not understand the voice connection',
    operators: 'the voice protocol changed, or @discordjs/voice is too old',
  },
  4003: {
    name: 'not authenticated',
    severity: 'fault',
    remedy: 'rejoin',
    people: 'the voice session was not accepted',
    operators: 'something was sent before the identify was accepted',
  },
  4004: {
    name: 'authentication failed',
    severity: 'fault',
    remedy: 'rejoin',
    people: 'the voice session was not accepted',
    operators: 'the token of the voice server was not valid (any more)',
  },
  4005: {
    name: 'already authenticated',
    severity: 'fault',
    remedy: 'rejoin',
    people: 'the voice session was not accepted',
    operators: 'the session was identified twice',
  },
  4006: {
    name: 'session no longer valid',
    severity: 'fault',
    remedy: 'rejoin',
    people: 'the voice session is no longer valid',
    operators: 'Discord forgot the session; a fresh one helps',
  },
  4009: {
    name: 'session timeout',
    severity: 'fault',
    remedy: 'rejoin',
    people: 'the voice session timed out',
    operators: 'the network was away for too long, or the process was stalled',
  },
  4011: {
    name: 'server not found',
    severity: 'fault',
    remedy: 'rejoin',
    people: 'the voice server could not be found',
    operators: 'the voice server was replaced',
  },
  4012: {
    name: 'unknown protocol',
    severity: 'fatal',
    remedy: 'give-up',
    people: 'Discord refused the voice protocol',
    operators: 'update @discordjs/voice: its voice protocol is no longer accepted',
  },
  4014: {
    name: 'disconnected',
    severity: 'routine',
    remedy: 'evidence',
    people: 'Discord disconnected the bot',
    operators: 'kicked, moved, or the main gateway session was dropped',
  },
  4015: {
    name: 'voice server crashed',
    severity: 'fault',
    remedy: 'resume',
    people: 'the voice server crashed',
    operators: "Discord's voice server crashed",
  },
  4016: {
    name: 'unknown encryption mode',
    severity: 'fatal',
    remedy: 'give-up',
    people: 'Discord refused the encryption of the voice connection',
    operators: 'update @discordjs/voice: its encryption modes are no longer accepted',
  },
  4017: {
    name: 'end-to-end encryption required',
    severity: 'fatal',
    remedy: 'give-up',
    people: 'Discord requires end-to-end encryption, and it does not work here',
    operators: 'the DAVE library (@snazzah/davey) is missing, broken or too old: run "npm ci"',
  },
  4020: {
    name: 'bad request',
    severity: 'fatal',
    remedy: 'give-up',
    people: 'Discord refused the voice connection',
    operators: 'a malformed request; update @discordjs/voice',
  },
  4021: {
    name: 'rate limited',
    severity: 'fault',
    remedy: 'cool-down',
    people: 'Discord asked for fewer voice connections',
    operators: 'too many voice connections in a short time',
  },
  4022: {
    name: 'call terminated',
    severity: 'routine',
    remedy: 'evidence',
    people: 'Discord ended the call',
    operators: 'channel deleted, voice server changed, or the bot was disconnected while it was alone',
  },
};

const UNKNOWN = {
  severity: 'fault',
  remedy: 'rejoin-carefully',
  people: LOST,
  operators: 'not documented by Discord',
} as const;

/** The row of a code. */
export function classify(code: number): CloseCode {
  const row = CLOSE_CODES[code];
  const known = row ?? { ...UNKNOWN, name: 'unknown close code' };
  return { ...known, code, documented: row !== undefined, sentence: `${known.people} (${code})` };
}

/** Every documented code. */
export const DOCUMENTED_CODES: readonly number[] = Object.keys(CLOSE_CODES).map(Number);
