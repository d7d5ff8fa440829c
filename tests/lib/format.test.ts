import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, formatSpan, moment, plainText, safeText } from '../../src/lib/format.ts';

describe('formatDuration', () => {
  it.each([
    [0, '0:00'],
    [999, '0:00'],
    [7_000, '0:07'],
    [187_000, '3:07'],
    [3_599_999, '59:59'],
    [3_723_000, '1:02:03'],
    [360_000_000, '100:00:00'],
    [-5, '0:00'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('plainText', () => {
  it.each([
    ['one\nline\tonly', 'one line only'],
    ['  trimmed \u200b inside  ', 'trimmed inside'],
    ['abc\u202Efdp.exe\u202C', 'abcfdp.exe'],
    ['\u2066left\u2069 \u{E0041}', 'left'],
    ['null\u0000byte\u001b[31m', 'nullbyte[31m'],
    ['half \ud83d', 'half \ufffd'],
    ['e\u0301', 'é'],
    ['\u3164\u115f', ''],
  ])('makes %j plain', (text, plain) => {
    expect(plainText(text)).toBe(plain);
  });

  it('cuts between characters, never inside one', () => {
    expect(plainText('abcdef', 6)).toBe('abcdef');
    expect(plainText('abcdefg', 6)).toBe('abcde…');
    expect(plainText('abc🎵🎵', 6)).toBe('abc🎵…');
    expect(plainText('ab🇩🇪🇩🇪', 6)).toBe('ab…');
  });

  it('does not let one character with a thousand marks through', () => {
    expect(plainText(`x${'\u0300'.repeat(1_000)}`, 50).length).toBeLessThanOrEqual(50);
  });

  it('keeps the limit, whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 1, max: 60 }), (text, limit) => {
        const plain = plainText(text, limit);
        expect(plain.length).toBeLessThanOrEqual(limit);
        expect(plain.isWellFormed()).toBe(true);
        expect(plain).not.toMatch(/[\p{Cc}\p{Cf}\n]/u);
      }),
    );
  });
});

describe('safeText', () => {
  it.each([
    ['**bold** _x_ `code`', String.raw`\*\*bold\*\* \_x\_ \`code\``],
    ['@everyone <@1> <#2>', String.raw`\@everyone \<\@1\> \<\#2\>`],
    ['[x](http://evil)', String.raw`\[x\]\(http\://evil\)`],
    ['join Discord.GG/abc', String.raw`join Discord.GG\/abc`],
    ['discord.com/invite/abc', String.raw`discord.com\/invite/abc`],
    ['AC/DC', 'AC/DC'],
    ['a\\b', String.raw`a\\b`],
    ['# heading', String.raw`\# heading`],
    ['||spoiler|| ~~gone~~', String.raw`\|\|spoiler\|\| \~\~gone\~\~`],
  ])('takes the effect of %j away', (text, safe) => {
    expect(safeText(text)).toBe(safe);
  });

  it('is at most twice as long as its limit', () => {
    expect(safeText('*'.repeat(500), 100)).toHaveLength(199);
  });
});

it.each([
  [0, '0.0 s'],
  [412, '0.4 s'],
  [9_949, '9.9 s'],
  [9_950, '10 s'],
  [59_400, '59 s'],
  [187_000, '3:07 min'],
  [3_723_000, '1:02:03 h'],
])('says that %i ms took %s', (ms, words) => {
  expect(formatSpan(ms)).toBe(words);
});

it.each([
  ['is over', 12_400, 12_500, '<t:12:R>'],
  ['is now', 12_400, 12_400, '<t:12:R>'],
  ['is to come', 12_400, 12_300, '<t:13:R>'],
])('rounds a moment that %s so that it still does', (_when, at, now, text) => {
  expect(moment(at, now)).toBe(text);
});
