import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createLogger } from '../../src/telemetry/logger.ts';
import { MetricsServer } from '../../src/telemetry/metrics-server.ts';

const SOURCE = { contentType: 'text/plain; version=0.0.4; charset=utf-8', text: async () => 'up 1\n' };

async function serve(source = SOURCE, port = 0) {
  const lines: string[] = [];
  const log = createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } });
  const server = new MetricsServer(source, log);
  onTestFinished(() => server.close());
  const taken = await server.listen(port);
  return { server, port: taken, url: `http://127.0.0.1:${taken}`, lines };
}

it('answers GET /metrics in the format of Prometheus', async () => {
  const { url, lines } = await serve();
  const response = await fetch(`${url}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe(SOURCE.contentType);
  expect(await response.text()).toBe('up 1\n');
  expect(lines.join('')).toContain(`${url}/metrics`);
});

it.each([
  ['GET', '/', 404],
  ['GET', '/metrics/more', 404],
  ['GET', '/metrics?name[]=up', 200],
  ['POST', '/metrics', 405],
  ['DELETE', '/metrics', 405],
])('answers %s %s with %i', async (method, path, status) => {
  const { url } = await serve();
  expect((await fetch(`${url}${path}`, { method })).status).toBe(status);
});

it('is there for this machine alone', async () => {
  const { port } = await serve();
  // Heard by a server that listens on all addresses, and by no machine but this one.
  const socket = connect(port ?? 0, '127.0.0.2');
  onTestFinished(() => void socket.destroy());
  const [error] = await once(socket, 'error');
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
});

it('says when the port is taken, and that is all', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { port, lines } = await serve(SOURCE, (other.address() as AddressInfo).port);
  expect(port).toBeNull();
  expect(lines).toEqual([expect.stringContaining('METRICS_PORT cannot be used')]);
  expect(lines[0]).toContain('EADDRINUSE');
});

it('cuts off who asks when nothing can be told, and answers the next one', async () => {
  let broken = true;
  const text = async () => (broken ? Promise.reject(new Error('no metrics')) : 'up 1\n');
  const { url, lines } = await serve({ ...SOURCE, text });
  await expect(fetch(`${url}/metrics`)).rejects.toThrow();
  expect(lines.at(-1)).toContain('no metrics');
  broken = false;
  expect(await (await fetch(`${url}/metrics`)).text()).toBe('up 1\n');
});

it('waits for nobody when it is closed', async () => {
  const { server, port } = await serve();
  const idle = connect(port ?? 0, '127.0.0.1');
  const closed = new Promise((resolve) => idle.once('close', resolve));
  // Cut off is what it is meant to be.
  idle.on('error', () => undefined);
  await once(idle, 'connect');
  idle.write('GET /metrics HTTP/1.1\r\n');
  server.close();
  await closed;
});
