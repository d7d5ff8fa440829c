import { expect, it } from 'vitest';
import { backwards, canary, leaks } from './canaries.ts';

const SECRET = canary();
const everyByte = (text: string) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join('');
const halves = [SECRET.slice(0, 20), SECRET.slice(20)];

it.each([
  ['as it is', SECRET],
  ['in capitals', SECRET.toUpperCase()],
  ['a third of it', SECRET.slice(13, 27)],
  ['in JSON that became text', JSON.stringify(JSON.stringify({ cookie: SECRET }))],
  ['with escapes', SECRET.replace(SECRET.charAt(20), `\\u00${SECRET.charCodeAt(20).toString(16)}`)],
  ['percent encoded', everyByte(SECRET)],
  ['percent encoded twice', encodeURIComponent(everyByte(SECRET))],
  ['over two lines', halves.join('\n')],
  ['as parts of a list', JSON.stringify(halves)],
  ['base64', Buffer.from(SECRET).toString('base64')],
  ['base64 of a user and a password', Buffer.from(`me:${SECRET}`).toString('base64')],
  ['base64url behind one byte more', Buffer.from(`me:x${SECRET}!`).toString('base64url')],
  ['hex', Buffer.from(SECRET).toString('hex')],
  ['backwards', backwards(SECRET)],
])('finds a secret %s', (_how, planted) => {
  const text = `{"level":30,"msg":"before ${planted} behind"}\n`;
  expect(leaks({ secret: SECRET, other: canary() }, text)).toMatchObject([{ secret: 'secret' }]);
});

it('finds nothing where nothing is', () => {
  const text = Array.from({ length: 2_000 }, canary).join(' ');
  expect(leaks({ secret: SECRET }, text)).toEqual([]);
});
