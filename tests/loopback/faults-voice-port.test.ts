import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Loopback } from '../../loopback/index.ts';
import { signallingScene, LAST } from './signalling-scene.ts';

/** A TCP connection to the voice gateway that its server has taken, and with it all that were made before. */
async function taken(loopback: Loopback): Promise<Socket> {
  const [host, port] = loopback.voice.endpoint.split(':');
  const socket = connect(Number(port), host);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  // The server is in this process: it has its turn in the next rounds of the event loop.
  for (const _ of [1, 2, 3]) await setImmediate();
  return socket;
}

/** Listening again takes the port a moment. */
async function knocked(knock: () => Promise<string>, what: string): Promise<void> {
  await expect.poll(knock, { timeout: 20_000 }).toBe(what);
}

describe('the port of the voice gateway', () => {
  it.for([
    ['refuse-voice-port', {}, 'ECONNREFUSED'],
    ['reset-voice-port', {}, 'ECONNRESET'],
    ['untrusted-voice-port', {}, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['http-voice-port', { status: 502 }, 'Unexpected server response: 502'],
  ] as const)(
    '%s: new connections fail, those that are open live on, and lifting ends it',
    async ([name, params, met], test) => {
      const { loopback, knock, join, ticket } = await signallingScene(test);
      const wire = await join(await ticket());
      await wire.read(LAST);
      const fault = loopback.faults.throw(name, params);
      expect(await knock()).toBe(met);
      expect(await knock()).toBe(met);
      expect(loopback.voice.sessions()).toMatchObject([{ status: 'connected' }]);
      fault.lift();
      fault.lift();
      await knocked(knock, 'open');
    },
  );

  it('silent-voice-port takes connections and says nothing until they are cut when it is lifted', async (test) => {
    const { loopback, knock } = await signallingScene(test);
    const fault = loopback.faults.throw('silent-voice-port', {});
    const silent = await taken(loopback);
    const heard: Buffer[] = [];
    silent.on('data', (bytes) => heard.push(bytes));
    silent.write('is anybody there?');
    const cut = new Promise((resolve) => void silent.once('close', resolve));
    fault.lift();
    await cut;
    expect(heard).toEqual([]);
    expect(await knock()).toBe('open');
  });

  it('slow-voice-port takes its time for the handshake', async (test) => {
    const { loopback, knock } = await signallingScene(test);
    loopback.faults.throw('slow-voice-port', { ms: 120 });
    const from = performance.now();
    expect(await knock()).toBe('open');
    expect(performance.now() - from).toBeGreaterThan(110);
    const slower = loopback.faults.throw('slow-voice-port', { ms: 600_000 });
    const knocking = knock();
    await taken(loopback);
    slower.lift();
    expect(await knocking).toBe('open');
  });

  it('of faults that contradict each other the newer counts, in whatever order they are lifted', async (test) => {
    const { loopback, knock } = await signallingScene(test);
    const refused = loopback.faults.throw('refuse-voice-port', {});
    const answered = loopback.faults.throw('http-voice-port', { status: 503 });
    await knocked(knock, 'Unexpected server response: 503');
    refused.lift();
    expect(await knock()).toBe('Unexpected server response: 503');
    loopback.faults.throw('refuse-voice-port', {});
    expect(await knock()).toBe('ECONNREFUSED');
    answered.lift();
    expect(await knock()).toBe('ECONNREFUSED');
    await loopback.close();
    expect(await knock()).toBe('ECONNREFUSED');
  });
});

describe('voice-outage', () => {
  it('cuts everybody, refuses everybody, and lets everybody resume when it is over', async (test) => {
    const scene = await signallingScene(test);
    const { loopback, ticket, join, resume, knock } = scene;
    const guilds = [loopback.guild, ...Array.from({ length: 9 }, (_, index) => loopback.addGuild(`Guild ${index}`))];
    const tickets = await Promise.all(guilds.map((guild) => ticket(guild)));
    const wires = await Promise.all(tickets.map(join));
    await Promise.all(wires.map((wire) => wire.read(LAST)));
    const outage = loopback.faults.throw('voice-outage', {});
    expect(await Promise.all(wires.map(({ closed }) => closed))).toEqual(Array(10).fill(1006));
    expect(await knock()).toBe('ECONNREFUSED');
    outage.lift();
    await knocked(knock, 'open');
    const again = await Promise.all(tickets.map(resume));
    await Promise.all(again.map((wire) => wire.read(LAST)));
    expect(loopback.voice.sessions().map(({ status }) => status)).toEqual(Array(10).fill('connected'));
  });

  it('with a code closes whoever identifies or resumes', async (test) => {
    const { loopback, ticket, join, resume } = await signallingScene(test);
    const mine = await ticket();
    await (await join(mine)).read(LAST);
    const outage = loopback.faults.throw('voice-outage', { code: 1011 });
    for (const attempt of [resume, join]) expect(await (await attempt(mine)).closed).toBe(1011);
    outage.lift();
    await (await resume(mine)).read(LAST);
  });
});
