import { expect, it } from 'vitest';
import { ask, setStage } from './stage.ts';

const AES = 'aead_aes256_gcm_rtpsize';
const XCHACHA = 'aead_xchacha20_poly1305_rtpsize';

it.each([
  [AES, 'required'],
  [XCHACHA, 'required'],
  [AES, 'off'],
  [XCHACHA, 'off'],
] as const)('is heard over %s with DAVE %s', async (mode, dave) => {
  const stage = await setStage({ voice: { modes: [mode, mode === AES ? XCHACHA : AES], dave } });
  const { loopback } = stage;
  const song = await stage.song('song.opus');
  await stage.startBot();
  const ada = loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  await loopback.ears('ada').waitFor(100, 20_000);

  expect(stage.match('ada', song)).toMatchObject({ firstIndex: 0, exact: true });
  expect(loopback.heard('ada').every((packet) => packet.dave === (dave === 'required'))).toBe(true);
  expect(loopback.voice.sessions()).toMatchObject([{ mode }]);
  const status = await ask(ada, 'voicestatus');
  const figures = Object.fromEntries((status.embeds[0]?.fields ?? []).map(({ name, value }) => [name, value]));
  expect(figures['End-to-end encryption']).toMatch(dave === 'required' ? /DAVE 1/ : /^off/);
  expect(figures['Transport encryption']).toBe(mode);
});
