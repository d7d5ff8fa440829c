import { createCipheriv, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ENCRYPTION_MODES, openRtp, parseRtp, sealRtp, type EncryptionMode } from '../../loopback/voice/rtp.ts';

/** libsodium itself, to have a second opinion about XChaCha20. */
const sodium: Readonly<Record<string, (...parts: (Buffer | null)[]) => void>> = createRequire(import.meta.url)(
  'sodium-native',
);

const key = randomBytes(32);
const NONCE_LENGTH = { aead_aes256_gcm_rtpsize: 12, aead_xchacha20_poly1305_rtpsize: 24 } as const;

/** Encrypts with other means than the code under test. */
const SEAL: Readonly<Record<EncryptionMode, (clear: Buffer, plain: Buffer, nonce: Buffer) => Buffer>> = {
  aead_aes256_gcm_rtpsize(clear, plain, nonce) {
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(clear);
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  },
  aead_xchacha20_poly1305_rtpsize(clear, plain, nonce) {
    const sealed = Buffer.alloc(plain.length + 16);
    sodium['crypto_aead_xchacha20poly1305_ietf_encrypt']?.(sealed, plain, clear, null, nonce, key);
    return sealed;
  },
};

function datagramOf(mode: EncryptionMode, clear: Buffer, plain: Buffer, counter = 7): Buffer {
  const nonce = Buffer.alloc(NONCE_LENGTH[mode]);
  nonce.writeUInt32BE(counter, 0);
  return Buffer.concat([clear, SEAL[mode](clear, plain, nonce), nonce.subarray(0, 4)]);
}

function headerOf(flags: number, rest: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.from([flags, 0x78, 0x12, 0x34, 0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 9]);
  return Buffer.concat([header, rest]);
}

function open(mode: EncryptionMode, datagram: Buffer): Buffer | null {
  const header = parseRtp(datagram);
  return header && openRtp(datagram, header, mode, key);
}

describe.each(ENCRYPTION_MODES)('%s', (mode) => {
  const opus = Buffer.from('an Opus packet');

  it('opens what another implementation sealed', () => {
    const datagram = datagramOf(mode, headerOf(0x80), opus, 0x01020304);
    expect(parseRtp(datagram)).toMatchObject({
      payloadType: 120,
      sequence: 0x1234,
      timestamp: 0xfffffffe,
      ssrc: 9,
      counter: 0x01020304,
    });
    expect(open(mode, datagram)).toEqual(opus);
  });

  it('seals what another implementation would seal', () => {
    const sealed = sealRtp({ sequence: 0x1234, timestamp: 0xfffffffe, ssrc: 9, payload: opus }, mode, key, 5);
    expect(sealed).toEqual(datagramOf(mode, headerOf(0x80), opus, 5));
  });

  it('takes CSRCs and the preamble of an extension as clear, and its body as encrypted', () => {
    const preamble = Buffer.from([0xbe, 0xde, 0, 2]);
    const clear = headerOf(0x80 | 0x10 | 2, Buffer.concat([Buffer.alloc(8, 3), preamble]));
    expect(open(mode, datagramOf(mode, clear, Buffer.concat([Buffer.alloc(8, 4), opus])))).toEqual(opus);
  });

  it('takes padding off, and refuses padding that is longer than the packet', () => {
    expect(open(mode, datagramOf(mode, headerOf(0xa0), Buffer.concat([opus, Buffer.from([0, 0, 3])])))).toEqual(opus);
    expect(open(mode, datagramOf(mode, headerOf(0xa0), Buffer.from([1, 2, 200])))).toBeNull();
    expect(open(mode, datagramOf(mode, headerOf(0xa0), Buffer.from([1, 2, 0])))).toBeNull();
  });

  it('refuses an extension that is longer than the packet', () => {
    const clear = headerOf(0x90, Buffer.from([0xbe, 0xde, 0xff, 0xff]));
    expect(open(mode, datagramOf(mode, clear, opus))).toBeNull();
  });

  it('refuses a packet in which any one bit was changed', () => {
    const datagram = datagramOf(mode, headerOf(0x80), opus);
    for (let bit = 8; bit < datagram.length * 8; bit += 1) {
      const changed = Buffer.from(datagram);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(open(mode, changed), `bit ${bit}`).toBeNull();
    }
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(open(mode, Buffer.from(bytes))).toBeNull();
      }),
    );
  });
});

it('is not confused by cut-off packets', () => {
  const datagram = datagramOf('aead_aes256_gcm_rtpsize', headerOf(0x8f, Buffer.alloc(60)), Buffer.from([1]));
  for (let length = 0; length < 12 + 60 + 20; length += 1) expect(parseRtp(datagram.subarray(0, length))).toBeNull();
});
