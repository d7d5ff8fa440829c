import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import { describe, expect, it } from 'vitest';
import { ADA, BOT, CHANNEL, GUILD, nextEvent, scene, type Scene } from './voice-client.ts';
import { Dialed, described, identity } from './voice-dial.ts';

const udpChoice = { protocol: 'udp', data: { address: '127.0.0.1', port: 9, mode: 'aead_aes256_gcm_rtpsize' } };
type Act = (client: Dialed, here: Scene) => void;
const identified =
  (...then: readonly [op: number, d: unknown][]): Act =>
  (client, here) => {
    client.send(VoiceOpcodes.Identify, identity(here));
    for (const [op, d] of then) client.send(op, d);
  };
const identifiedAs =
  (change: object): Act =>
  (client, here) =>
    client.send(VoiceOpcodes.Identify, { ...identity(here), ...change });

describe.concurrent('closes a client', () => {
  it.for<[string, number, Act]>([
    ['sends an opcode that is none', 4001, (client) => client.send(99, {})],
    ['sends a binary opcode that is none', 4001, identifiedThenBinary(Buffer.from([77]))],
    ['sends an empty binary message', 4001, identifiedThenBinary(Buffer.alloc(0))],
    ['sends something that is not JSON', 4002, (client) => client.raw('{')],
    ['sends JSON without an opcode', 4002, (client) => client.raw('[1,2]')],
    ['identifies with something else', 4002, (client) => client.send(VoiceOpcodes.Identify, { token: 1 })],
    ['selects a protocol before it identified', 4003, (client) => client.send(VoiceOpcodes.SelectProtocol, udpChoice)],
    ['speaks before it identified', 4003, (client) => client.send(VoiceOpcodes.Speaking, {})],
    ['has a wrong token', 4004, identifiedAs({ token: 'guessed' })],
    ['has the token of someone else', 4004, identifiedAs({ user_id: ADA })],
    ['identifies twice', 4005, (client, here) => identified([VoiceOpcodes.Identify, identity(here)])(client, here)],
    ['has an old session', 4006, identifiedAs({ session_id: 'of-yesterday' })],
    [
      'resumes what never was',
      4006,
      (client, here) => client.send(VoiceOpcodes.Resume, { ...identity(here), seq_ack: 1 }),
    ],
    ['looks for a server that is not here', 4011, identifiedAs({ server_id: '1' })],
    ['wants WebRTC', 4012, identified([VoiceOpcodes.SelectProtocol, { protocol: 'webrtc', data: 'sdp' }])],
    [
      'wants an encryption that is not offered',
      4016,
      identified([
        VoiceOpcodes.SelectProtocol,
        { ...udpChoice, data: { ...udpChoice.data, mode: 'xsalsa20_poly1305' } },
      ]),
    ],
    ['does not offer DAVE', 4017, identifiedAs({ max_dave_protocol_version: 0 })],
    ['does not know DAVE', 4017, identifiedAs({ max_dave_protocol_version: undefined })],
    [
      'selects a port that is none',
      4020,
      identified([VoiceOpcodes.SelectProtocol, { ...udpChoice, data: { ...udpChoice.data, port: 70_000 } }]),
    ],
    [
      'selects a protocol twice',
      4020,
      identified([VoiceOpcodes.SelectProtocol, udpChoice], [VoiceOpcodes.SelectProtocol, udpChoice]),
    ],
    [
      'speaks with the SSRC of someone else',
      4020,
      identified([VoiceOpcodes.Speaking, { speaking: 1, delay: 0, ssrc: 1 }]),
    ],
    ['sends a key package that is none', 4020, identifiedThenBinary(Buffer.from([26, 0, 1, 0, 2, 9, 9]))],
    ['sends a commit that is none', 4020, identifiedThenBinary(Buffer.from([28, 0, 1, 0, 1]))],
  ])('that %s, with %d', async ([, code, act], test) => {
    const here = await scene(test);
    const client = await Dialed.to(here, test);
    act(client, here);
    test.expect(await client.closed).toBe(code);
  });

  it.for(['', '?v=4', '?v=80', '?V=8'])('of another version (%s) with 4012', async (query, test) => {
    const client = await Dialed.to(await scene(test), test, query);
    test.expect(await client.closed).toBe(4012);
    test.expect(client.messages).toEqual([]);
  });

  it('that never identifies, with 4009', async (test) => {
    const client = await Dialed.to(await scene(test, { identifyDeadlineMs: 20 }), test);
    test.expect(await client.closed).toBe(4009);
  });

  it('that forgets its heartbeats, with 4009, and keeps one that sends them', async (test) => {
    const here = await scene(test, { heartbeatIntervalMs: 100 });
    const silent = await Dialed.to(here, test);
    const alive = await Dialed.to(here, test);
    const heart = setInterval(() => alive.send(VoiceOpcodes.Heartbeat, { t: 5, seq_ack: -1 }), 40);
    test.onTestFinished(() => clearInterval(heart));
    alive.send(VoiceOpcodes.Identify, identity(here));
    test.expect(await silent.closed).toBe(4009);
    test.expect(await alive.heard(VoiceOpcodes.HeartbeatAck)).toEqual({ op: 6, d: { t: 5 } });
    test.expect(here.voice.sessions()).toMatchObject([{ status: 'connected' }]);
  });

  it('whose member is dismissed, with 4014, and lets it resume nothing', async (test) => {
    const here = await scene(test);
    const { client, identity: who } = await described(here, test);
    here.voice.dismiss(GUILD, BOT);
    test.expect(await client.closed).toBe(4014);
    const again = await Dialed.to(here, test);
    again.send(VoiceOpcodes.Resume, { ...who, seq_ack: 0 });
    test.expect(await again.closed).toBe(4006);
  });

  it('that a second identify of the same member replaces, with 4006', async (test) => {
    const here = await scene(test);
    const first = await described(here, test);
    await described(here, test);
    test.expect(await first.client.closed).toBe(4006);
    test.expect(here.voice.sessions()).toHaveLength(1);
  });
});

