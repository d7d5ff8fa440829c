import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { ADA, counting, heard, stage, type Stage } from './stage.ts';

let here: Stage | null = null;
afterEach(async () => {
  await here?.close();
  here = null;
});

// In a process of its own, because vitest resolves what a test imports by itself.
it('gives import() every key of the package, however often it is loaded', async () => {
  const program = `
    await import('./src/voice/sodium-bridge.ts');
    await import('./src/voice/sodium-bridge.ts?again');
    const sodium = await import('sodium-native');
    console.log(sodium.crypto_aead_xchacha20poly1305_ietf_ABYTES, typeof sodium.default.sodium_memzero);
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  expect(stdout.trim()).toBe('16 function');
});

it('lets the unmodified library encrypt with xchacha', async () => {
  here = await stage({}, { modes: ['aead_xchacha20_poly1305_rtpsize'] });
  await here.join();
  here.play(20);
  const packets = await here.voice.ears(ADA).waitFor((all) => heard(all).length >= 20, 20_000);
  expect(heard(packets)).toEqual(counting(0, 20));
  expect(here.voice.sessions()).toMatchObject([{ mode: 'aead_xchacha20_poly1305_rtpsize' }]);
});
