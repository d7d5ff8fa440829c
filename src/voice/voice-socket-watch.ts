import type { VoiceWebSocket } from '@discordjs/voice';
import type { HeartbeatEvidence } from './link-evidence.ts';
import { guardWebSocket } from './network-guard.ts';

/** `readyState` of a WebSocket that nobody has begun to close. https://websockets.spec.whatwg.org/#dom-websocket-open */
const OPEN = 1;

/** Private in the library's declarations only. */
interface Privates {
  readonly ws: { readonly readyState: number; terminate(): void };
  readonly lastHeartbeatAck: number;
  readonly missedHeartbeats: number;
}

const HELLO = 8;
const SESSION_DESCRIPTION = 4;
const KEY_LENGTH = 32;
/** Faster than this, heartbeats are a flood, and Node takes what is beyond its timers for a millisecond. */
const BELIEVABLE_INTERVAL_MS = { from: 50, to: 600_000 } as const;
/** What Discord's voice servers ask for today. */
const USUAL_INTERVAL_MS = 13_750;

/** One voice socket of the library; a resume makes another one. */
export class VoiceSocketWatch {
  readonly socket: VoiceWebSocket;
  readonly #privates: Privates;
  #intervalMs: number | null = null;

  /** `fault` hears what the library throws on a message, and the opcode when that was a binary one. */
  constructor(socket: VoiceWebSocket, fault: (error: unknown, opcode: number | null) => void) {
    this.socket = socket;
    this.#privates = socket as unknown as Privates;
    guardWebSocket(socket, fault);
    // Before the library's own listener.
    socket.prependListener('packet', (packet: unknown) => this.#check(packet));
  }

  /** False from the moment when a close frame or the end of the connection has arrived; that is said some milliseconds later. */
  get open(): boolean {
    return this.#privates.ws.readyState === OPEN;
  }

  get heartbeat(): HeartbeatEvidence {
    const { missedHeartbeats: missed, lastHeartbeatAck: answeredAt } = this.#privates;
    return { intervalMs: this.#intervalMs, missed, answeredAt };
  }

  /** Ends it without waiting for the other side; the library resumes the session. */
  cut(): void {
    this.#privates.ws.terminate();
  }

  /** What the library would take at its word, to the harm of the whole process. */
  #check(packet: unknown): void {
    const { op, d } = packet as { readonly op?: unknown; readonly d?: Record<string, unknown> };
    if (op === HELLO && d) this.#intervalMs = d['heartbeat_interval'] = believableInterval(d['heartbeat_interval']);
    const key = op === SESSION_DESCRIPTION ? d?.['secret_key'] : undefined;
    if (key !== undefined && !isKey(key)) throw new Error('a session without a usable key');
  }
}

/** An interval of 0 or none means no heartbeats to the library, a fraction or an eternity a thousand in a second. */
export function believableInterval(ms: unknown): number {
  const { from, to } = BELIEVABLE_INTERVAL_MS;
  return typeof ms === 'number' && ms >= from && ms <= to ? ms : USUAL_INTERVAL_MS;
}

/** The library allocates as many bytes as it is told. */
function isKey(key: unknown): boolean {
  return Array.isArray(key) && key.length === KEY_LENGTH;
}