it('says hello, ready and the session description as documented', async (test) => {
  const here = await scene(test, {
    dave: 'off',
    heartbeatIntervalMs: 20_000,
    modes: ['aead_xchacha20_poly1305_rtpsize'],
  });
  const { client, ssrc } = await described(here, test, 'aead_xchacha20_poly1305_rtpsize');
  expect((await client.heard(VoiceOpcodes.Hello)).d).toEqual({ v: 8, heartbeat_interval: 20_000 });
  const modes = ['aead_xchacha20_poly1305_rtpsize'];
  expect((await client.heard(VoiceOpcodes.Ready)).d).toEqual({
    ssrc,
    ip: '127.0.0.1',
    port: expect.any(Number),
    modes,
  });
  const description = await client.heard(VoiceOpcodes.SessionDescription);
  expect(description.d).toMatchObject({ mode: modes[0], dave_protocol_version: 0 });
  expect(description.d.secret_key).toHaveLength(32);
});

it('tells clients who comes and who goes', async (test) => {
  const here = await scene(test);
  here.people(ADA);
  const { client } = await described(here, test);
  expect(await client.heard(VoiceOpcodes.ClientsConnect)).toMatchObject({ d: { user_ids: [ADA] } });
  here.people();
  expect(await client.heard(VoiceOpcodes.ClientDisconnect)).toMatchObject({ d: { user_id: ADA } });
});

it.for([true, false])('says what Discord says beyond its documentation: %s', async (undocumented, test) => {
  const here = await scene(test, { dave: 'off', undocumented });
  const { client, udp, say, ssrc, send } = await described(here, test);
  here.people(ADA);
  await client.heard(VoiceOpcodes.ClientsConnect);
  const datagrams: Buffer[] = [];
  udp.on('message', (datagram) => datagrams.push(datagram));
  client.send(VoiceOpcodes.Speaking, { speaking: 1, delay: 0, ssrc });
  say({ counter: 1 });
  send(Buffer.concat([Buffer.from([0, 1, 0, 70]), uint32(ssrc), Buffer.alloc(66)]));
  await expect.poll(() => datagrams.at(-1)?.length, { timeout: 20_000 }).toBe(74);
  const said = client.messages.map(({ op, d }): [number, unknown] => [op, d]).filter(([op]) => op === 18 || op === 20);
  const reports = datagrams.slice(0, -1).map((bytes) => [bytes[1], bytes.readUInt16BE(2), bytes.length]);
  const flags = [18, { user_id: ADA, flags: 0 }];
  const platform = [20, { user_id: ADA, platform: 0 }];
  expect(said).toEqual(undocumented ? [flags, platform] : []);
  expect(reports).toEqual(undocumented ? [[201, 7, 8 + 24 + 16 + 4]] : []);
});

