import { describe, expect, it } from 'vitest';
import type { FaultName } from '../../loopback/faults.ts';
import { LAST, signallingScene } from './signalling-scene.ts';
import { scene } from './voice-client.ts';
import { Dialed } from './voice-dial.ts';

/** Hello, ready, session description, two acknowledged heartbeats. */
const JOIN = [8, 2, 4, 6, 6];
/** Hello, resumed, two acknowledged heartbeats. */
const RESUME = [8, 9, 6, 6];

type Way = 'join' | 'resume';
type Row = readonly [name: FaultName, params: Readonly<Record<string, unknown>>, way: Way, ops: readonly unknown[]];

describe('a message of the voice gateway', () => {
  it.for<Row>([
    ['swallow-voice-message', { what: 'hello' }, 'join', [2, 4, 6, 6]],
    ['swallow-voice-message', { what: 'ready' }, 'join', [8, 4, 6, 6]],
    ['swallow-voice-message', { what: 'description' }, 'join', [8, 2, 6, 6]],
    ['swallow-voice-message', { what: 'heartbeat-ack', times: 1 }, 'join', [8, 2, 4, 6]],
    ['swallow-voice-message', { what: 'resumed' }, 'resume', [8, 6, 6]],
    ['double-voice-message', { what: 'hello' }, 'join', [8, 8, 2, 4, 6, 6]],
    ['double-voice-message', { what: 'ready' }, 'join', [8, 2, 2, 4, 6, 6]],
    ['double-voice-message', { what: 'description' }, 'join', [8, 2, 4, 4, 6, 6]],
    ['double-voice-message', { what: 'heartbeat-ack', times: 1 }, 'join', [8, 2, 4, 6, 6, 6]],
    ['double-voice-message', { what: 'resumed' }, 'resume', [8, 9, 9, 6, 6]],
    ['reorder-voice-message', { what: 'hello' }, 'join', [2, 8, 4, 6, 6]],
    ['reorder-voice-message', { what: 'ready' }, 'join', [8, 4, 2, 6, 6]],
    ['reorder-voice-message', { what: 'description' }, 'join', [8, 2, 6, 4, 6]],
    ['reorder-voice-message', { what: 'resumed' }, 'resume', [8, 6, 9, 6]],
    ['garble-voice-message', { what: 'hello', how: 'cut' }, 'join', [null, 2, 4, 6, 6]],
    ['garble-voice-message', { what: 'ready', how: 'scrambled' }, 'join', [8, null, 4, 6, 6]],
    ['garble-voice-message', { what: 'resumed', how: 'scrambled' }, 'resume', [8, null, 6, 6]],
  ])('%s %j in a %s', async ([name, params, way, ops], test) => {
    const scene = await signallingScene(test);
    const ticket = await scene.ticket();
    if (way === 'resume') await (await scene.join(ticket)).read(LAST);
    const fault = scene.loopback.faults.throwByName(name, params);
    const wire = await scene[way](ticket);
    await wire.read(LAST);
    expect(wire.ops).toEqual(ops);
    fault?.lift();
    const healthy = await scene[way](ticket);
    await healthy.read(LAST);
    expect(healthy.ops).toEqual(way === 'join' ? JOIN : RESUME);
  });

  it.for(['hello', 'ready', 'description', 'heartbeat-ack', 'resumed'] as const)(
    'delay-voice-message: %s comes late, and all that follows comes behind it',
    async (what, test) => {
      const { loopback, ticket, join, resume } = await signallingScene(test);
      const mine = await ticket();
      if (what === 'resumed') await (await join(mine)).read(LAST);
      loopback.faults.throw('delay-voice-message', { what, ms: 60, times: 1 });
      const from = performance.now();
      const wire = await (what === 'resumed' ? resume : join)(mine);
      await wire.read(LAST);
      expect(performance.now() - from).toBeGreaterThan(55);
      expect(wire.ops).toEqual(what === 'resumed' ? RESUME : JOIN);
    },
  );

  it('that never came excuses the client that could not know better', async (test) => {
    const here = await scene(test, { heartbeatIntervalMs: 20 });
    const lift = here.voice.faults.silence('hello');
    expect(await (await Dialed.to(here, test)).closed).toBe(4009);
    expect(here.voice.problems()).toEqual([]);
    lift();
    expect(await (await Dialed.to(here, test)).closed).toBe(4009);
    expect(here.voice.problems()).toEqual([expect.stringContaining('no heartbeat for too long')]);
  });

  it('that is delayed never comes when the connection ends first', async (test) => {
    const { loopback, ticket, join } = await signallingScene(test);
    loopback.faults.throw('delay-voice-message', { what: 'description', ms: 600_000 });
    const wire = await join(await ticket());
    await wire.read('"op":2');
    loopback.faults.throw('close-voice', { guildId: loopback.guild.id, code: 4006 });
    expect(await wire.closed).toBe(4006);
    expect(wire.ops).toEqual([8, 2]);
  });

  it.for([
    ['hello', 'no-data', '{"op":8,"d":null}'],
    ['ready', 'empty', '{"op":2,"d":{}}'],
    ['description', 'wrong-types', '"secret_key":{"length":32}'],
    ['description', 'wrong-types', '"dave_protocol_version":"0"'],
    ['ready', 'wrong-types', '"ip":9'],
  ] as const)('garble-voice-message: %s with %s is %s', async ([what, how, text], test) => {
    const { loopback, ticket, join } = await signallingScene(test);
    loopback.faults.throw('garble-voice-message', { what, how });
    const wire = await join(await ticket());
    await wire.read(LAST);
    expect(wire.texts.join('\n')).toContain(text);
  });

  it('is met in one guild only when one is named, which hello cannot be', async (test) => {
    const { loopback, ticket, join } = await signallingScene(test);
    const other = loopback.addGuild('Other');
    loopback.faults.throw('swallow-voice-message', { what: 'ready', guildId: other.id });
    const [here, there] = [await join(await ticket()), await join(await ticket(other))];
    await Promise.all([here.read(LAST), there.read(LAST)]);
    expect([here.ops, there.ops]).toEqual([JOIN, [8, 4, 6, 6]]);
    const impossible = { what: 'hello', guildId: other.id } as const;
    expect(() => loopback.faults.throw('swallow-voice-message', impossible)).toThrow(/before anybody knows/);
  });

  it.for([
    [0, '{"v":8,"heartbeat_interval":0}'],
    [-1, '{"v":8,"heartbeat_interval":-1}'],
    [1e15, '{"v":8,"heartbeat_interval":1000000000000000}'],
    [null, '{"v":8}'],
  ] as const)('voice-heartbeat-interval: %s is asked for', async ([ms, hello], test) => {
    const { loopback, dial } = await signallingScene(test);
    loopback.faults.throw('voice-heartbeat-interval', { ms });
    expect(await (await dial()).read('"op":8')).toContain(hello);
  });

  it('unknown-voice-fields adds to every message what nobody knows', async (test) => {
    const { loopback, ticket, join } = await signallingScene(test);
    loopback.faults.throw('unknown-voice-fields', { guildId: loopback.guild.id });
    const wire = await join(await ticket());
    await wire.read(LAST);
    expect(wire.ops).toEqual(JOIN);
    const extended = wire.texts.map((text) => text.split('"unheard_of"').length - 1);
    expect(extended).toEqual([0, 2, 2, 2, 2]);
  });

  it('unknown-voice-opcodes, flood-voice and huge-voice-message send what a client need not understand', async (test) => {
    const { loopback, ticket, join } = await signallingScene(test);
    const wire = await join(await ticket());
    const { guild, faults } = loopback;
    await wire.read(LAST);
    const rows = [
      ['unknown-voice-opcodes', { guildId: guild.id }],
      ['flood-voice', { guildId: guild.id, count: 1_000 }],
      ['huge-voice-message', { guildId: guild.id, bytes: 2 << 20 }],
    ] as const;
    for (const [name, params] of rows) faults.throw(name, params);
    await wire.read('xxx');
    const { ops, texts } = wire;
    expect(ops.slice(JOIN.length, JOIN.length + 5)).toEqual([-1, 0, 1, 3, 7]);
    expect(ops.filter((op) => op === 5)).toHaveLength(1_000);
    expect(texts.at(-1)).toHaveLength(2 << 20);
    faults.throw('kick', { guildId: guild.id });
    await wire.closed;
    for (const [name, params] of rows) expect(() => faults.throw(name, params)).toThrow(/no voice connection/);
  });
});

