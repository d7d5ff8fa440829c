import type { ServerResponse } from 'node:http';

type Act = (response: ServerResponse, inside: string) => void;

const DRIP_MS = 200;
const CHUNK = Buffer.alloc(64 * 1_024, ' ');

/** What a service does instead of answering, by name. */
export const MANNERS = {
  'too many requests': (response) =>
    response
      .writeHead(429, { 'content-type': 'application/json', 'retry-after': '30' })
      .end('{"code":429,"name":"TooManyRequests","message":"Too many requests"}'),
  'server error': (response) => response.writeHead(500, { 'content-type': 'text/plain' }).end('Internal Server Error'),
  'web page': (response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in to the hotel</title>'),
  'broken JSON': (response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end('[{"trackName": "Long'),
  'another shape': (response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"trackName": 7, "__proto__": {"a": 1}}'),
  'redirect inside': (response, inside) => response.writeHead(302, { location: inside }).end(),
  'cut off': (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000 });
    response.write('[', () => response.destroy());
  },
  /** Says nothing at all. */
  silent: () => undefined,
  /** Goes on for ever, slowly enough that no server notices. */
  drip: (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), DRIP_MS);
    response.once('close', () => clearInterval(timer));
  },
  /** Goes on for ever, as fast as it is read. */
  endless: (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const pour = () => {
      while (!response.destroyed && response.write(CHUNK));
      if (!response.destroyed) response.once('drain', pour);
    };
    pour();
  },
} as const satisfies Record<string, Act>;

export type ServiceManner = keyof typeof MANNERS;
