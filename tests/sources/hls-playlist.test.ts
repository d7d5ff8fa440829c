import { describe, expect, it } from 'vitest';
import { isPlaylist, rewritePlaylist } from '../../src/sources/hls-playlist.ts';

const BASE = new URL('https://media.example/live/list.m3u8?token=1');
const named: string[] = [];
const rewrite = (text: string) =>
  rewritePlaylist(text, BASE, (url, kind) => {
    named.push(`${kind} ${url?.href ?? 'nowhere'}`);
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
      named: [
        'bytes https://media.example/key?a=1,2',
        'bytes https://media.example/live/init.mp4',
        'bytes https://media.example/live/a/1.m4s',
        'bytes https://cdn.example/2.m4s?sig=x',
      ],
    });
  });

  it('leads to other playlists', () => {
    const list =
      '\uFEFF#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="b",URI="a.m3u8"\n#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"\n\nv.m3u8\n';
    expect(rewritten(list)).toEqual({
      text: '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="b",URI="<1>"\n#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"\n<2>\n',
      named: ['playlist https://media.example/live/a.m3u8', 'playlist https://media.example/live/v.m3u8'],
    });
  });

  it.each([
    ['an address that is not on the web', 'file:///etc/passwd', 'nowhere'],
    ['a list of files', 'concat:http://a/|http://b/', 'nowhere'],
    ['another protocol', 'tcp://10.0.0.1:6379', 'nowhere'],
    ['data', 'data:audio/mp3;base64,AAAA', 'nowhere'],
  ])('has none of what we do not open: %s', (_name, address, as) => {
    const { text, named: found } = rewritten(`#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="${address}"\n${address}\n`);
    expect(text).not.toContain(address);
    expect(found).toEqual([`bytes ${as}`, `bytes ${as}`]);
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

  it('is known by its first bytes', () => {
    for (const text of ['#EXTM3U\n', '\uFEFF#EXTM3U']) expect(isPlaylist(Buffer.from(text))).toBe(true);
    for (const text of ['', '#EXT', 'ID3#EXTM3U', ' #EXTM3U']) expect(isPlaylist(Buffer.from(text))).toBe(false);
  });
});
