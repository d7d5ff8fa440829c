import { expect, it } from 'vitest';
import { webAddress } from '../../src/lib/web-address.ts';

it.each([
  ['https://example.com/a b', 'https://example.com/a%20b'],
  ['HTTP://EXAMPLE.com', 'http://example.com/'],
  ['/path', null],
  ['file:///etc/passwd', null],
  ['javascript:alert(1)', null],
  ['not a link', null],
  ['', null],
  [null, null],
  [undefined, null],
])('reads %j as %j', (text, address) => {
  expect(webAddress(text)?.href ?? null).toBe(address);
});

it('reads what is relative to another address', () => {
  const base = new URL('https://example.com/a/b');
  expect(webAddress('c?d', base)?.href).toBe('https://example.com/a/c?d');
  expect(webAddress('file:///etc/passwd', base)).toBeNull();
});