describe.concurrent('a resume', () => {
  it('brings everything that was missed, once, in order', async (test) => {
    const here = await scene(test, { dave: 'off', undocumented: false });
    const { client, identity: who, ssrc } = await described(here, test);
    const description = await client.heard(VoiceOpcodes.SessionDescription);
    client.cut();
    await nextEvent(here.voice, 'closed');
    test.expect(here.voice.sessions()).toMatchObject([{ ssrc, status: 'detached' }]);
    here.people(ADA);
    here.people();

    const again = await Dialed.to(here, test);
    again.send(VoiceOpcodes.Resume, { ...who, seq_ack: description.seq });
    await again.heard(VoiceOpcodes.ClientDisconnect);
    test.expect(description.seq).toBe(1);
    test.expect(again.messages).toEqual([
      { op: VoiceOpcodes.Hello, d: { v: 8, heartbeat_interval: 13_750 } },
      { op: VoiceOpcodes.Resumed, d: null },
      { op: VoiceOpcodes.ClientsConnect, d: { user_ids: [ADA] }, seq: 2 },
      { op: VoiceOpcodes.ClientDisconnect, d: { user_id: ADA }, seq: 3 },
    ]);
  });

  it('is refused when what was missed is no longer kept', async (test) => {
    const here = await scene(test, { dave: 'off' });
    const { client, identity: who } = await described(here, test);
    client.cut();
    await nextEvent(here.voice, 'closed');
    for (let visit = 0; visit < 300; visit += 1) {
      here.people(ADA);
      here.people();
    }
    const again = await Dialed.to(here, test);
    again.send(VoiceOpcodes.Resume, { ...who, seq_ack: 1 });
    test.expect(await again.closed).toBe(4006);
  });

  it('is refused when the window is over', async (test) => {
    const here = await scene(test, { dave: 'off', resumeWindowMs: 1 });
    const { client, identity: who } = await described(here, test);
    client.cut();
    await test.expect.poll(() => here.voice.sessions().length, { timeout: 20_000 }).toBe(0);
    const again = await Dialed.to(here, test);
    again.send(VoiceOpcodes.Resume, { ...who, seq_ack: 1 });
    test.expect(await again.closed).toBe(4006);
  });

  it.for([
    [1000, 0],
    [1001, 0],
    [4000, 1],
  ])('after the client itself closed with %d finds %d sessions', async ([code, left], test) => {
    const here = await scene(test, { dave: 'off' });
    const { client } = await described(here, test);
    const closed = nextEvent(here.voice, 'closed');
    client.close(code ?? 0);
    await closed;
    test.expect(here.voice.sessions()).toHaveLength(left ?? 0);
  });
});

describe.concurrent('a fault', () => {
  it('refuses identifies as often as it was told to', async (test) => {
    const here = await scene(test);
    here.voice.faults.refuseIdentify({ code: 4015, times: 2 });
    for (const expected of [4015, 4015]) {
      const client = await Dialed.to(here, test);
      client.send(VoiceOpcodes.Identify, identity(here));
      test.expect(await client.closed).toBe(expected);
    }
    await described(here, test);
  });

  it('silences an answer until it is lifted', async (test) => {
    const here = await scene(test);
    const lift = here.voice.faults.silence('hello');
    const deaf = await Dialed.to(here, test);
    deaf.send(VoiceOpcodes.Heartbeat, { t: 1 });
    await deaf.heard(VoiceOpcodes.HeartbeatAck);
    test.expect(deaf.messages).toHaveLength(1);
    lift();
    await (await Dialed.to(here, test)).heard(VoiceOpcodes.Hello);
  });

  it.for([1000, 1001, 4009, 4022])('closes with %d', async (code, test) => {
    const here = await scene(test);
    const { client } = await described(here, test);
    test.expect(here.voice.faults.closeVoice(GUILD, BOT, code)).toBe(true);
    test.expect(await client.closed).toBe(code);
    test.expect(here.voice.faults.closeVoice(GUILD, BOT, code)).toBe(false);
    test.expect(here.voice.sessions()).toHaveLength(code < 4000 ? 1 : 0);
  });

  it('sends garbage as it is', async (test) => {
    const here = await scene(test, { dave: 'off' });
    const { client, udp } = await described(here, test);
    const datagram = new Promise((resolve) => udp.once('message', resolve));
    here.voice.faults.sendRaw(GUILD, BOT, Buffer.from('nine byte'));
    here.voice.faults.sendBinary(GUILD, BOT, Buffer.from([1, 2, 3]));
    here.voice.faults.sendText(GUILD, BOT, '{"op":6,"d":{"t":1}}');
    test.expect(await datagram).toEqual(Buffer.from('nine byte'));
    await client.heard(VoiceOpcodes.HeartbeatAck);
    test.expect(client.binaries).toEqual([Buffer.from([1, 2, 3])]);
  });
});

it('keeps the channels of a guild apart', async (test) => {
  const here = await scene(test, { dave: 'off' });
  here.voice.members(GUILD, `${CHANNEL}9`, [ADA]);
  const { say, client } = await described(here, test);
  client.send(VoiceOpcodes.Speaking, { speaking: 1, delay: 0, ssrc: (await client.heard(VoiceOpcodes.Ready)).d.ssrc });
  say({ counter: 1 });
  await expect.poll(() => here.voice.sessions()[0]?.datagrams.audio, { timeout: 20_000 }).toBe(1);
  expect(here.voice.ears(ADA).packets).toEqual([]);
});

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function identifiedThenBinary(frame: Buffer): Act {
  return (client, here) => {
    identified([VoiceOpcodes.SelectProtocol, udpChoice])(client, here);
    client.raw(frame);
  };
}
