import { GatewayOpcodes } from 'discord-api-types/v10';
import { describe, expect, it, type TestContext } from 'vitest';
import type { FaultName } from '../../loopback/faults.ts';
import { RawClient } from './gateway-client.ts';
import { signallingScene, type SignallingScene } from './signalling-scene.ts';

/** The events of a join, as op 4 brings them about. */
async function joined({ gateway, ask }: SignallingScene): Promise<string[]> {
  const before = gateway.events.length;
  ask('Lounge');
  await gateway.settle();
  return gateway.events.slice(before);
}

const [STATE, SERVER] = ['VOICE_STATE_UPDATE', 'VOICE_SERVER_UPDATE'];

describe('an event of a join', () => {
  it.for<readonly [FaultName, Readonly<Record<string, unknown>>, readonly string[]]>([
    ['swallow-event', { what: 'voice-state' }, [SERVER]],
    ['swallow-event', { what: 'voice-server' }, [STATE]],
    ['double-event', { what: 'voice-state' }, [STATE, STATE, SERVER]],
    ['double-event', { what: 'voice-server' }, [STATE, SERVER, SERVER]],
    ['delay-event', { what: 'voice-state', ms: 600_000 }, [SERVER]],
    ['delay-event', { what: 'voice-server', ms: 600_000 }, [STATE]],
    ['garble-event', { what: 'voice-state', how: 'no-data' }, [STATE, SERVER]],
  ])('%s %j', async ([name, params, events], test) => {
    const scene = await signallingScene(test);
    const fault = scene.loopback.faults.throwByName(name, { ...params, guildId: scene.loopback.guild.id });
    expect(await joined(scene)).toEqual(events);
    fault?.lift();
    expect(await joined(scene)).toEqual([STATE, SERVER]);
  });

  it('that is delayed is overtaken, and numbered when it comes', async (test) => {
    const scene = await signallingScene(test);
    scene.loopback.faults.throw('delay-event', { what: 'voice-state', ms: 30, times: 1 });
    const [server] = await joined(scene);
    const state = await scene.gateway.event(STATE ?? '');
    expect(server).toBe(SERVER);
    expect(state.s).toBe(Math.max(...scene.gateway.received.map(({ s }) => s ?? 0)));
  });

  it.for([
    ['no-data', null],
    ['empty', {}],
    ['wrong-types', { endpoint: expect.any(Number), guild_id: expect.any(Number), token: 32 }],
  ] as const)('garble-event with %s', async ([how, d], test) => {
    const scene = await signallingScene(test);
    scene.loopback.faults.throw('garble-event', { what: 'voice-server', how });
    await joined(scene);
    expect(scene.gateway.received.at(-2)).toMatchObject({ t: SERVER, d });
  });

  it('of other people, and of other guilds, is left alone', async (test) => {
    const scene = await signallingScene(test);
    const other = scene.loopback.addGuild('Other');
    for (const what of ['voice-state', 'voice-server'] as const) {
      scene.loopback.faults.throw('swallow-event', { what, guildId: other.id });
    }
    scene.loopback.user('ada', other).join('Lounge');
    await scene.gateway.event(STATE ?? '');
    expect(await joined(scene)).toEqual([STATE, SERVER]);
  });

  it.for([
    ['unresolvable-voice-server', {}, /^[a-z-]+\.invalid:443$/],
    ['nonsense-voice-server', {}, /^http:/],
    ['nonsense-voice-server', { endpoint: '' }, /^$/],
  ] as const)('%s %j names it in VOICE_SERVER_UPDATE', async ([name, params, endpoint], test) => {
    const scene = await signallingScene(test);
    const { loopback, gateway } = scene;
    loopback.faults.throw(name, { ...params, times: 1, guildId: loopback.guild.id });
    for (const _ of [1, 2]) await joined(scene);
    const named = gateway.received.filter(({ t }) => t === SERVER).map(({ d }) => d['endpoint']);
    expect(named).toEqual([expect.stringMatching(endpoint), loopback.voice.endpoint]);
  });
});

describe('the main gateway', () => {
  const identify = async ({ loopback }: SignallingScene, test: TestContext): Promise<RawClient> => {
    const client = new RawClient(loopback.gateway.url);
    test.onTestFinished(() => client.cut());
    await client.op(GatewayOpcodes.Hello);
    client.send(GatewayOpcodes.Identify, { token: loopback.application.token, intents: 1, properties: {} });
    return client;
  };

  it.for([4004, 4014])(
    'refuse-gateway closes with %d, and so does every identify and resume after it',
    async (code, test) => {
      const scene = await signallingScene(test);
      const { loopback, gateway } = scene;
      const refused = loopback.faults.throw('refuse-gateway', { code });
      expect((await gateway.closed).code).toBe(code);
      expect((await (await identify(scene, test)).closed).code).toBe(code);
      const resuming = new RawClient(loopback.gateway.url);
      await resuming.resume(loopback.application.token, 'any', 1);
      expect((await resuming.closed).code).toBe(code);
      refused.lift();
      await (await identify(scene, test)).event('READY');
    },
  );

  it('slow-identify puts READY off, and forgets it when the client has gone', async (test) => {
    const scene = await signallingScene(test);
    const slow = scene.loopback.faults.throw('slow-identify', { ms: 60 });
    const gone = await identify(scene, test);
    gone.close(1000);
    await gone.closed;
    const from = performance.now();
    await (await identify(scene, test)).event('READY');
    expect(performance.now() - from).toBeGreaterThan(50);
    expect(scene.loopback.gateway.sessions).toHaveLength(2);
    slow.lift();
    await (await identify(scene, test)).event('READY');
  });

  it('swallow-event resumed lets a client resume, and does not say so', async (test) => {
    const { loopback, gateway } = await signallingScene(test);
    const session = (await gateway.event('READY')).d['session_id'];
    loopback.faults.throw('swallow-event', { what: 'resumed', times: 1 });
    loopback.faults.throw('drop-gateway', {});
    await gateway.closed;
    for (const told of [[], ['RESUMED']]) {
      const again = new RawClient(loopback.gateway.url);
      test.onTestFinished(() => again.cut());
      await again.resume(loopback.application.token, session, gateway.received.at(-1)?.s ?? 0);
      await again.settle();
      expect(again.events.filter((name) => name === 'RESUMED')).toEqual(told);
      again.cut();
      await again.closed;
    }
  });
});
