import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import { afterEach, describe, expect, it, vi, type TestContext } from 'vitest';
import { Ears } from '../../loopback/ears.ts';
import { Listener } from '../../loopback/voice/listener.ts';
import { ADA, BOT, CHANNEL, GUILD, scene, type Scene } from './voice-client.ts';
import { Dialed, described, identity, type Described } from './voice-dial.ts';

const SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);
const member = `voice: ${BOT} in guild ${GUILD}`;
const counted = (here: Scene) => here.voice.sessions()[0]?.datagrams;
const soon = { timeout: 20_000 };

/** A client that has said op 5. */
async function speaking(here: Scene, test: TestContext): Promise<Described> {
  const client = await described(here, test);
  client.client.send(VoiceOpcodes.Speaking, { speaking: 1, delay: 0, ssrc: client.ssrc });
  await expect.poll(() => here.voice.sessions()[0]?.speaking, soon).toBe(true);
  return client;
}

/** So much time passes on the clock by which the double judges; timers go on as before. */
const later = (ms: number) => {
  const now = performance.now();
  vi.useFakeTimers({ toFake: ['performance'] });
  vi.advanceTimersByTime(now - performance.now() + ms);
};
afterEach(() => void vi.useRealTimers());

describe('where end-to-end encryption is required', () => {
  it('nobody hears plain frames, silence aside, and a client that never takes part is a problem', async (test) => {
    const here = await scene(test);
    here.people(ADA);
    const { say } = await speaking(here, test);
    for (const counter of [1, 2, 3]) say({ counter });
    say({ counter: 4, payload: SILENCE });
    const ears = here.voice.ears(ADA);
    expect((await ears.waitFor(1, 20_000)).map(({ opus }) => opus)).toEqual([SILENCE]);
    expect([ears.plain, ears.undecryptable]).toEqual([3, 0]);
    expect(here.voice.problems()).toEqual([]);
    later(11_000);
    say({ counter: 5 });
    say({ counter: 6, payload: Buffer.from([0xf8, 1, 0xfa, 0xfa]) });
    await expect.poll(() => ears.undecryptable, soon).toBe(1);
    expect(here.voice.problems()).toEqual([
      `${member} sent frames that no listener understands: plain`,
      `${member} sent frames that no listener understands: undecryptable`,
    ]);
  });

  it('stages are exempt', async (test) => {
    const here = await scene(test, { isStage: (guildId, channelId) => guildId === GUILD && channelId === CHANNEL });
    here.people(ADA);
    const { client, say } = await speaking(here, test);
    expect((await client.heard(VoiceOpcodes.SessionDescription)).d.dave_protocol_version).toBe(0);
    say({ counter: 1 });
    expect(await here.voice.ears(ADA).waitFor(1, 20_000)).toMatchObject([{ dave: false }]);
  });

  it('a listener that cannot follow says so, and says when it gives up', () => {
    const admitted: string[] = [];
    const group = {
      changing: false,
      passthrough: false,
      keyPackage: () => 0,
      commit: () => 0,
      ready: () => 0,
      invalid: () => 0,
    };
    const parts = { userId: ADA, channelId: CHANNEL, ssrc: 1, ears: new Ears(), group, accuse: () => undefined };
    const listener = new Listener({ ...parts, admit: (what) => admitted.push(what) });
    for (let time = 0; time < 4; time += 1) {
      listener.tellBinary(VoiceOpcodes.DaveMlsAnnounceCommitTransition, Buffer.from([0, 7, 1, 2, 3]));
    }
    expect(admitted.slice(0, 4)).toEqual(Array(4).fill(expect.stringContaining('could not follow op 29 of DAVE')));
    expect(admitted.slice(4)).toEqual(['gave DAVE up, and hears nothing any more']);
  });
});

describe('datagrams', () => {
  it('that no correct client sends are a problem, also when their session is over', async (test) => {
    const here = await scene(test, { dave: 'off' });
    here.people(ADA);
    const { say, send, ssrc } = await speaking(here, test);
    for (const counter of [2, 2, 2, 1]) say({ counter });
    say({ counter: 3, ssrc: ssrc ^ 1 });
    send(Buffer.from('neither fish nor fowl'));
    await expect.poll(() => here.voice.strayDatagrams().malformed, soon).toBe(1);
    const problems = [
      `${member} sent datagrams: nonce-reused (2 times)`,
      `${member} sent datagrams: nonce-backwards`,
      'voice: somebody sent datagrams: malformed',
      'voice: somebody sent datagrams: unknown-ssrc',
    ];
    expect(here.voice.problems()).toEqual(problems);
    here.voice.dismiss(GUILD, BOT);
    expect(here.voice.problems()).toEqual(problems);
  });

  it('that were on their way when their session ended are none, those that are sent long after are', async (test) => {
    const here = await scene(test, { dave: 'off' });
    const { say } = await speaking(here, test);
    here.voice.faults.closeVoice(GUILD, BOT, 4006);
    say({ counter: 1 });
    await expect.poll(() => here.voice.strayDatagrams().late, soon).toBe(1);
    expect(here.voice.problems()).toEqual([]);
    later(4_000);
    say({ counter: 2 });
    await expect.poll(() => here.voice.problems(), soon).toEqual(['voice: somebody sent datagrams: unknown-ssrc']);
  });

  it('that overtook their op 5 are none, those without one are', async (test) => {
    const here = await scene(test, { dave: 'off' });
    const { say, client, ssrc } = await described(here, test);
    say({ counter: 1 });
    await expect.poll(() => here.voice.problems(), soon).toEqual([`${member} sent datagrams: before-speaking`]);
    client.send(VoiceOpcodes.Speaking, { speaking: 1, delay: 0, ssrc });
    await expect.poll(() => here.voice.problems(), soon).toEqual([]);
  });

  it('of a muted member reach nobody, and are no mistake', async (test) => {
    const here = await scene(test, { dave: 'off' });
    here.voice.members(GUILD, CHANNEL, [ADA, BOT], [ADA]);
    const { say } = await speaking(here, test);
    say({ counter: 1 });
    await expect.poll(() => counted(here)?.muted, soon).toBe(1);
    here.voice.members(GUILD, CHANNEL, [ADA, BOT]);
    say({ counter: 2 });
    expect((await here.voice.ears(ADA).waitFor(1, 20_000)).map(({ sequence }) => sequence)).toEqual([2]);
    expect(counted(here)).toMatchObject({ audio: 1, muted: 1 });
    expect(here.voice.problems()).toEqual([]);
  });
});

