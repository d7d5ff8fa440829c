import { once } from 'node:events';
import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import { describe, it } from 'vitest';
import { openRtp, parseRtp, sealRtp } from '../../loopback/voice/rtp.ts';
import { ADA, BOT, GUILD, scene, type Scene } from './voice-client.ts';
import { described, udpSocket, type Described } from './voice-dial.ts';

const datagrams = (here: Scene) => here.voice.sessions()[0]?.datagrams;

function discovery(ssrc: number): Buffer {
  const request = Buffer.alloc(74);
  request.writeUInt16BE(1, 0);
  request.writeUInt16BE(70, 2);
  request.writeUInt32BE(ssrc, 4);
  return request;
}

async function speaking(here: Scene, test: Parameters<typeof described>[1]): Promise<Described> {
  here.people(ADA);
  const client = await described(here, test);
  client.client.send(VoiceOpcodes.Speaking, { speaking: 1, delay: 0, ssrc: client.ssrc });
  return client;
}

describe.concurrent('the UDP socket', () => {
  it('answers IP discovery with the address that it sees', async (test) => {
    const here = await scene(test);
    const { udp, send, ssrc } = await described(here, test);
    send(discovery(ssrc));
    const [answer]: Buffer[] = await once(udp, 'message');
    const { address, port } = udp.address();
    test.expect(answer).toHaveLength(74);
    test.expect(answer?.readUInt32BE(0)).toBe(0x0002_0046);
    test.expect(answer?.readUInt32BE(4)).toBe(ssrc);
    test.expect(answer?.subarray(8, answer.indexOf(0, 8)).toString()).toBe(address);
    test.expect(answer?.readUInt16BE(72)).toBe(port);
    test.expect(datagrams(here)).toMatchObject({ discovery: 1 });
  });

  it('echoes keep-alives only when told to', async (test) => {
    const here = await scene(test, { echoKeepAlives: true });
    const { udp, send } = await described(here, test);
    send(Buffer.from('12345678'));
    test.expect((await once(udp, 'message'))[0]).toEqual(Buffer.from('12345678'));
    test.expect(datagrams(here)).toMatchObject({ 'keep-alive': 1 });

    const quiet = await scene(test);
    const client = await described(quiet, test);
    client.send(Buffer.from('12345678'));
    client.send(discovery(client.ssrc));
    const [first]: Buffer[] = await once(client.udp, 'message');
    test.expect(first).toHaveLength(74);
  });

  it('passes on only what a correct client sends, and counts the rest by kind', async (test) => {
    const here = await scene(test, { dave: 'off' });
    const { say, send, key, ssrc, mode, port } = await speaking(here, test);
    const stranger = await udpSocket(test);
    say({ counter: 2 });
    say({ counter: 2 });
    say({ counter: 1 });
    say({ counter: 3, key: Buffer.alloc(32) });
    say({ counter: 4, ssrc: ssrc ^ 1 });
    const packet = sealRtp({ sequence: 9, timestamp: 0, ssrc, payload: Buffer.from([1]) }, mode, key, 5);
    const otherType = Buffer.from(packet);
    otherType[1] = 0x60;
    send(otherType);
    send(Buffer.from('neither fish nor fowl'));
    send(Buffer.alloc(0));
    stranger.send(packet, port, '127.0.0.1');
    say({ counter: 6 });
    await here.voice.ears(ADA).waitFor(3, 20_000);
    await test.expect.poll(() => datagrams(here)?.['wrong-address'], { timeout: 20_000 }).toBe(1);

    test
      .expect(here.voice.ears(ADA).packets.map(({ sequence, userId, dave }) => [sequence, userId, dave]))
      .toEqual([2, 1, 6].map((sequence) => [sequence, BOT, false]));
    test.expect(datagrams(here)).toEqual({
      audio: 3,
      muted: 0,
      late: 0,
      discovery: 0,
      'keep-alive': 0,
      malformed: 0,
      'unknown-ssrc': 0,
      'wrong-address': 1,
      'before-description': 0,
      'wrong-payload-type': 1,
      undecryptable: 1,
      'nonce-reused': 1,
      'nonce-backwards': 1,
      'before-speaking': 0,
      misled: 0,
      doubled: 0,
      lost: 0,
    });
    test.expect(here.voice.strayDatagrams()).toMatchObject({ malformed: 2, 'unknown-ssrc': 1 });
  });

  it('brings what a person says, never with the same nonce, and says first who speaks', async (test) => {
    const here = await scene(test, { dave: 'off' });
    here.people(ADA);
    const { udp, client, key, mode } = await described(here, test);
    const words = [1, 2, 3].map((word) => Buffer.from([0xf8, word]));
    const spoken: Buffer[] = [];
    const all = new Promise<void>((resolve) => {
      udp.on('message', (datagram) => spoken.push(datagram) === words.length && resolve());
    });
    await here.voice.speak(GUILD, ADA, words);
    await all;
    const headers = spoken.map((datagram) => parseRtp(datagram));
    test.expect(headers.map((header) => header?.counter)).toEqual([1, 2, 3]);
    const opened = spoken.map((datagram, index) => {
      const header = headers[index];
      return header ? openRtp(datagram, header, mode, key) : null;
    });
    test.expect(opened).toEqual(words);
    const { d } = await client.heard(VoiceOpcodes.Speaking);
    test.expect(d).toEqual({ user_id: ADA, ssrc: headers[0]?.ssrc, speaking: 1 });
    test.expect(client.messages.filter(({ op }) => op === VoiceOpcodes.Speaking)).toHaveLength(1);
  });

  it('notices audio that was not announced', async (test) => {
    const here = await scene(test, { dave: 'off' });
    here.people(ADA);
    const { say } = await described(here, test);
    say({ counter: 1 });
    await here.voice.ears(ADA).waitFor(1, 20_000);
    test.expect(datagrams(here)).toMatchObject({ audio: 1, 'before-speaking': 1 });
  });

  it.for(['in', 'out'] as const)('loses everything that goes %s while told to', async (direction, test) => {
    const here = await scene(test, { dave: 'off', undocumented: false });
    const { say, udp, ssrc, send } = await speaking(here, test);
    const lift = here.voice.faults.impair({ direction, impairment: () => (_onward, lose) => lose() });
    let answers = 0;
    udp.on('message', () => (answers += 1));
    send(discovery(ssrc));
    here.voice.faults.sendRaw(GUILD, BOT, Buffer.from('anyone there?'));
    say({ counter: 1 });
    if (direction === 'out') await here.voice.ears(ADA).waitFor(1, 20_000);
    else await test.expect.poll(() => here.voice.strayDatagrams().lost, { timeout: 20_000 }).toBe(2);
    await test.expect.poll(() => answers, { timeout: 20_000 }).toBe(direction === 'out' ? 0 : 1);
    lift();
    say({ counter: 2 });
    await here.voice.ears(ADA).waitFor((packets) => packets.at(-1)?.sequence === 2, 20_000);
    test.expect(answers).toBe(direction === 'out' ? 0 : 1);
    test.expect(here.voice.ears(ADA).packets).toHaveLength(direction === 'out' ? 2 : 1);
  });
});
