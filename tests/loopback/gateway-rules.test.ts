import * as fc from 'fast-check';
import { GatewayIntentBits, GatewayOpcodes } from 'discord-api-types/v10';
import { describe, expect, it, vi } from 'vitest';
import { stage } from './gateway-fixture.ts';

const GUILDS = GatewayIntentBits.Guilds;

describe('identify', () => {
  it.each([
    ['a wrong token', 4004, { token: 'wrong' }],
    ['an unknown intent bit', 4013, { intents: 1 << 30 }],
    ['intents that are no number', 4013, { intents: 'all' }],
    ['a privileged intent that was not allowed', 4014, { intents: GUILDS | GatewayIntentBits.MessageContent }],
    ['a shard beyond the count', 4010, { shard: [2, 2] }],
    ['fields of the wrong type', 4002, { properties: 'none' }],
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
    await connect().identify(application.token);
    expect(gateway.starts.limit(application.id).remaining).toBe(0);
    const second = connect();
    await second.op(GatewayOpcodes.Hello);
    second.send(GatewayOpcodes.Identify, { token: application.token, intents: GUILDS, properties: {} });
    expect((await second.closed).code).toBe(4004);
  });
});

describe('a connection', () => {
  it.each([
    ['another version', 4012, '?v=9&encoding=json'],
    ['no version', 4012, ''],
    ['ETF', 4002, '?v=10&encoding=etf'],
  ])('that asks for %s closes with %i', async (_what, code, query) => {
    const { connect } = await stage();
    expect((await connect(query).closed).code).toBe(code);
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
    ['op 4 before it identified', 4003, '{"op":4,"d":{"guild_id":"1","channel_id":null}}'],
  ])('that sends %s closes with %i', async (_what, code, data) => {
    const { connect, gateway } = await stage();
    const client = connect();
    await client.op(GatewayOpcodes.Hello);
    client.raw(data);
    expect((await client.closed).code).toBe(code);
    expect(gateway.problems).toEqual([]);
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
    expect(gateway.problems).toEqual([]);
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
