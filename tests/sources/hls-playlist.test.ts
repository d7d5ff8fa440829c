import { describe, expect, it } from 'vitest';
import { isPlaylist, rewritePlaylist } from '../../src/sources/hls-playlist.ts';
import { RelayTargets } from '../../src/sources/relay-targets.ts';

const named: string[] = [];
const rewrite = (text: string) =>
  rewritePlaylist(text, (address, kind) => {
    named.push(`${kind} ${address}`);
    return `<${named.length}>`;
  });
const rewritten = (text: string) => {
  named.length = 0;
  return { text: rewrite(text), named: [...named] };
};

describe('a playlist', () => {
  it('is the same with other addresses', () => {
    const list = [
      '#EXTM3U',
      '#EXT-X-VERSION:7',
      '#EXT-X-TARGETDURATION:6',
      '#EXT-X-MEDIA-SEQUENCE:120',
      '#EXT-X-KEY:METHOD=AES-128,URI="../key?a=1,2",IV=0x0123',
      '#EXT-X-MAP:URI="init.mp4",BYTERANGE="100@0"',
      '#EXTINF:5.967,A title, with "words"',
      '#EXT-X-BYTERANGE:75232@0',
      'a/1.m4s',
      '#EXT-X-DISCONTINUITY',
      '#EXTINF:6',
      'https://cdn.example/2.m4s?sig=x',
      '#EXT-X-ENDLIST',
    ];
    expect(rewritten(list.join('\r\n'))).toEqual({
      text: [
        '#EXTM3U',
        '#EXT-X-VERSION:7',
        '#EXT-X-TARGETDURATION:6',
        '#EXT-X-MEDIA-SEQUENCE:120',
        '#EXT-X-KEY:METHOD=AES-128,URI="<1>",IV=0x0123',
        '#EXT-X-MAP:URI="<2>",BYTERANGE="100@0"',
        '#EXTINF:5.967,',
        '#EXT-X-BYTERANGE:75232@0',
        '<3>',
        '#EXT-X-DISCONTINUITY',
        '#EXTINF:6',
        '<4>',
        '#EXT-X-ENDLIST',
        '',
      ].join('\n'),
      named: ['bytes ../key?a=1,2', 'bytes init.mp4', 'bytes a/1.m4s', 'bytes https://cdn.example/2.m4s?sig=x'],
    });
  });

  it('leads to other playlists', () => {
    const list =
      '\uFEFF#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="b",URI="a.m3u8"\n#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"\n\nv.m3u8\n';
    expect(rewritten(list)).toEqual({
      text: '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="b",URI="<1>"\n#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"\n<2>\n',
      named: ['playlist a.m3u8', 'playlist v.m3u8'],
    });
  });

  it.each([
    '#EXT-X-SESSION-KEY:METHOD=AES-128,URI="http://10.0.0.1/"',
    '#EXT-X-I-FRAME-STREAM-INF:URI="http://10.0.0.1/"',
    '#EXT-X-PART:URI="http://10.0.0.1/"',
    '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="http://10.0.0.1/"',
    '#EXT-X-VERSION:http://10.0.0.1/',
    '#EXT-X-ENDLIST:http://10.0.0.1/',
    '#toString:http://10.0.0.1/',
    '#constructor:http://10.0.0.1/',
    '# http://10.0.0.1/',
    '#EXT-X-KEY:METHOD=NONE,OTHER="http://10.0.0.1/"',
  ])('has no line that nobody needs: %s', (line) => {
    expect(rewritten(`#EXTM3U\n${line}\n`).text).not.toContain('10.0.0.1');
  });

  it('is refused when it is longer than any of music', () => {
    expect(() => rewrite(`#EXTM3U\n${'a\n'.repeat(200_000)}`)).toThrow('too long');
  });

  it('is known by its first bytes', () => {
    for (const text of ['#EXTM3U\n', '\uFEFF#EXTM3U']) expect(isPlaylist(Buffer.from(text))).toBe(true);
    for (const text of ['', '#EXT', 'ID3#EXTM3U', ' #EXTM3U']) expect(isPlaylist(Buffer.from(text))).toBe(false);
  });
});

describe('the names of its pieces', () => {
  const base = new URL('https://media.example/live/list.m3u8?token=1');

  it.each([
    ['a/1.m4s', '1.m4s', 'https://media.example/live/a/1.m4s'],
    ['../key?a=1.mp3', '1.ts', 'https://media.example/key?a=1.mp3'],
    ['https://cdn.example/2.aac?sig=x#y', '1.aac', 'https://cdn.example/2.aac?sig=x#y'],
    ['//cdn.example/2', '1.ts', 'https://cdn.example/2'],
  ])('lead to what the list means: %s', (address, name, href) => {
    const targets = new RelayTargets();
    expect(targets.under('1.m3u8', base)(address, 'bytes', '0')).toBe(name);
    expect(targets.under('1.m3u8', base)(address, 'bytes', '0')).toBe(name);
    expect(targets.get(name)).toMatchObject({ url: { href }, kind: 'bytes' });
    expect(targets.get('2.ts')).toBeNull();
  });

  it.each(['file:///etc/passwd', 'concat:http://a/|http://b/', 'tcp://10.0.0.1:6379', 'data:audio/mp3;base64,AAAA'])(
    'lead nowhere when that is not on the web: %s',
    (address) => {
      const targets = new RelayTargets();
      expect(targets.get(targets.under('1.m3u8', base)(address, 'bytes', '0'))).toBeNull();
    },
  );

  it('are forgotten when they are too many, the oldest first', () => {
    const targets = new RelayTargets();
    const long = 'x'.repeat(1_000_000);
    const names = Array.from({ length: 40 }, (_, at) =>
      targets.under('1.m3u8', base)(`${at}${long}`, 'bytes', `${at}`),
    );
    expect(targets.get(names[0] ?? '')).toBeNull();
    expect(targets.get(names[39] ?? '')).not.toBeNull();
  });
});
