import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ADA, BOB, scene } from './voice-client.ts';
import { Dialed, described, identity } from './voice-dial.ts';

const BINARY_OPS = [26, 28];

it('survives any text, any binary message and any datagram, and serves the next client', async (test) => {
  const here = await scene(test);
  here.people(ADA, BOB);
  const frame = fc.oneof(
    fc.json(),
    fc.string(),
    fc.record({ op: fc.integer({ min: -1, max: 40 }), d: fc.jsonValue() }).map((message) => JSON.stringify(message)),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(fc.constantFrom(...BINARY_OPS), fc.uint8Array({ maxLength: 300 }))
      .map(([op, rest]) => Buffer.from([op, ...rest])),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.array(frame, { maxLength: 5 }),
      fc.uint8Array({ maxLength: 100 }),
      async (late, frames, bytes) => {
        const client = late ? (await described(here, test)).client : await Dialed.to(here, test);
        for (const one of frames) client.raw(one);
        if (late) (await described(here, test)).send(Buffer.from(bytes));
        client.cut();
        await client.closed;
      },
    ),
    { numRuns: 60 },
  );
  await described(here, test);
  expect(here.voice.sessions()).toHaveLength(1);
});

it('survives a message that is too long, and what is no websocket frame', async (test) => {
  const here = await scene(test);
  const long = await Dialed.to(here, test);
  long.raw(Buffer.alloc(100_000));
  expect(await long.closed).toBe(1009);

  const [host, port] = here.voice.endpoint.split(':');
  const broken = connectSecurely({ host, port: Number(port) });
  const upgrade = [
    'GET /?v=8 HTTP/1.1',
    `Host: ${host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
  ];
  broken.write([...upgrade, `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`, '', ''].join('\r\n'));
  await once(broken, 'data');
  broken.write(Buffer.alloc(50, 0xff));
  await once(broken, 'close');

  const healthy = await Dialed.to(here, test);
  healthy.send(0, identity(here));
  await healthy.heard(2);
});

it('survives clients that speak no TLS', async (test) => {
  const here = await scene(test);
  const [host, port] = here.voice.endpoint.split(':');
  const socket = connect(Number(port), host);
  socket.on('error', () => undefined);
  socket.end('GET /?v=8 HTTP/1.1\r\n\r\n');
  await once(socket, 'close');
  await described(here, test);
});
