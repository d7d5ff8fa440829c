import { once } from 'node:events';
import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import { describe, expect, it, type TestContext } from 'vitest';
import { seeded } from '../../loopback/seeded.ts';
import { discoveryAnswer } from '../../loopback/voice/datagrams.ts';
import { openRtp, parseRtp } from '../../loopback/voice/rtp.ts';
import { faultScene } from './fault-scene.ts';
import { Dialed, udpSocket, type Described } from './voice-dial.ts';

const quiet = { voice: { dave: 'off', undocumented: false } } as const;
const soon = { timeout: 20_000 };

function discovery(ssrc: number): Buffer {
  const request = Buffer.alloc(74);
  request.writeUInt16BE(1, 0);
  request.writeUInt16BE(70, 2);
  request.writeUInt32BE(ssrc, 4);
  return request;
}

/** Every datagram that the client gets, and a way to wait for so many. */
function inbox({ udp }: Described) {
  const datagrams: { readonly bytes: Buffer; readonly port: number }[] = [];
  udp.on('message', (bytes, { port }) => datagrams.push({ bytes, port }));
  return {
    datagrams,
    until: async (count: number) => {
      await expect.poll(() => datagrams.length, soon).toBeGreaterThanOrEqual(count);
    },
  };
}

/** The numbers of the packets that a person heard of `count`, after a last one that meets no fault. */
async function heard(test: TestContext, fault: (throwAt: Awaited<ReturnType<typeof faultScene>>) => () => void) {
  const scene = await faultScene(test, quiet);
  const client = await scene.speaking();
  const lift = fault(scene);
  for (let counter = 1; counter <= 40; counter += 1) client.say({ counter });
  const ears = scene.loopback.ears('ada');
  const counts = () => {
    const now = scene.loopback.voice.sessions()[0]?.datagrams;
    return (now?.audio ?? 0) + scene.loopback.voice.strayDatagrams().lost;
  };
  await expect.poll(counts, soon).toBe(40);
  lift();
  client.say({ counter: 100 });
  await ears.waitFor((packets) => packets.at(-1)?.sequence === 100, 20_000);
  expect(scene.loopback.problems()).toEqual([]);
  return { scene, numbers: ears.packets.map(({ sequence }) => sequence).slice(0, -1) };
}

const all = Array.from({ length: 40 }, (_, index) => index + 1);

describe('datagrams from a client', () => {
  it('are lost by seed: the same ones for the same seed, and none after lifting', async (test) => {
    const lose = (seed: number) =>
      heard(test, ({ loopback }) => loopback.faults.throw('lose-udp', { percent: 25, seed }).lift);
    const [first, again, other] = await Promise.all([lose(7), lose(7), lose(8)]);
    const random = seeded(7);
    // The first datagram of the guild that comes after the fault is the first that the seed decides about.
    expect(first.numbers).toEqual(all.filter(() => random() * 100 >= 25));
    expect(first.numbers.length).toBeLessThan(40);
    expect(again.numbers).toEqual(first.numbers);
    expect(other.numbers).not.toEqual(first.numbers);
  });

  it('come twice without being heard twice, and nobody is accused', async (test) => {
    const { scene, numbers } = await heard(
      test,
      ({ loopback }) => loopback.faults.throw('double-udp', { percent: 100, direction: 'in' }).lift,
    );
    expect(numbers).toEqual(all);
    expect(scene.loopback.voice.sessions()[0]?.datagrams).toMatchObject({ doubled: 40, 'nonce-reused': 0 });
  });

  it('overtake each other, and nobody is accused', async (test) => {
    const { scene, numbers } = await heard(
      test,
      ({ loopback }) => loopback.faults.throw('reorder-udp', { percent: 100, direction: 'in' }).lift,
    );
    expect(numbers).toEqual(all.map((number) => (number % 2 === 1 ? number + 1 : number - 1)));
    expect(scene.loopback.voice.sessions()[0]?.datagrams['nonce-backwards']).toBe(0);
  });

  it('come late', async (test) => {
    let since = 0;
    const { scene, numbers } = await heard(test, ({ loopback }) => {
      since = performance.now();
      return loopback.faults.throw('delay-udp', { ms: 80, jitterMs: 40, direction: 'in' }).lift;
    });
    expect(numbers.toSorted((one, other) => one - other)).toEqual(all);
    expect(numbers).not.toEqual(all);
    expect(scene.loopback.ears('ada').packets[0]?.at).toBeGreaterThanOrEqual(since + 79);
  });

  it('are still judged in bad weather: a client that uses a nonce twice is accused', async (test) => {
    const { loopback, speaking } = await faultScene(test, quiet);
    const { say } = await speaking();
    loopback.faults.throw('double-udp', { percent: 100 });
    for (const counter of [5, 5, 4]) say({ counter });
    await expect.poll(() => loopback.problems(), soon).toHaveLength(2);
    expect(loopback.problems().join()).toMatch(/nonce-reused,.*nonce-backwards/);
  });

  it('of another guild come through', async (test) => {
    const { loopback, speaking } = await faultScene(test, quiet);
    const { say } = await speaking();
    const elsewhere = loopback.addGuild('Elsewhere').id;
    loopback.faults.throw('drop-udp', { guildId: elsewhere });
    say({ counter: 1 });
    await loopback.ears('ada').waitFor(1, 20_000);
  });
});

