import { createCipheriv, createDecipheriv } from 'node:crypto';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';

/** Discord's two current transport encryptions. */
export type EncryptionMode = 'aead_aes256_gcm_rtpsize' | 'aead_xchacha20_poly1305_rtpsize';

/** What the ciphers' names leave to say. Nonces are a 32-bit counter followed by zeros. */
const MODES: Readonly<
  Record<EncryptionMode, { readonly nonceLength: number; readonly seal: Seal; readonly open: Open }>
> = {
  aead_aes256_gcm_rtpsize: {
    nonceLength: 12,
    seal(key, nonce, clear, plain) {
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(clear);
      return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    open(key, nonce, clear, sealed) {
      const body = sealed.length - TAG_LENGTH;
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_LENGTH });
      decipher.setAAD(clear).setAuthTag(sealed.subarray(body));
      return Buffer.concat([decipher.update(sealed.subarray(0, body)), decipher.final()]);
    },
  },
  aead_xchacha20_poly1305_rtpsize: {
    nonceLength: 24,
    seal: (key, nonce, clear, plain) => Buffer.from(xchacha20poly1305(key, nonce, clear).encrypt(plain)),
    open: (key, nonce, clear, sealed) => Buffer.from(xchacha20poly1305(key, nonce, clear).decrypt(sealed)),
  },
};

/** In Discord's order of preference. */
export const ENCRYPTION_MODES: readonly EncryptionMode[] = [
  'aead_aes256_gcm_rtpsize',
  'aead_xchacha20_poly1305_rtpsize',
];

/** True when `mode` is one that these servers speak. */
export const isEncryptionMode = (mode: string): mode is EncryptionMode => Object.hasOwn(MODES, mode);

/** Discord's dynamic payload type for Opus. */
export const OPUS_PAYLOAD_TYPE = 120;

const RECEIVER_REPORT = 201;

const TAG_LENGTH = 16;
const COUNTER_LENGTH = 4;

type Seal = (key: Uint8Array, nonce: Uint8Array, clear: Uint8Array, plain: Uint8Array) => Buffer;
type Open = Seal;

/** What anyone on the way can read of a packet (RFC 3550, section 5.1). */
export interface RtpHeader {
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** The sender's nonce counter, which travels behind the ciphertext. */
  readonly counter: number;
  readonly padded: boolean;
  /** Bytes of header extension, which open the encrypted part. */
  readonly extensionLength: number;
  /** Bytes in the clear, which are what the tag also covers: fixed header, CSRCs, and the extension's preamble. */
  readonly clearLength: number;
}

/** Reads the header of an encrypted packet, or null when the bytes cannot be one. */
export function parseRtp(datagram: Buffer): RtpHeader | null {
  const [flags, type] = datagram;
  if (flags === undefined || type === undefined || flags >> 6 !== 2) return null;
  const extended = (flags & 0x10) !== 0;
  const fixed = 12 + 4 * (flags & 0x0f);
  const clearLength = fixed + (extended ? 4 : 0);
  if (datagram.length < clearLength + TAG_LENGTH + COUNTER_LENGTH) return null;
  return {
    payloadType: type & 0x7f,
    sequence: datagram.readUInt16BE(2),
    timestamp: datagram.readUInt32BE(4),
    ssrc: datagram.readUInt32BE(8),
    counter: datagram.readUInt32BE(datagram.length - COUNTER_LENGTH),
    padded: (flags & 0x20) !== 0,
    extensionLength: extended ? 4 * datagram.readUInt16BE(fixed + 2) : 0,
    clearLength,
  };
}

/** Decrypts a packet whose header was read, and takes extension and padding off. Null when key, nonce, tag or lengths do not fit. */
export function openRtp(datagram: Buffer, header: RtpHeader, mode: EncryptionMode, key: Uint8Array): Buffer | null {
  const { open, nonceLength } = MODES[mode];
  const end = datagram.length - COUNTER_LENGTH;
  const nonce = Buffer.alloc(nonceLength);
  datagram.copy(nonce, 0, end);
  try {
    const sealed = datagram.subarray(header.clearLength, end);
    const plain = open(key, nonce, datagram.subarray(0, header.clearLength), sealed);
    const padding = header.padded ? (plain.at(-1) ?? 0) : 0;
    if (header.padded && padding === 0) return null;
    if (header.extensionLength + padding > plain.length) return null;
    return plain.subarray(header.extensionLength, plain.length - padding);
  } catch {
    return null; // both ciphers throw when the tag does not fit
  }
}

/** One packet as the server sends it: a fixed header, nothing else in the clear. */
export function sealRtp(
  packet: { readonly sequence: number; readonly timestamp: number; readonly ssrc: number; readonly payload: Buffer },
  mode: EncryptionMode,
  key: Uint8Array,
  counter: number,
): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(0x80, 0);
  header.writeUInt8(OPUS_PAYLOAD_TYPE, 1);
  header.writeUInt16BE(packet.sequence, 2);
  header.writeUInt32BE(packet.timestamp, 4);
  header.writeUInt32BE(packet.ssrc, 8);
  return sealed(header, packet.payload, mode, key, counter);
}

/** RTCP's receiver report (RFC 3550, 6.4.2) of a server that has lost nothing. `about` is the client's SSRC. */
export function sealReport(
  { about, sequence }: { readonly about: number; readonly sequence: number },
  mode: EncryptionMode,
  key: Uint8Array,
  counter: number,
): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(0x81, 0);
  header.writeUInt8(RECEIVER_REPORT, 1);
  const block = Buffer.alloc(24);
  header.writeUInt16BE((header.length + block.length) / 4 - 1, 2);
  block.writeUInt32BE(about, 0);
  block.writeUInt16BE(sequence, 10);
  return sealed(header, block, mode, key, counter);
}

function sealed(header: Buffer, plain: Buffer, mode: EncryptionMode, key: Uint8Array, counter: number): Buffer {
  const { seal, nonceLength } = MODES[mode];
  const nonce = Buffer.alloc(nonceLength);
  nonce.writeUInt32BE(counter, 0);
  return Buffer.concat([header, seal(key, nonce, header, plain), nonce.subarray(0, COUNTER_LENGTH)]);
}
