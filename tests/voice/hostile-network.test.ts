import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { constantFrom, integer, jsonValue, record, sample, tuple, uint8Array } from 'fast-check';
import { afterAll, afterEach, expect, it } from 'vitest';
import { ADA, BOT, counting, GUILD, heard, SHORT, stage, type Stage } from './stage.ts';

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

async function playing(frames = FRAMES, ...options: Parameters<typeof stage>): Promise<Stage> {
  here = await stage(...options);
  await here.join();
  here.play(frames);
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

/** Long enough for a fresh session after each message; none is refused for coming too often. */
const PATIENT = { options: { policy: { ...SHORT.policy, attempts: 1_000, capMs: 10 } } };
const LONG = 10_000;

it('lives through random bytes where DAVE should be, one message after the other', async () => {
  const scene = await playing(LONG, PATIENT);
  const { faults } = scene.voice;
  const messages = sample(tuple(constantFrom(25, 27, 28, 29, 30), uint8Array({ maxLength: 2_000 })), {
    numRuns: 30,
    seed: 25,
  });
  for (const [op, bytes] of messages) {
    await plays(scene);
    if (op === 29) faults.mislead(GUILD, BOT, 'commit', bytes.length, Buffer.from(bytes));
    else if (op === 30) faults.mislead(GUILD, BOT, 'welcome', bytes.length, Buffer.from(bytes));
    else faults.sendBinary(GUILD, BOT, Buffer.from([0, 99, op, ...bytes]));
  }
  await plays(scene);
});

it('lives through random JSON of every opcode', async () => {
  const scene = await playing(LONG, PATIENT);
  const messages = sample(record({ op: integer({ min: 0, max: 40 }), d: jsonValue(), seq: jsonValue() }), {
    numRuns: 100,
    seed: 8,
  });
  for (const message of messages) {
    await plays(scene);
    scene.voice.faults.sendText(GUILD, BOT, JSON.stringify(message));
  }
  await plays(scene);
});

it('lives through a message of two million characters, and does not read it', async () => {
  const scene = await playing(LONG);
  scene.voice.faults.sendText(GUILD, BOT, JSON.stringify({ op: 11, d: { user_ids: ['1'.repeat(2_000_000)] } }));
  await scene.state('recovering');
  await plays(scene);
});

/** The song goes on, and nothing has happened that would have ended the process. */
async function plays(scene: Stage): Promise<void> {
  await scene.state('ready');
  const before = scene.voice.ears(ADA).count;
  await scene.voice.ears(ADA).waitFor((all) => all.length > before, 20_000);
  expect(crashes.splice(0)).toEqual([]);
}

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