describe('a voice websocket is closed', () => {
  it.for<readonly [FaultName, Way, readonly number[]]>([
    ['close-voice-at-hello', 'join', [8]],
    ['close-voice-after-ready', 'join', [8, 2]],
    ['close-voice-at-select-protocol', 'join', [8, 2]],
    ['close-voice-after-description', 'join', [8, 2, 4]],
    ['close-voice-at-heartbeat', 'join', [8, 2, 4]],
    ['close-voice-after-resume', 'resume', [8, 9]],
    ['refuse-voice', 'join', [8]],
    ['refuse-voice-resume', 'resume', [8]],
  ])('by %s as often as asked', async ([name, way, ops], test) => {
    const scene = await signallingScene(test);
    const ticket = await scene.ticket();
    if (way === 'resume') await (await scene.join(ticket)).read(LAST);
    scene.loopback.faults.throwByName(name, { code: 4015, times: 2 });
    for (const _ of [1, 2]) {
      const wire = await scene[way](ticket);
      expect(await wire.closed).toBe(4015);
      expect(wire.ops).toEqual(ops);
    }
    await (await scene[way](ticket)).read(LAST);
  });

  it('with 1006 when it is cut without a close frame', async (test) => {
    const { loopback, ticket, join } = await signallingScene(test);
    loopback.faults.throw('close-voice-after-ready', { code: 1006 });
    expect(await (await join(await ticket())).closed).toBe(1006);
  });

  it('in one guild only when one is named', async (test) => {
    const { loopback, ticket, join } = await signallingScene(test);
    const other = loopback.addGuild('Other');
    loopback.faults.throw('refuse-voice', { code: 4009, guildId: other.id });
    loopback.faults.throw('close-voice-after-ready', { code: 4006, guildId: other.id });
    await (await join(await ticket())).read(LAST);
    expect(await (await join(await ticket(other))).closed).toBe(4009);
  });

  it('by limit-voice-identifies when there are too many', async (test) => {
    const { loopback, ticket, join } = await signallingScene(test);
    const [mine, other] = [await ticket(), loopback.addGuild('Other')];
    const limit = loopback.faults.throw('limit-voice-identifies', { count: 1 });
    await (await join(mine)).read(LAST);
    expect(await (await join(mine)).closed).toBe(4021);
    await (await join(await ticket(other))).read(LAST);
    limit.lift();
    await (await join(mine)).read(LAST);
  });
});
