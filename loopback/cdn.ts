import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseRange } from './media/byte-range.ts';
import { contentTypeOf, type Uploads } from './world/uploads.ts';

/** Where files that people and bots sent are fetched from, as it runs. */
export interface Cdn {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves what was uploaded on a free port of 127.0.0.1, and from now on links lead there. */
export async function startCdn(uploads: Uploads): Promise<Cdn> {
  const server = createServer((request, response) => {
    response.on('error', () => response.destroy());
    answer(uploads, request, response);
  });
  server.on('clientError', (_, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  uploads.origin = url;
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(uploads: Uploads, request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405).end();
  const link = new URL(request.url ?? '/', 'http://127.0.0.1');
  const file = uploads.read(link);
  // A link that has expired, or was never signed, is answered like one to nothing.
  if (file === null)
    return void response.writeHead(404, { 'content-type': 'text/plain' }).end('This content is no longer available.');
  const range = parseRange(request.headers.range, file.length);
  if (range.kind === 'unsatisfiable')
    return void response.writeHead(416, { 'content-range': `bytes */${file.length}` }).end();
  const [first, last] = range.kind === 'part' ? [range.first, range.last] : [0, file.length - 1];
  response.writeHead(range.kind === 'part' ? 206 : 200, {
    'accept-ranges': 'bytes',
    'content-type': contentTypeOf(link.pathname) ?? 'application/octet-stream',
    'content-length': last - first + 1,
    ...(range.kind === 'part' && { 'content-range': `bytes ${first}-${last}/${file.length}` }),
  });
  response.end(request.method === 'HEAD' ? undefined : file.subarray(first, last + 1));
}
