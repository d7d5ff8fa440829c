import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import * as fc from 'fast-check';
import { GatewayIntentBits, GatewayOpcodes } from 'discord-api-types/v10';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Gateway } from '../../loopback/gateway/server.ts';
import { stage } from './gateway-fixture.ts';

const GUILDS = GatewayIntentBits.Guilds;

const UPGRADE = [
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  '\r\n',
].join('\r\n');

/** A TCP connection to the gateway's port that says only what it is told. */
async function dial(gateway: Gateway) {
  const socket = connectTcp(Number(new URL(gateway.url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const closed = new Promise<void>((resolve) => socket.on('error', () => undefined).on('close', () => resolve()));
  let bytes = Buffer.alloc(0);
  /** What came so far, once it is as asked. */
  const got = (enough: (bytes: Buffer) => boolean) =>
    new Promise<string>((resolve) => {
      socket.on('data', (chunk: Buffer) => {
        bytes = Buffer.concat([bytes, chunk]);
        if (enough(bytes)) resolve(bytes.toString('latin1'));
      });
    });
  await once(socket, 'connect');
  return { socket, closed, got };
}

describe('identify', () => {
  it.each([
    ['a wrong token', 4004, { token: 'wrong' }],
    ['an unknown intent bit', 4013, { intents: 1 << 30 }],
    ['intents that are no number', 4013, { intents: 'all' }],
    ['a privileged intent that was not allowed', 4014, { intents: GUILDS | GatewayIntentBits.MessageContent }],
    ['a shard beyond the count', 4010, { shard: [2, 2] }],
    ['fields of the wrong type', 4001, { properties: 'none' }],
  ])('with %s closes with %i', async (_what, code, wrong) => {
    const { connect, application } = await stage();
    const client = connect();
    await client.op(GatewayOpcodes.Hello);
    client.send(GatewayOpcodes.Identify, { token: application.token, intents: GUILDS, properties: {}, ...wrong });
    expect((await client.closed).code).toBe(code);
  });

  it('with a privileged intent that was allowed is fine, and READY says so in the flags', async () => {
    const { connect, application } = await stage({ privilegedIntents: GatewayIntentBits.MessageContent });
    const ready = await connect().identify(application.token, { intents: GUILDS | GatewayIntentBits.MessageContent });
    expect(ready['application']).toEqual({ id: application.id, flags: 1 << 19 });
  });

  it('twice on one connection closes with 4005', async () => {
    const { connect, application } = await stage();
    const client = connect();
    await client.identify(application.token);
    client.send(GatewayOpcodes.Identify, { token: application.token, intents: GUILDS, properties: {} });
    expect((await client.closed).code).toBe(4005);
  });

  it('within five seconds of another is answered by op 9, after them by READY', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const { connect, application } = await stage();
      await connect().identify(application.token);
      const second = connect();
      await second.op(GatewayOpcodes.Hello);
      const identify = { token: application.token, intents: GUILDS, properties: {} };
      second.send(GatewayOpcodes.Identify, identify);
      expect((await second.op(GatewayOpcodes.InvalidSession)).d).toBe(false);
      vi.setSystemTime(Date.now() + 5_001);
      second.send(GatewayOpcodes.Identify, identify);
      await second.event('READY');
    } finally {
      vi.useRealTimers();
    }
  });

  it('is counted in the session start limit, and refused when none is left', async () => {
    const { connect, application, gateway } = await stage({ identifyWindowMs: 0, sessionStarts: 1 });
    expect(gateway.starts.limit(application.id)).toMatchObject({ total: 1, remaining: 1, max_concurrency: 1 });
    const first = connect();
    await first.identify(application.token);
    expect(gateway.starts.limit(application.id).remaining).toBe(0);
    const second = connect();
    await second.op(GatewayOpcodes.Hello);
    second.send(GatewayOpcodes.Identify, { token: application.token, intents: GUILDS, properties: {} });
    expect((await second.closed).code).toBe(4004);
    expect((await first.closed).code).toBe(4004);
    expect(gateway.sessions).toEqual([]);
  });

  it.each([
    [50, false],
    [52, true],
  ])('with large_threshold %i is told of all 52 members: %s', async (large_threshold, all) => {
    const { connect, application, world, guild } = await stage({ privilegedIntents: GatewayIntentBits.GuildPresences });
    for (let more = 0; more < 50; more++) world.addMember(guild.id, world.addUser(`member-${more}`).id);
    const client = connect();
    await client.identify(application.token, { intents: GUILDS | GatewayIntentBits.GuildPresences, large_threshold });
    const { members, large } = (await client.event('GUILD_CREATE')).d;
    expect([large, members]).toEqual([!all, expect.objectContaining({ length: all ? 52 : 1 })]);
  });
});

describe('a connection', () => {
  it.each([
    ['another version', 4012, '?v=9&encoding=json'],
    ['no version', 4012, ''],
    ['ETF', 4002, '?v=10&encoding=etf'],
  ])('that asks for %s closes with %i', async (_what, code, query) => {
    const { connect, gateway } = await stage();
    expect((await connect(query).closed).code).toBe(code);
    expect(gateway.problems).toEqual([expect.stringContaining(`closed with ${code} (`)]);
  });

  it.each([
    ['no JSON', 4002, 'hello'],
    ['JSON without an opcode', 4002, '{"d":1}'],
    ['a list', 4002, '[]'],
    ['null', 4002, 'null'],
    ['bytes', 4002, Buffer.from([131, 104, 2])],
    ['more than 4,096 bytes', 4002, JSON.stringify({ op: 1, d: null, filler: 'x'.repeat(4_096) })],
    ['an unknown opcode', 4001, '{"op":99,"d":null}'],
    ['an opcode that only servers send', 4001, '{"op":10,"d":null}'],
    ['a name of the prototype for an opcode', 4002, '{"op":"constructor","d":null}'],
    ['a heartbeat that says nothing of a sequence', 4001, '{"op":1,"d":"7"}'],
    ['op 4 before it identified', 4003, '{"op":4,"d":{"guild_id":"1","channel_id":null}}'],
  ])('that sends %s closes with %i', async (_what, code, data) => {
    const { connect, gateway } = await stage();
    const client = connect();
    await client.op(GatewayOpcodes.Hello);
    client.raw(data);
    expect((await client.closed).code).toBe(code);
    expect(gateway.problems).toEqual([expect.stringContaining(`closed with ${code} (`)]);
  });

  it('survives whatever it is sent: it answers, ignores or closes, and never breaks', async () => {
    const { connect, application, gateway, guild } = await stage({ identifyWindowMs: 0, sessionStarts: Infinity });
    const known = fc.constantFrom(guild.id, application.id, application.token, 0, null, '', -1, []);
    const names = fc.constantFrom(
      'guild_id',
      'channel_id',
      'user_ids',
      'query',
      'token',
      'session_id',
      'seq',
      'intents',
    );
    const d = fc.oneof(fc.jsonValue(), fc.dictionary(names, known));
    const op = fc.constantFrom(1, 2, 3, 4, 6, 8, 31, 40, 1e300);
    await fc.assert(
      fc.asyncProperty(op, d, async (op, d) => {
        const client = connect();
        await client.identify(application.token);
        client.send(op, d);
        const closed = client.closed.then(({ code }) => code);
        const code = await Promise.race([
          closed,
          client.settle().then(
            () => null,
            () => closed,
          ),
        ]);
        expect(code === null || (code >= 4001 && code <= 4014)).toBe(true);
        client.cut();
      }),
      { numRuns: 100 },
    );
    // Its own errors would be problems of another kind.
    expect(gateway.problems.filter((problem) => !/^gateway: closed with 40\d\d /.test(problem))).toEqual([]);
  });

  it.each(['//', '///', '/\\', 'http://['])('may ask for %s, and closes with 4012', async (target) => {
    const { gateway, connect } = await stage();
    const { socket, got } = await dial(gateway);
    socket.write(`GET ${target} HTTP/1.1\r\n${UPGRADE}`);
    expect(await got((bytes) => bytes.includes(Buffer.from([0x0f, 0xac])))).toContain('101 Switching Protocols');
    await connect().op(GatewayOpcodes.Hello);
  });

  it.each([
    ['nothing at all', ''],
    ['half a request line', 'GET /?v='],
    ['another version, and never answers the close', `GET /?v=9 HTTP/1.1\r\n${UPGRADE}`],
  ])('does not hold up the end when it sends %s', async (_what, text) => {
    const { gateway } = await stage();
    const { socket, closed, got } = await dial(gateway);
    socket.write(text);
    if (text.endsWith('\r\n\r\n')) await got((bytes) => bytes.includes(Buffer.from([0x0f, 0xac])));
    await gateway.close();
    await closed;
  });

  it('may send 120 payloads in 60 s, and closes with 4008 at one more', async () => {
    const { connect, application } = await stage();
    const client = connect();
    await client.identify(application.token);
    for (let sent = 1; sent < 119; sent++) client.send(GatewayOpcodes.RequestSoundboardSounds, { guild_ids: [] });
    await client.settle();
    client.send(GatewayOpcodes.RequestSoundboardSounds, { guild_ids: [] });
    expect((await client.closed).code).toBe(4008);
  });

  it('that asks for soundboards is told of each guild that it is in', async () => {
    const { connect, application, guild } = await stage();
    const client = connect();
    await client.identify(application.token);
    client.send(GatewayOpcodes.RequestSoundboardSounds, { guild_ids: ['1', guild.id] });
    expect((await client.event('SOUNDBOARD_SOUNDS')).d).toEqual({ guild_id: guild.id, soundboard_sounds: [] });
    await client.settle();
    expect(client.events.filter((name) => name === 'SOUNDBOARD_SOUNDS')).toHaveLength(1);
  });

  it('may send more when the window is over', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const { connect } = await stage({ sendLimit: { count: 2, windowMs: 60_000 } });
      const client = connect();
      await client.op(GatewayOpcodes.Hello);
      await client.settle();
      await client.settle();
      vi.advanceTimersByTime(60_000);
      await client.settle();
      await client.settle();
      client.send(GatewayOpcodes.Heartbeat, null);
      expect((await client.closed).code).toBe(4008);
    } finally {
      vi.useRealTimers();
    }
  });

  it('stays while heartbeats come, and closes with 4009 when one is half an interval late', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { connect, application } = await stage({ heartbeatIntervalMs: 1_000 });
      const client = connect();
      expect((await client.op(GatewayOpcodes.Hello)).d).toEqual({ heartbeat_interval: 1_000 });
      await client.identify(application.token);
      for (let beat = 0; beat < 3; beat++) {
        vi.advanceTimersByTime(1_499);
        await client.settle();
      }
      vi.advanceTimersByTime(1_501);
      expect((await client.closed).code).toBe(4009);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is asked for a heartbeat when the server wants one', async () => {
    const { connect, application, gateway } = await stage();
    const client = connect();
    await client.identify(application.token);
    gateway.askForHeartbeat();
    await client.op(GatewayOpcodes.Heartbeat);
  });
});
