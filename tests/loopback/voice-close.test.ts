import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { ADA, BOB, GUILD, scene } from './voice-client.ts';

it('close ends connections that never said a word', async (test) => {
  const here = await scene(test);
  const [host, port] = here.voice.endpoint.split(':');
  const silent = connect(Number(port), host);
  silent.on('error', () => undefined);
  await once(silent, 'connect');
  const cut = once(silent, 'close');
  await here.voice.close();
  await cut;
});

it('close silences whoever speaks', async (test) => {
  const here = await scene(test, { dave: 'off' });
  here.people(ADA, BOB);
  const forEver = {
    *[Symbol.iterator]() {
      for (;;) yield Buffer.from([0xf8, 1]);
    },
  };
  const speech = here.voice.speak(GUILD, ADA, forEver);
  await here.voice.ears(BOB).waitFor(2, 20_000);
  await here.voice.close();
  await speech;
});

it('nobody hears a person who is muted', async (test) => {
  const here = await scene(test, { dave: 'off' });
  here.voice.members(GUILD, '200000000000000002', [ADA, BOB], [BOB]);
  await here.voice.speak(GUILD, ADA, [Buffer.from([0xf8, 1])]);
  await here.voice.speak(GUILD, BOB, [Buffer.from([0xf8, 2])]);
  expect(here.voice.ears(BOB).packets).toEqual([]);
  expect(here.voice.ears(ADA).packets).toHaveLength(1);
});