describe('a connection', () => {
  const identified =
    (...then: readonly [op: number, d: unknown][]) =>
    (client: Dialed, here: Scene) => {
      client.send(VoiceOpcodes.Identify, identity(here));
      for (const [op, d] of then) client.send(op, d);
    };

  it.for<[string, string, (client: Dialed, here: Scene) => void]>([
    ['4001', 'sent op 99', (client) => client.send(99, {})],
    ['4002', 'sent what is not JSON', (client) => client.raw('{')],
    ['4003', 'sent op 1 before it identified', (client) => client.send(VoiceOpcodes.SelectProtocol, {})],
    [
      '4004',
      'a token that it was not given',
      (client, here) => client.send(0, { ...identity(here), token: 'guessed' }),
    ],
    ['4005', 'identified again', (client, here) => identified([VoiceOpcodes.Identify, identity(here)])(client, here)],
    [
      '4017',
      'without offering DAVE',
      (client, here) => client.send(0, { ...identity(here), max_dave_protocol_version: 0 }),
    ],
    ['4020', 'with an SSRC', identified([VoiceOpcodes.Speaking, { speaking: 1, delay: 0, ssrc: 1 }])],
    ['1009', 'broke the websocket protocol', (client) => client.raw(Buffer.alloc(100_000))],
  ])('that the client made the server close with %s is a problem', async ([code, what, act], test) => {
    const here = await scene(test);
    const client = await Dialed.to(here, test);
    act(client, here);
    expect(await client.closed).toBe(Number(code));
    expect(here.voice.problems()).toEqual([expect.stringContaining(what)]);
  });

  it('that ends by a fault, by the world or by being overtaken is none', async (test) => {
    const here = await scene(test);
    const first = await described(here, test);
    here.voice.faults.closeVoice(GUILD, BOT, 4003);
    await first.client.closed;
    here.voice.faults.refuseIdentify({ code: 4001, times: 1 });
    for (const expected of [4001, 4004]) {
      const client = await Dialed.to(here, test);
      const overtaken = identity(here);
      identity(here);
      client.send(VoiceOpcodes.Identify, overtaken);
      expect(await client.closed).toBe(expected);
    }
    const last = await described(here, test);
    here.voice.dismiss(GUILD, BOT);
    await last.client.closed;
    const late = await Dialed.to(here, test);
    late.send(VoiceOpcodes.Resume, { ...last.identity, seq_ack: 1 });
    expect(await late.closed).toBe(4006);
    expect(here.voice.problems()).toEqual([]);
  });

  it('must acknowledge in its heartbeats what it has read', async (test) => {
    const here = await scene(test);
    const { client } = await described(here, test);
    const beat = (d: object) => client.send(VoiceOpcodes.Heartbeat, d);
    beat({ t: 1 });
    beat({ t: 2, seq_ack: 1 });
    await expect.poll(() => client.messages.filter(({ op }) => op === VoiceOpcodes.HeartbeatAck).length, soon).toBe(2);
    expect(here.voice.problems()).toEqual([]);
    beat({ t: 3 });
    await expect.poll(() => here.voice.problems(), soon).toEqual([`${member} sent a heartbeat without seq_ack`]);
  });

  it('may send what only video needs, and is not answered for a version', async (test) => {
    const here = await scene(test);
    const { client } = await described(here, test);
    for (const op of [12, 14, 15]) client.send(op, {});
    client.send(VoiceOpcodes.Heartbeat, { t: 1, seq_ack: 1 });
    await client.heard(VoiceOpcodes.HeartbeatAck);
    expect(here.voice.problems()).toEqual([]);
    client.send(16, {});
    await expect.poll(() => here.voice.problems(), soon).toEqual([expect.stringContaining('not in the double')]);
    expect(here.voice.sessions()).toMatchObject([{ status: 'connected' }]);
  });

  it('that resumes while the old one is still open takes the session over', async (test) => {
    const here = await scene(test, { dave: 'off' });
    here.people(ADA);
    const { client, identity: who, say } = await speaking(here, test);
    const again = await Dialed.to(here, test);
    again.send(VoiceOpcodes.Resume, { ...who, seq_ack: 1 });
    await again.heard(VoiceOpcodes.Resumed);
    expect(await client.closed).toBe(4006);
    expect(here.voice.sessions()).toMatchObject([{ status: 'connected' }]);
    say({ counter: 1 });
    await here.voice.ears(ADA).waitFor(1, 20_000);
    expect(here.voice.problems()).toEqual([]);
  });
});
