import { createRequire } from 'node:module';
import type * as Davey from '@snazzah/davey';
import type * as Opus from '@discordjs/opus';
import type { Finding } from './check.ts';

// Required inside of the checks, because a native part that does not load throws where it is imported.
const require = createRequire(import.meta.url);
/** What to do when a part does not load: all of them anew. */
export const REINSTALL = 'rm -rf node_modules && npm run setup';

/** The part of sodium-native that is tried; the package has no types. */
interface Sodium {
  readonly crypto_aead_xchacha20poly1305_ietf_NPUBBYTES: number;
  readonly crypto_aead_xchacha20poly1305_ietf_KEYBYTES: number;
  readonly crypto_aead_xchacha20poly1305_ietf_ABYTES: number;
  crypto_aead_xchacha20poly1305_ietf_encrypt(
    to: Buffer,
    from: Buffer,
    extra: null,
    secret: null,
    nonce: Buffer,
    key: Buffer,
  ): void;
  crypto_aead_xchacha20poly1305_ietf_decrypt(
    to: Buffer,
    secret: null,
    from: Buffer,
    extra: null,
    nonce: Buffer,
    key: Buffer,
  ): void;
}

const SAMPLE_RATE = 48_000;
const FRAME_SAMPLES = 960;
const BYTES_PER_SAMPLE = 4;

/** Whether a frame can be encoded and decoded again. */
export function opus(): Finding {
  const { OpusEncoder }: typeof Opus = require('@discordjs/opus');
  const codec = new OpusEncoder(SAMPLE_RATE, 2);
  const heard = codec.decode(codec.encode(Buffer.alloc(FRAME_SAMPLES * BYTES_PER_SAMPLE)));
  if (heard.length === FRAME_SAMPLES * BYTES_PER_SAMPLE) return { verdict: 'ok', found: versionOf('@discordjs/opus') };
  return { verdict: 'fail', found: 'decodes to the wrong length', advice: REINSTALL };
}

/** Whether XChaCha20-Poly1305 works. Without it the bot still speaks AES-256-GCM, where Discord's server offers that. */
export function sodium(): Finding {
  const library: Sodium = require('sodium-native');
  const text = Buffer.from('held note');
  const nonce = Buffer.alloc(library.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
  const key = Buffer.alloc(library.crypto_aead_xchacha20poly1305_ietf_KEYBYTES, 1);
  const sealed = Buffer.alloc(text.length + library.crypto_aead_xchacha20poly1305_ietf_ABYTES);
  const opened = Buffer.alloc(text.length);
  library.crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, text, null, null, nonce, key);
  library.crypto_aead_xchacha20poly1305_ietf_decrypt(opened, null, sealed, null, nonce, key);
  if (opened.equals(text)) return { verdict: 'ok', found: `sodium-native ${versionOf('sodium-native')}` };
  return { verdict: 'fail', found: 'sodium-native does not decrypt what it encrypted', advice: REINSTALL };
}

/** Whether end-to-end encryption is there: since March 2026 Discord closes voice to those who do not offer it (4017). */
export function dave(): Finding {
  const { DAVE_PROTOCOL_VERSION }: typeof Davey = require('@snazzah/davey');
  if (DAVE_PROTOCOL_VERSION >= 1) {
    return { verdict: 'ok', found: `protocol ${DAVE_PROTOCOL_VERSION}, @snazzah/davey ${versionOf('@snazzah/davey')}` };
  }
  return { verdict: 'fail', found: '@snazzah/davey offers no protocol', advice: REINSTALL };
}

function versionOf(name: string): string {
  const { version }: { version: string } = require(`${name}/package.json`);
  return version;
}
