import { describe, expect, it } from 'vitest';
import { TenutoError } from '../../src/lib/errors.ts';
import { parseQuery } from '../../src/sources/query.ts';

function refusal(text: string): string {
  try {
    parseQuery(text);
  } catch (error) {
    if (error instanceof TenutoError && error.code === 'BAD_QUERY') return error.say;
    throw error;
  }
  return 'accepted';
}

describe('words', () => {
  it.each([
    ['never gonna give you up', 'never gonna give you up'],
    ['  spaces   around ', 'spaces around'],
    ['AC/DC thunderstruck', 'AC/DC thunderstruck'],
    ['AC/DC', 'AC/DC'],
    ['Beethoven: Symphony No. 9', 'Beethoven: Symphony No. 9'],
    ['Re:Zero', 'Re:Zero'],
    ['vol.1/2', 'vol.1/2'],
    ['www.example.com', 'www.example.com'],
    ['--exec=touch /tmp/x', '--exec=touch /tmp/x'],
    ['-J', '-J'],
    ['ytsearch50:x', 'ytsearch50:x'],
    ['<@123456789012345678> @everyone', '<@123456789012345678> @everyone'],
    ['\u202Egnp.exe \u2066song\u2069', 'gnp.exe song'],
    ['$(reboot) `id` ; rm -rf / | cat', '$(reboot) `id` ; rm -rf / | cat'],
    ['🎵 music', '🎵 music'],
  ])('takes %j as words', (text, words) => {
    expect(parseQuery(text)).toEqual({ kind: 'words', words });
  });
});

describe('links', () => {
  it.each([
    ['https://example.com/a.mp3', 'https://example.com/a.mp3'],
    ['HTTP://EXAMPLE.com/A', 'http://example.com/A'],
    ['<https://youtu.be/abc>', 'https://youtu.be/abc'],
    ['youtube.com/watch?v=abc', 'https://youtube.com/watch?v=abc'],
    ['www.example.com/x', 'https://www.example.com/x'],
    ['http:example.com', 'http://example.com/'],
    ['http://2130706433/', 'http://127.0.0.1/'],
    ['https://example.com/--exec=x', 'https://example.com/--exec=x'],
    [`https://example.com/${'a'.repeat(1_900)}`, `https://example.com/${'a'.repeat(1_900)}`],
  ])('takes %j as a link', (text, href) => {
    expect(parseQuery(text)).toMatchObject({ kind: 'url', url: { href } });
  });
});

describe('refusals', () => {
  it.each([
    ['', 'nothing in it'],
    ['   \t ', 'nothing in it'],
    ['\u202E\u200B', 'no visible letters'],
    ['line one\nline two', 'line breaks'],
    ['nul\0byte', 'control characters'],
    ['https://example.com/\r\nHost: internal', 'line breaks'],
    ['a'.repeat(501), 'longer than 500'],
    ['a'.repeat(10_000), 'too long'],
    [`https://example.com/${'a'.repeat(10_000)}`, 'too long'],
    ['file:///etc/passwd', 'not "file:"'],
    ['file:/etc/passwd', 'not "file:"'],
    ['FILE:///etc/passwd', 'not "file:"'],
    ['<file:///etc/passwd>', 'not "file:"'],
    ['data:audio/mp3;base64,AAAA', 'not "data:"'],
    ['javascript:alert(1)', 'not "javascript:"'],
    ['ftp://example.com/a.mp3', 'not "ftp:"'],
    ['concat:a.mp3|b.mp3', 'not "concat:"'],
    ['pipe:0', 'not "pipe:"'],
    ['rtmp://example.com/live', 'not "rtmp:"'],
    ['https://', 'not a complete web address'],
    ['https://exa mple.com/x', 'not a complete web address'],
    ['http://[fe80::1%25eth0]/', 'not a complete web address'],
    ['http://256.256.256.256/', 'not a complete web address'],
    ['https://user:secret@example.com/a.mp3', 'user name or password'],
    ['https://token@example.com/a.mp3', 'user name or password'],
  ])('refuses %j with one clear line', (text, reason) => {
    const line = refusal(text);
    expect(line).toContain(reason);
    expect(line).not.toContain('\n');
  });
});
