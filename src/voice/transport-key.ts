import { createSecretKey } from 'node:crypto';
import type { ConnectionData } from '@discordjs/voice';

/** The mode in which the library encrypts with node:crypto; the packages for the other one want bytes. */
const NODE_CRYPTO_MODE = 'aead_aes256_gcm_rtpsize';

/**
 * Makes a KeyObject of the key that the library gives to `createCipheriv` for each packet. Of plain bytes Node 24 finds out
 * by two exceptions that they are neither KeyObject nor CryptoKey, which costs more than the encryption.
 */
export function prepareKey(connection: Pick<ConnectionData, 'encryptionMode' | 'secretKey'>): void {
  const { encryptionMode, secretKey } = connection;
  if (encryptionMode !== NODE_CRYPTO_MODE || !(secretKey instanceof Uint8Array)) return;
  Object.assign(connection, { secretKey: createSecretKey(secretKey) });
}
