import { expect, it } from 'vitest';
import { heardRate, matchFrames, opusPacketsOf } from '../../loopback/ears.ts';
import { ADA, BOT, idle, noise, play, ready, scene } from './voice-client.ts';

it('lets a listener hear exactly the packets of the file, in order and on time', async (test) => {
  const here = await scene(test, { dave: 'off' });
  here.people(ADA);
  const song = await noise(here.directory, 3);
  const connection = await ready(here.join());
  await idle(await play(connection, song));

  const { packets } = here.voice.ears(ADA);
  const file = await opusPacketsOf(song);
  const match = matchFrames(packets, file);
  expect(file.length).toBe(151);
  expect(match.exact).toBe(true);
  expect(match.matched.map(({ index }) => index)).toEqual(file.map((_, index) => index));
  expect(heardRate(packets)?.byTimestamp).toBe(50);
  expect(here.voice.sessions()).toMatchObject([
    {
      userId: BOT,
      mode: 'aead_aes256_gcm_rtpsize',
      status: 'connected',
      datagrams: { malformed: 0, undecryptable: 0, 'nonce-reused': 0, 'nonce-backwards': 0, 'wrong-address': 0 },
    },
  ]);
});
