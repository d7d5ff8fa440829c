import { OPUS_PAYLOAD_TYPE, openRtp, parseRtp, type EncryptionMode, type RtpHeader } from './rtp.ts';

/** Everything that a datagram can turn out to be. */
export const DATAGRAM_KINDS = [
  /** An Opus packet that was decrypted and passed on. */
  'audio',
  /** The same, but its speaker is muted or may not speak: nobody hears it. */
  'muted',
  'discovery',
  'keep-alive',
  /** Neither discovery, nor keep-alive, nor a readable RTP packet. */
  'malformed',
  'unknown-ssrc',
  /** With the SSRC of a session that has only just ended: it was on its way. */
  'late',
  /** A known SSRC from an address that the session did not declare in select protocol. */
  'wrong-address',
  /** RTP before the session has a key. */
  'before-description',
  'wrong-payload-type',
  'undecryptable',
  /** A nonce that this key has seen: a replay, or a client that breaks its own encryption. Not passed on. */
  'nonce-reused',
  /** A smaller nonce than an earlier one: reordered on the way, or a client that counts wrongly. Passed on. */
  'nonce-backwards',
  /** Audio without any op 5, for which Discord's documentation threatens a disconnect. Passed on, and forgiven when UDP had only overtaken the op 5. */
  'before-speaking',
  /** From another address than the session declared, because discovery had told it a wrong one. */
  'misled',
  /** A packet that a fault brought twice; only the first is passed on. */
  'doubled',
  /** All right, but a fault lost it on its way. */
  'lost',
] as const;

export type DatagramKind = (typeof DATAGRAM_KINDS)[number];

/** What no correct client sends. The rest is its due, or was lost or late through no fault of its own. */
export const MISTAKES: readonly DatagramKind[] = [
  'malformed',
  'unknown-ssrc',
  'wrong-address',
  'before-description',
  'wrong-payload-type',
  'undecryptable',
  'nonce-reused',
  'nonce-backwards',
  'before-speaking',
];

/** Counts by kind; every kind is always there. */
export const tally = (): Record<DatagramKind, number> =>
  Object.fromEntries(DATAGRAM_KINDS.map((kind) => [kind, 0])) as Record<DatagramKind, number>;

/** An RTP packet with the transport encryption taken off. The payload may still be DAVE's. */
export interface AudioPacket {
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Buffer;
}

const NONCES_REMEMBERED = 4_096;
/** How much later than the first audio an op 5 may come that was sent before it. */
const OVERTAKEN_MS = 1_000;

/** One key's received packets: decrypts, and notices what a correct client never does. */
export class Inbound {
  readonly counts: Record<DatagramKind, number> = tally();
  #highest = -1;
  #announced = false;
  #unannouncedSince = Infinity;
  readonly #recent = new Set<number>();

  /** The client has said op 5. */
  announce(): void {
    this.#announced = true;
    if (performance.now() - this.#unannouncedSince < OVERTAKEN_MS) this.counts['before-speaking'] = 0;
  }

  /** The packet in a datagram from the session's own address, or null, and then it has been counted. */
  open(datagram: Buffer, header: RtpHeader, mode: EncryptionMode, key: Uint8Array): AudioPacket | null {
    if (header.payloadType !== OPUS_PAYLOAD_TYPE) return this.#refuse('wrong-payload-type');
    const payload = openRtp(datagram, header, mode, key);
    if (!payload) return this.#refuse('undecryptable');
    if (this.#recent.has(header.counter)) return this.#refuse('nonce-reused');
    this.#remember(header.counter);
    if (!this.#announced) {
      this.counts['before-speaking'] += 1;
      this.#unannouncedSince = Math.min(this.#unannouncedSince, performance.now());
    }
    return { sequence: header.sequence, timestamp: header.timestamp, ssrc: header.ssrc, payload };
  }

  #remember(counter: number): void {
    if (counter < this.#highest) this.counts['nonce-backwards'] += 1;
    this.#highest = Math.max(this.#highest, counter);
    this.#recent.add(counter);
    if (this.#recent.size <= NONCES_REMEMBERED) return;
    const [oldest] = this.#recent;
    if (oldest !== undefined) this.#recent.delete(oldest);
  }

  #refuse(kind: DatagramKind): null {
    this.counts[kind] += 1;
    return null;
  }
}

/** What a datagram is by its shape alone. */
export type Shape =
  | { readonly kind: 'discovery'; readonly ssrc: number }
  | { readonly kind: 'keep-alive' }
  | { readonly kind: 'rtp'; readonly header: RtpHeader }
  | { readonly kind: 'malformed' };

const DISCOVERY_LENGTH = 74;

/** Tells the three kinds of datagrams apart (Discord's voice documentation, "IP Discovery"; keep-alives are 8 bytes by custom). */
export function shapeOf(datagram: Buffer): Shape {
  if (datagram.length === DISCOVERY_LENGTH && datagram.readUInt16BE(0) === 1 && datagram.readUInt16BE(2) === 70) {
    return { kind: 'discovery', ssrc: datagram.readUInt32BE(4) };
  }
  if (datagram.length === 8) return { kind: 'keep-alive' };
  const header = parseRtp(datagram);
  return header ? { kind: 'rtp', header } : { kind: 'malformed' };
}

/** The answer to IP discovery: what the client's address looks like from here. */
export function discoveryAnswer(ssrc: number, address: string, port: number): Buffer {
  const answer = Buffer.alloc(DISCOVERY_LENGTH);
  answer.writeUInt16BE(2, 0);
  answer.writeUInt16BE(70, 2);
  answer.writeUInt32BE(ssrc, 4);
  answer.write(address, 8, 63, 'ascii');
  answer.writeUInt16BE(port, 72);
  return answer;
}