describe('datagrams to the bot', () => {
  it('are held back for 60 ms when none comes to overtake them', async (test) => {
    const { loopback, guildId, inVoice } = await faultScene(test, quiet);
    const client = await inVoice();
    const { datagrams, until } = inbox(client);
    loopback.faults.throw('reorder-udp', { percent: 100, direction: 'out', guildId });
    const since = performance.now();
    loopback.voice.faults.sendRaw(guildId, loopback.application.id, Buffer.from('held'));
    await until(1);
    expect(performance.now() - since).toBeGreaterThan(55);
    expect(datagrams[0]?.bytes.toString()).toBe('held');
  });

  it.for(['strangers', 'server'] as const)('are random bytes from %s, 0 to 2,000 of them', async (from, test) => {
    const { loopback, guildId, inVoice } = await faultScene(test, quiet);
    const client = await inVoice();
    const { datagrams, until } = inbox(client);
    loopback.faults.throw('hostile-udp', { guildId, count: 60, from });
    await until(60);
    const lengths = datagrams.map(({ bytes }) => bytes.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(2_000);
    expect(lengths.filter((length) => length <= 16).length).toBeGreaterThanOrEqual(30);
    expect(datagrams.every(({ port }) => (port === client.port) === (from === 'server'))).toBe(true);
    expect(loopback.problems()).toEqual([]);
  });

  it.for(['rtp', 'rtcp'] as const)('have the right SSRC in front of nonsense: %s', async (what, test) => {
    const { loopback, guildId, inVoice } = await faultScene(test, quiet);
    const client = await inVoice();
    const { datagrams, until } = inbox(client);
    loopback.faults.throw('forged-udp', { guildId, count: 20, what });
    await until(20);
    const known = loopback.voice.faults.ssrcs(guildId, loopback.application.id);
    expect(known).toHaveLength(2);
    expect(new Set(datagrams.map(({ bytes }) => bytes.readUInt32BE(8)))).toEqual(new Set(known));
    expect(new Set(datagrams.map(({ bytes }) => bytes[1]))).toEqual(new Set([what === 'rtp' ? 120 : 201]));
  });

  it('are receiver reports that can be decrypted', async (test) => {
    const { loopback, guildId, inVoice } = await faultScene(test, quiet);
    const client = await inVoice();
    const { datagrams, until } = inbox(client);
    loopback.faults.throw('report-udp', { guildId, count: 3 });
    await until(3);
    for (const { bytes } of datagrams) {
      expect(bytes.readUInt16BE(0)).toBe(0x81c9);
      const header = parseRtp(bytes);
      const rest = header && openRtp(bytes, { ...header, clearLength: 8 }, client.mode, client.key);
      expect(rest?.readUInt32BE(0)).toBe(client.ssrc);
    }
  });

  it('say that there is no one to send hostile ones to', async (test) => {
    const { loopback, guildId } = await faultScene(test, quiet);
    expect(() => loopback.faults.throw('hostile-udp', { guildId })).toThrow(/no voice connection/);
    expect(() => loopback.faults.throw('forged-udp', { guildId })).toThrow(/no voice connection/);
    expect(() => loopback.faults.throw('report-udp', { guildId })).toThrow(/no voice connection/);
  });
});

describe('IP discovery', () => {
  const right = ({ udp, ssrc }: Described) => discoveryAnswer(ssrc, '127.0.0.1', udp.address().port);

  it.for([
    ['short', (answer: Buffer) => answer.length === 40],
    ['empty', (answer: Buffer) => answer.length === 0],
    ['long', (answer: Buffer) => answer.length === 82],
    ['type', (answer: Buffer) => answer.readUInt16BE(0) === 1],
    ['ssrc', (answer: Buffer, client: Described) => answer.readUInt32BE(4) !== client.ssrc],
    ['port', (answer: Buffer, client: Described) => answer.readUInt16BE(72) !== client.udp.address().port],
    ['address', (answer: Buffer) => answer.subarray(8, 15).toString() === 'nowhere'],
  ] as const)('is answered wrongly: %s; and then rightly', async ([how, isWrong], test) => {
    const { loopback, inVoice } = await faultScene(test, quiet);
    const client = await inVoice();
    loopback.faults.throw('wrong-discovery', { how, times: 1 });
    const { datagrams, until } = inbox(client);
    for (const count of [1, 2]) {
      client.send(discovery(client.ssrc));
      await until(count);
    }
    expect(isWrong(datagrams[0]?.bytes ?? Buffer.alloc(0), client)).toBe(true);
    expect(datagrams[1]?.bytes).toEqual(right(client));
  });

  it('is answered twice', async (test) => {
    const { loopback, inVoice } = await faultScene(test, quiet);
    const client = await inVoice();
    loopback.faults.throw('wrong-discovery', { how: 'twice' });
    const { datagrams, until } = inbox(client);
    client.send(discovery(client.ssrc));
    await until(2);
    expect(datagrams.map(({ bytes }) => bytes)).toEqual([right(client), right(client)]);
  });

  it('accuses nobody who was told a wrong port, and nobody hears them', async (test) => {
    const { loopback, speaking } = await faultScene(test, quiet);
    const client = await speaking();
    loopback.faults.throw('wrong-discovery', { how: 'port' });
    client.send(discovery(client.ssrc));
    await once(client.udp, 'message');
    const stranger = Buffer.alloc(40);
    stranger[0] = 0x80;
    stranger.writeUInt32BE(client.ssrc, 8);
    const socket = await udpSocket(test);
    socket.send(stranger, client.port, '127.0.0.1');
    await expect.poll(() => loopback.voice.sessions()[0]?.datagrams.misled, soon).toBe(1);
    expect(loopback.problems()).toEqual([]);
  });

  it('is answered from the nth time on', async (test) => {
    const { loopback, inVoice } = await faultScene(test, quiet);
    const client = await inVoice();
    loopback.faults.throw('late-discovery', { attempt: 3 });
    const { datagrams, until } = inbox(client);
    for (let time = 0; time < 3; time += 1) client.send(discovery(client.ssrc));
    await until(1);
    expect(loopback.voice.sessions()[0]?.datagrams.discovery).toBe(3);
    expect(datagrams).toHaveLength(1);
  });

  it('can be answered at the join only; otherwise a live session may ask again', async (test) => {
    const { loopback, ask, bot, identity } = await faultScene(test, quiet);
    loopback.faults.throw('discovery-only-at-join', {});
    ask('Lounge');
    await bot.event('VOICE_SERVER_UPDATE');
    const client = await Dialed.to(loopback, test);
    client.send(VoiceOpcodes.Identify, identity());
    const { ssrc, port } = (await client.heard(VoiceOpcodes.Ready)).d;
    const udp = await udpSocket(test);
    udp.send(discovery(ssrc), port, '127.0.0.1');
    await once(udp, 'message');
    const data = { address: '127.0.0.1', port: udp.address().port, mode: 'aead_aes256_gcm_rtpsize' };
    client.send(VoiceOpcodes.SelectProtocol, { protocol: 'udp', data });
    await client.heard(VoiceOpcodes.SessionDescription);
    let answers = 0;
    udp.on('message', () => (answers += 1));
    udp.send(discovery(ssrc), port, '127.0.0.1');
    await expect.poll(() => loopback.voice.sessions()[0]?.datagrams.discovery, soon).toBe(2);
    expect(answers).toBe(0);
    loopback.faults.liftAll();
    udp.send(discovery(ssrc), port, '127.0.0.1');
    await expect.poll(() => answers, soon).toBe(1);
  });
});
