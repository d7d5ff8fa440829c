import type { House } from './house.ts';
import type { Manner, TcpPort } from './tcp-port.ts';
import type { Caller, Switches } from './switches.ts';
import { VOICE_MESSAGES, type Trick, type VoiceMessage } from './tricks.ts';

/** Whom a fault is for; left out, it is for everyone. `times`: after so many it is over. */
export interface Scope {
  readonly guildId?: string | undefined;
  readonly times?: number | undefined;
}

/** What can be made to go wrong with connections to the voice gateway and with the messages on them. Whatever lasts returns the function that ends it. */
export interface SignallingFaults {
  /** Closes the member's voice websocket with `code`; below 4000 and 4015 leave the session resumable. False when there is none open. */
  closeVoice(guildId: string, userId: string, code: number): boolean;
  /** Drops the member's TCP connection without a close frame, so the client sees 1006. */
  cutVoice(guildId: string, userId: string): boolean;
  /** Cuts every connection to the voice gateway, in whatever state. */
  cutEveryone(): void;
  /** Answers identifies (and resumes too when `resumes`) with a close. */
  refuseIdentify(refusal: Scope & { readonly code: number; readonly resumes?: boolean | undefined }): () => void;
  /** Answers resumes, and nothing else, with a close. */
  refuseResume(refusal: Scope & { readonly code: number }): () => void;
  /** Closes identifies with `code` that come after `count` others of their guild within `windowMs`. */
  limitIdentifies(limit: { readonly count: number; readonly windowMs: number; readonly code: number }): () => void;
  /** Does something to messages of this kind (null: of every kind) on their way to clients. */
  trick(what: VoiceMessage | null, trick: Trick, scope?: Scope): () => void;
  /** Leaves one of the server's answers out. */
  silence(what: VoiceMessage | 'discovery'): () => void;
  /** Takes new TCP connections to the voice gateway in another way. */
  receive(manner: Manner): () => void;
  /** Sends these bytes as one binary frame of the member's voice websocket. */
  sendBinary(guildId: string, userId: string, bytes: Uint8Array): boolean;
  /** Sends these texts, a frame each, over the member's voice websocket. */
  sendText(guildId: string, userId: string, ...texts: readonly string[]): boolean;
}

export function signallingFaults(house: House, switches: Switches, port: TcpPort): SignallingFaults {
  const wireOf = (guildId: string, userId: string) => house.session(guildId, userId)?.wire ?? null;
  const closeVoice = (guildId: string, userId: string, code: number): boolean => {
    const wire = wireOf(guildId, userId);
    wire?.close(code);
    return wire !== null;
  };
  const trick: SignallingFaults['trick'] = (what, value, { guildId, times } = {}) => {
    const op = what === null ? null : VOICE_MESSAGES[what];
    return switches.tricks.lay(value, {
      fits: (told) => (op === null || told.op === op) && (guildId === undefined || told.guildId === guildId),
      times,
    });
  };
  const refuse = (asks: readonly Caller['asks'][], { code, guildId, times }: Scope & { readonly code: number }) =>
    switches.refusals.lay(code, {
      fits: (caller) => asks.includes(caller.asks) && (guildId === undefined || caller.guildId === guildId),
      times,
    });
  return {
    closeVoice,
    cutVoice: (guildId, userId) => closeVoice(guildId, userId, 1006),
    cutEveryone: () => port.cutAll(),
    refuseIdentify: ({ resumes = false, ...refusal }) =>
      refuse(resumes ? ['identify', 'resume'] : ['identify'], refusal),
    refuseResume: (refusal) => refuse(['resume'], refusal),
    limitIdentifies: ({ count, windowMs, code }) => switches.refusals.lay(code, { fits: moreThan(count, windowMs) }),
    trick,
    silence: (what) =>
      what === 'discovery' ? house.door.answerDiscovery.lay(() => []) : trick(what, { kind: 'swallow' }),
    receive: (manner) => port.lay(manner),
    sendBinary(guildId, userId, bytes) {
      const wire = wireOf(guildId, userId);
      wire?.send(Buffer.from(bytes));
      return wire !== null;
    },
    sendText(guildId, userId, ...texts) {
      const wire = wireOf(guildId, userId);
      for (const text of texts) wire?.send(text);
      return wire !== null;
    },
  };
}

/** True for an identify that comes after `count` others of its guild within `windowMs`. */
function moreThan(count: number, windowMs: number): (caller: Caller) => boolean {
  const granted = new Map<string, number[]>();
  return ({ asks, guildId }) => {
    if (asks !== 'identify') return false;
    const now = performance.now();
    const recent = (granted.get(guildId) ?? []).filter((at) => now - at < windowMs);
    if (recent.length >= count) return true;
    granted.set(guildId, [...recent, now]);
    return false;
  };
}
