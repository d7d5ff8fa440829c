import { createRequire, registerHooks } from 'node:module';
import { expect, it } from 'vitest';
import { matchFrames, opusPacketsOf } from '../../loopback/ears.ts';

const require = createRequire(import.meta.url);
const names = Object.keys(require('sodium-native')).filter((name) => name.startsWith('crypto_aead_xchacha'));

// @discordjs/voice imports sodium-native as an ES module and misses the constants there: show it the CommonJS object.
registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== 'sodium-native' || !context.conditions.includes('import')) return next(specifier, context);
    return { url: 'bridged:sodium-native', format: 'module', shortCircuit: true };
  },
  load(url, context, next) {
    if (url !== 'bridged:sodium-native') return next(url, context);
    const source = [
      `import { createRequire } from 'node:module';`,
      `const sodium = createRequire(${JSON.stringify(import.meta.url)})('sodium-native');`,
      ...names.map((name) => `export const ${name} = sodium.${name};`),
    ];
    return { format: 'module', source: source.join('\n'), shortCircuit: true };
  },
});

it('hears a client that encrypts with XChaCha20-Poly1305 of libsodium', async (test) => {
  const { ADA, encrypted, idle, noise, play, scene } = await import('./voice-client.ts');
  const here = await scene(test, { modes: ['aead_xchacha20_poly1305_rtpsize', 'aead_aes256_gcm_rtpsize'] });
  here.people(ADA);
  const song = await noise(here.directory, 1);
  await idle(await play(await encrypted(here.join()), song));
  const { packets } = here.voice.ears(ADA);
  expect(matchFrames(packets, await opusPacketsOf(song))).toMatchObject({ exact: true, firstIndex: 0 });
  expect(here.voice.sessions()).toMatchObject([
    { mode: 'aead_xchacha20_poly1305_rtpsize', datagrams: { undecryptable: 0 } },
  ]);
});
