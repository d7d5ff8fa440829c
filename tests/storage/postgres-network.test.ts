import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openWith } from './fixtures/postgres-store.ts';

let server: Server;
let answer = '';
beforeEach(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => socket.write(answer, 'latin1'));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(() => void server.close());

const READY = 'R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I';

it.each([
  ['nothing', '', 'it does not answer. Is it PostgreSQL that listens there?'],
  ['the banner of SSH', 'SSH-2.0-OpenSSH_9.9\r\n', 'it does not answer'],
  ['HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'it does not answer'],
  ['a way to authenticate that nobody knows', 'R\0\0\0\x08\0\0\0\x63', 'what it answers is not understood'],
  ['a message of two gigabytes', 'D\x7f\xff\xff\xff\0\0', 'it does not answer'],
  ['a message of no length', 'R\0\0\0\0\0\0\0\0\0\0\0\0', 'received invalid response'],
  ['a row that is cut off', `${READY}T\0\0\0\x06\0\x01D\0\0\0\x06\0\x01`, 'cannot be used'],
  ['a row without columns', `${READY}T\0\0\0\x06\0\0D\0\0\0\x06\0\0C\0\0\0\x05\0Z\0\0\0\x05I`, 'cannot be used'],
  ['an error that says nothing', 'E\0\0\0\x05\0', 'it gave no reason'],
])('rejects, and the process lives, when what listens answers %s', async (_what, bytes, told) => {
  answer = bytes;
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const opening = openWith(`postgres://tenuto:CANARY@127.0.0.1:${port}/tenuto`, { connectMs: 300, openMs: 600 });
  const error: unknown = await opening.catch((error: unknown) => error);
  expect(String(error)).toContain(`PostgreSQL at 127.0.0.1:${port}, database "tenuto", cannot be used: `);
  expect(String(error)).toContain(told);
  expect(String(error)).not.toContain('CANARY');
});
