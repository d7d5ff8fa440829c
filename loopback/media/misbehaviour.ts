import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a row may use besides the request and the answer. */
export interface Stage {
  /** A good WebM/Opus file, whole. */
  readonly song: Buffer;
  /** Where a file of the host is. */
  readonly urlOf: (name: string) => string;
}

type Act = (request: IncomingMessage, response: ServerResponse, stage: Stage) => void;

const SLOW_BYTES_PER_SECOND = 4_096;
const BEFORE_THE_STALL = 65_536;

/** Everything that a bad host does, by path. */
export const MISBEHAVIOUR: Readonly<Record<string, Act>> = {
  '/empty.mp3': (_request, response) =>
    response.writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': 0 }).end(),
  '/page.mp3': (_request, response) =>
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<!doctype html><title>Sign in</title><p>Please sign in.</p>'),
  '/lying.mp3': (_request, response) =>
    response
      .writeHead(200, { 'content-type': 'audio/mpeg' })
      .end('<!doctype html><title>Sign in</title><p>Please sign in.</p>'),
  '/zero': (_request, response) => {
    response.writeHead(200, { 'content-type': 'audio/mpeg', 'transfer-encoding': 'chunked' }).flushHeaders();
    response.end();
  },
  '/redirect': (_request, response, { urlOf }) => response.writeHead(302, { location: urlOf('song.webm') }).end(),
  '/redirect-loop': (_request, response, { urlOf }) =>
    response.writeHead(302, { location: urlOf('redirect-loop') }).end(),
  '/404': (_request, response) => response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n'),
  '/403': (_request, response) => response.writeHead(403, { 'content-type': 'text/plain' }).end('Forbidden\n'),
  '/500': (_request, response) => response.writeHead(500, { 'content-type': 'text/plain' }).end('Server error\n'),
  '/slow': (request, response, { song }) => {
    response.writeHead(200, { 'content-type': 'audio/webm', 'content-length': song.length });
    if (request.method === 'HEAD') return void response.end();
    let sent = 0;
    const drip = setInterval(() => {
      response.write(song.subarray(sent, (sent += SLOW_BYTES_PER_SECOND / 4)));
      if (sent >= song.length) response.end();
    }, 250);
    response.once('close', () => clearInterval(drip));
  },
  '/stall': (request, response, { song }) => {
    response.writeHead(200, { 'content-type': 'audio/webm', 'content-length': song.length });
    if (request.method === 'HEAD') return void response.end();
    response.write(song.subarray(0, Math.min(BEFORE_THE_STALL, Math.floor(song.length / 2))));
  },
  '/silent': () => undefined,
  '/cut': (request, response, { song }) => {
    response.writeHead(200, { 'content-type': 'audio/webm', 'content-length': song.length });
    if (request.method === 'HEAD') return void response.end();
    response.write(song.subarray(0, Math.floor(song.length / 2)), () => response.destroy());
  },
};
