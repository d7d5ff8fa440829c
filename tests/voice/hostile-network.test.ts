import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { sample, uint8Array } from 'fast-check';
import { afterAll, afterEach, expect, it } from 'vitest';
import { ADA, BOT, counting, GUILD, heard, stage, type Stage } from './stage.ts';

let here: Stage | null = null;
// What would have ended the process.
const crashes: unknown[] = [];
const onCrash = (error: unknown) => crashes.push(error);
process.on('uncaughtException', onCrash);
afterAll(() => process.off('uncaughtException', onCrash));
afterEach(async () => {
  await here?.close();
  here = null;
});

const FRAMES = 35;

async function playing(): Promise<Stage> {
  here = await stage();
  await here.join();
  here.play(FRAMES);
  await here.voice.ears(ADA).waitFor((all) => heard(all).length >= 5, 20_000);
  return here;
}

async function hearsTheEnd(scene: Stage): Promise<number[]> {
  const packets = await scene.voice.ears(ADA).waitFor((all) => heard(all).includes(FRAMES - 1), 20_000);
  expect(crashes.splice(0)).toEqual([]);
  return heard(packets);
}

it('plays on through datagrams of every length from 0 to 40 bytes', async () => {
  const scene = await playing();
  for (let length = 0; length <= 40; length += 1) {
    for (const first of [0x00, 0x02, 0x80, 0x90, 0xff]) {
      scene.voice.faults.sendRaw(GUILD, BOT, Buffer.alloc(length, 0x78).fill(first, 0, Math.min(1, length)));
    }
  }
  expect(await hearsTheEnd(scene)).toEqual(counting(0, FRAMES));
});

it('plays on through a thousand random datagrams', async () => {
  const scene = await playing();
  const datagrams = sample(uint8Array({ maxLength: 2_000 }), { numRuns: 1_000, seed: 7 });
  for (const datagram of datagrams) scene.voice.faults.sendRaw(GUILD, BOT, datagram);
  expect(await hearsTheEnd(scene)).toEqual(counting(0, FRAMES));
});

it('plays on through binary messages that are too short for a header', async () => {
  const scene = await playing();
  for (const bytes of [[], [0], [0, 1]]) scene.voice.faults.sendBinary(GUILD, BOT, Buffer.from(bytes));
  await hearsTheEnd(scene);
});

it.each([
  ['proposals', 27],
  ['a commit', 29],
  ['a welcome', 30],
])('lives through garbage where %s should be, and plays to the end', async (_, op) => {
  const scene = await playing();
  const garbage = sample(uint8Array({ maxLength: 200 }), { numRuns: 3, seed: op });
  for (const bytes of garbage) scene.voice.faults.sendBinary(GUILD, BOT, Buffer.from([0, 99, op, ...bytes]));
  await hearsTheEnd(scene);
});

it('keeps its session when the external sender is named a second time', async () => {
  const scene = await playing();
  scene.voice.faults.sendBinary(GUILD, BOT, Buffer.from([0, 99, 25, 1, 2, 3]));
  expect(await hearsTheEnd(scene)).toEqual(counting(0, FRAMES));
  expect(scene.gateway.joins).toHaveLength(1);
});

it.each([
  'null',
  '[]',
  '7',
  'not json',
  '{"op":2}',
  '{"op":8}',
  '{"op":11,"d":{"user_ids":7}}',
  '{"op":13}',
  '{"op":5}',
  '{"op":24,"d":{"epoch":1,"protocol_version":77}}',
  '{"op":21}',
])('lives through the text %s, and plays to the end', async (text) => {
  const scene = await playing();
  scene.voice.faults.sendText(GUILD, BOT, text);
  await hearsTheEnd(scene);
});

it('lives when Discord names a voice server that is none', async () => {
  const scene = await playing();
  const lost = scene.state('recovering');
  scene.gateway.nameNonsense(GUILD, 'not a host:99999');
  await lost;
  await hearsTheEnd(scene);
});

it('lives when the voice server refuses connections, and comes back when it does not', async () => {
  const scene = await playing();
  const closed = createSocket('udp4').bind(0, '127.0.0.1');
  await once(closed, 'listening');
  scene.gateway.endpoints.push(`127.0.0.1:${closed.address().port}`);
  closed.close();
  scene.voice.faults.closeVoice(GUILD, BOT, 4006);
  await hearsTheEnd(scene);
  expect(scene.gateway.joins).toHaveLength(3);
});
