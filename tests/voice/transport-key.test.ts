import { createCipheriv, createDecipheriv, KeyObject } from 'node:crypto';
import type { ConnectionData } from '@discordjs/voice';
import { describe, expect, it } from 'vitest';
import { prepareKey } from '../../src/voice/transport-key.ts';

const BYTES = new Uint8Array(32).map((_, index) => index);
const NONCE = Buffer.alloc(12, 9);

const connection = (encryptionMode: string): Pick<ConnectionData, 'encryptionMode' | 'secretKey'> => ({
  encryptionMode,
  secretKey: BYTES,
});

describe('the key of the transport', () => {
  it('becomes a KeyObject that encrypts and decrypts as its bytes do', () => {
    const prepared = connection('aead_aes256_gcm_rtpsize');
    prepareKey(prepared);
    expect(prepared.secretKey).toBeInstanceOf(KeyObject);
    const cipher = createCipheriv('aes-256-gcm', prepared.secretKey, NONCE);
    const sealed = Buffer.concat([cipher.update('a frame'), cipher.final()]);
    const decipher = createDecipheriv('aes-256-gcm', BYTES, NONCE);
    decipher.setAuthTag(cipher.getAuthTag());
    expect(Buffer.concat([decipher.update(sealed), decipher.final()]).toString()).toBe('a frame');
  });

  it('is left as it is when it was prepared before, as after a resume', () => {
    const prepared = connection('aead_aes256_gcm_rtpsize');
    prepareKey(prepared);
    const { secretKey } = prepared;
    prepareKey(prepared);
    expect(prepared.secretKey).toBe(secretKey);
  });

  it('stays bytes for the encryption that wants bytes', () => {
    const untouched = connection('aead_xchacha20_poly1305_rtpsize');
    prepareKey(untouched);
    expect(untouched.secretKey).toBe(BYTES);
  });
});
