import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A server on a free port of 127.0.0.1 until the test is over. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Stands before a server, and keeps what clients say to it: the bodies and nothing else. */
export async function recordBefore(target: string): Promise<{ readonly url: string; said(): string }> {
  const said: Buffer[] = [];
  const url = await serve((incoming, response) => {
    const { pathname, search } = new URL(incoming.url ?? '/', 'http://127.0.0.1');
    const onward = request(new URL(pathname + search, target), { method: incoming.method, headers: incoming.headers });
    incoming.on('data', (chunk: Buffer) => said.push(chunk));
    incoming.pipe(onward);
    onward.on('error', () => response.destroy());
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
  });
  return { url: url + new URL(target).pathname, said: () => Buffer.concat(said).toString() };
}

/** Takes whatever is posted to it. */
export async function takePosts(): Promise<{ readonly url: string; taken(): string }> {
  const taken: Buffer[] = [];
  const url = await serve((incoming, response) => {
    incoming.on('data', (chunk: Buffer) => taken.push(chunk));
    incoming.on('end', () => response.writeHead(204).end());
  });
  return { url, taken: () => Buffer.concat(taken).toString() };
}
