import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { readHead, sniff } from '../../src/sources/sniff.ts';

const ebml = (codec: string) =>
  Buffer.concat([Buffer.from('1a45dfa39f', 'hex'), Buffer.from(`....webm....${codec}....`)]);
const ogg = (packet: string) => Buffer.concat([Buffer.from('OggS'), Buffer.alloc(24), Buffer.from(packet)]);

it.each([
  ['Opus in WebM', ebml('A_OPUS'), 'webm-opus'],
  ['Vorbis in WebM', ebml('A_VORBIS'), 'other'],
  ['Opus in Ogg', ogg('OpusHead'), 'ogg-opus'],
  ['Vorbis in Ogg', ogg('\u0001vorbis'), 'other'],
  ['MP3 with tags', Buffer.from('ID3\u0004\0'), 'other'],
  ['MP3 without tags', Buffer.from('fffb9064', 'hex'), 'other'],
  ['AAC', Buffer.from('fff15080', 'hex'), 'other'],
  ['FLAC', Buffer.from('fLaC\0'), 'other'],
  ['WAV', Buffer.from('RIFF\0\0\0\0WAVEfmt '), 'other'],
  ['MP4', Buffer.from('\0\0\0\u001cftypM4A '), 'other'],
  ['WMA', Buffer.from('3026b2758e66cf11', 'hex'), 'other'],
  ['an HLS playlist', Buffer.from('#EXTM3U\n#EXT-X-VERSION:3\n'), 'other'],
  ['a list of links', Buffer.from('#EXTM3U\nhttp://example.com/\n'), 'unknown'],
  ['a page', Buffer.from('\n  <!doctype html><html>'), 'page'],
  ['a page with a byte order mark', Buffer.from('\uFEFF<html>'), 'page'],
  ['a feed', Buffer.from('<?xml version="1.0"?><rss>'), 'page'],
  ['a page that only speaks of Opus', Buffer.from('<html>OggS OpusHead A_OPUS</html>'), 'page'],
  ['a picture (JPEG)', Buffer.from('ffd8ffe000104a46', 'hex'), 'unknown'],
  ['text', Buffer.from('hello'), 'unknown'],
  ['a video that is no sound', Buffer.from('RIFF\0\0\0\0AVI LIST'), 'unknown'],
  ['one byte', Buffer.from([0xff]), 'unknown'],
  ['nothing', Buffer.alloc(0), 'empty'],
])('knows %s', (_name, head, expected) => {
  expect(sniff(head)).toBe(expected);
});

it('reads no more than it was told to, and lets go of the stream', async () => {
  const stream = Readable.from(
    (function* endless() {
      for (;;) yield Buffer.alloc(1_000, 'x');
    })(),
  );
  expect(await readHead(stream, 2_500)).toHaveLength(2_500);
  expect(stream.destroyed).toBe(true);
});
