import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { until } from '../../loopback/until.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { Webhook } from '../../src/telemetry/webhook.ts';

afterEach(() => void vi.useRealTimers());

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

async function hook(answer: Answer = (response) => void response.writeHead(204).end()) {
  const bodies: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    void request.toArray().then((chunks) => {
      bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
      answer(response, request);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const lines: string[] = [];
  const log = createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const { port } = server.address() as AddressInfo;
  const webhook = new Webhook(new URL(`http://127.0.0.1:${port}/services/CANARY?key=CANARY`), log);
  onTestFinished(() => {
    webhook.close();
    server.close();
    server.closeAllConnections();
  });
  return { webhook, server, bodies, lines };
}

it('posts a line as Discord takes it, and mentions nobody', async () => {
  const { webhook, bodies, lines } = await hook();
  webhook.say('voice fails @everyone');
  await until('a request', () => bodies.length === 1, 10_000);
  expect(bodies).toEqual([{ content: 'voice fails @everyone', allowed_mentions: { parse: [] } }]);
  expect(lines).toEqual([]);
});

it('has one request under way at a time, and says then what was said meanwhile', async () => {
  const held: ServerResponse[] = [];
  const { webhook, bodies } = await hook((response) => void held.push(response));
  webhook.say('one');
  webhook.say('two');
  webhook.say('three');
  await until('a request', () => held.length === 1, 10_000);
  held[0]?.writeHead(204).end();
  await until('a request', () => held.length === 2, 10_000);
  held[1]?.writeHead(204).end();
  expect(bodies.map(({ content }) => content)).toEqual(['one', 'two\nthree']);
});

it('cuts what is longer than Discord takes', async () => {
  const { webhook, bodies } = await hook();
  webhook.say('x'.repeat(3_000));
  await until('a request', () => bodies.length === 1, 10_000);
  expect(bodies[0]?.['content']).toHaveLength(2_000);
});

it.each<[string, Answer, string]>([
  ['an error', (response) => void response.writeHead(500).end(), 'answered 500'],
  ['a redirect', (response) => void response.writeHead(307, { location: '/services/CANARY' }).end(), 'fetch failed'],
  ['a lost connection', (response) => void response.destroy(), 'fetch failed'],
])('logs %s, without the address, and goes on', async (_what, answer, said) => {
  let broken = true;
  const { webhook, bodies, lines } = await hook((response, request) => {
    if (broken) answer(response, request);
    else response.writeHead(204).end();
  });
  webhook.say('one');
  await until('a log line', () => lines.length === 1, 10_000);
  expect(lines[0]).toContain('an alert could not be posted');
  expect(lines[0]).toContain(said);
  expect(lines[0]).not.toContain('CANARY');
  expect(bodies).toHaveLength(1);
  broken = false;
  webhook.say('two');
  await until('a request', () => bodies.length === 2, 10_000);
});

it('waits five seconds for an answer, and no longer', async () => {
  const { webhook, bodies, lines } = await hook(() => undefined);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  webhook.say('one');
  await vi.advanceTimersByTimeAsync(4_999);
  expect(lines).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  vi.useRealTimers();
  await until('a log line', () => lines.length === 1, 10_000);
  expect(lines[0]).toContain('did not answer in time');
  expect(bodies.length).toBeLessThanOrEqual(1);
});

it('waits for nothing once it is closed', async () => {
  const { webhook, bodies, lines } = await hook(() => undefined);
  webhook.say('one');
  webhook.say('two');
  await until('a request', () => bodies.length === 1, 10_000);
  webhook.close();
  await until('a log line', () => lines.length === 1, 10_000);
  expect(bodies).toHaveLength(1);
});
