import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface MediaServer {
  /** Every request that arrived: `/path` and the Range header. */
  readonly requests: readonly {
    readonly path: string;
    readonly range: string | undefined;
    readonly headers: IncomingMessage['headers'];
  }[];
  url(path: string): URL;
  close(): Promise<void>;
}

type Answer = Buffer | ((request: IncomingMessage, response: ServerResponse) => void);

/** A small web server on 127.0.0.1. Buffers are served with ranges; anything else is a handler. Unknown paths are 404. */
export async function startMediaServer(answers: Readonly<Record<string, Answer>>): Promise<MediaServer> {
  const requests: MediaServer['requests'][number][] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    requests.push({ path, range: request.headers.range, headers: request.headers });
    const answer = answers[path];
    if (answer === undefined) response.writeHead(404).end();
    else if (typeof answer === 'function') answer(request, response);
    else sendBytes(answer, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    requests,
    url: (path) => new URL(path, `http://127.0.0.1:${port}`),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers as a file server does, honouring `Range: bytes=a-b`. */
export function sendBytes(bytes: Buffer, request: IncomingMessage, response: ServerResponse): void {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  if (!range) {
    response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
    return;
  }
  const from = Number(range[1]);
  if (from >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    return;
  }
  const to = Math.min(range[2] ? Number(range[2]) : bytes.length - 1, bytes.length - 1);
  const headers = { 'content-range': `bytes ${from}-${to}/${bytes.length}`, 'content-length': to - from + 1 };
  response.writeHead(206, headers).end(bytes.subarray(from, to + 1));
}
