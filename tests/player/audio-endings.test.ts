import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Media } from '../../src/sources/source.ts';
import { startMediaServer } from '../sources/media-server.ts';
import { AudioFixture, SECONDS } from './audio-fixture.ts';

const sound = new AudioFixture(
  { 'song.opus': [], 'song.webm': [], 'song.mp3': [], 'song.wav': [] },
  {
    '/forbidden.webm': (_request, response) => void response.writeHead(403).end(),
    '/forbidden.mp3': (_request, response) => void response.writeHead(403).end(),
    ...broken('song.webm'),
    ...broken('song.opus'),
    ...broken('song.mp3'),
  },
);

const FORMATS = [
  ['song.webm', 'webm-opus'],
  ['song.opus', 'ogg-opus'],
  ['song.mp3', 'other'],
] as const;

/** Servers that send the first half only: breaking the connection, or ending as if that were all. */
function broken(name: string): Parameters<typeof startMediaServer>[0] {
  const half = () => sound.bytes(name).subarray(0, sound.bytes(name).length / 2);
  return {
    [`/dropped/${name}`]: (_request, response) => {
      response.writeHead(200, { 'content-length': sound.bytes(name).length });
      response.write(half(), () => response.destroy());
    },
    [`/promised/${name}`]: (request, response) => {
      const [bytes, from] = [sound.bytes(name), Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0)];
      if (from >= bytes.length) return void response.writeHead(404).end();
      const total = bytes.length + 5_000;
      const range = { 'content-range': `bytes ${from}-${total - 1}/${total}`, 'content-length': total - from };
      response.writeHead(206, range).write(bytes.subarray(from), () => response.destroy());
    },
    [`/short/${name}`]: (request, response) => {
      request.resume();
      response.writeHead(200).end(half());
    },
  };
}

describe('an end that comes too early is a failure', () => {
  it.each([
    ['/dropped/song.webm', 'webm-opus'],
    ['/dropped/song.opus', 'ogg-opus'],
    ['/dropped/song.mp3', 'other'],
    ['/short/song.webm', 'webm-opus'],
    ['/short/song.opus', 'ogg-opus'],
    ['/short/song.mp3', 'other'],
  ] as const)('%s', async (path, format) => {
    const audio = await sound.open(sound.onWeb(path, format));
    const heard: Buffer[] = [];
    audio.packets.on('data', (packet: Buffer) => heard.push(packet));
    await new Promise<void>((resolve) => audio.packets.once('close', () => resolve()));
    expect(audio.packets.errored).toMatchObject({ code: 'TRACK_UNAVAILABLE' });
    expect(heard.length).toBeGreaterThan(50);
    expect(heard.length).toBeLessThan(300);
    expect(audio.packets.readableEnded).toBe(false);
    expect(sound.subprocesses.living).toEqual([]);
  });

  it('also where the length is unknown, as the container breaks off', async () => {
    await expect(sound.hear(sound.onWeb('/short/song.opus', 'ogg-opus'), { durationMs: null })).rejects.toThrow(
      'damaged',
    );
  });

  it('but not where the length is only a little off', async () => {
    await sound.hear(sound.onDisk('song.opus', 'ogg-opus'), { durationMs: SECONDS * 1_000 + 1_500 });
    await expect(
      sound.hear(sound.onDisk('song.opus', 'ogg-opus'), { durationMs: SECONDS * 1_000 + 2_500 }),
    ).rejects.toThrow('broke off');
  });
});

describe('a server that promised more bytes than there are', () => {
  it.each(FORMATS)('ends the track where that ends: %s', async (name, format) => {
    const heard = await sound.hear(sound.onWeb(`/promised/${name}`, format));
    expect(Math.abs(heard.length - SECONDS * 50)).toBeLessThanOrEqual(10);
  });

  it('has broken off where nobody knows how long a track is, and the file does not say it either', async () => {
    const heard = sound.hear(sound.onWeb('/promised/song.mp3', 'other'), { durationMs: null });
    await expect(heard).rejects.toMatchObject({ code: 'TRACK_UNAVAILABLE' });
  });
});

describe('what ffmpeg says of its input', () => {
  /** An ffmpeg that sends the whole song, says something about its input, and ends well, as the real one does. */
  async function saying(line: string): Promise<string> {
    const path = sound.path('ffmpeg-that-says');
    await writeFile(`${path}.words`, `${line}\n`);
    await writeFile(path, `#!/bin/sh\ncat '${path}.words' >&2\nexec cat '${sound.path('song.opus')}'\n`);
    await chmod(path, 0o755);
    return path;
  }

  it('is no failure when it went on', async () => {
    const ffmpegPath = await saying('[http @ 0x56354025b300] Stream ends prematurely at 300000, should be 960932');
    expect(await sound.hear(sound.onDisk('song.wav', 'other'), { ffmpegPath })).toHaveLength(401);
  });

  it('is a failure when it could not be read any further, although it ended well', async () => {
    const ffmpegPath = await saying('/music/song.wav: Input/output error');
    const heard = sound.hear(sound.onDisk('song.wav', 'other'), { ffmpegPath });
    await expect(heard).rejects.toMatchObject({ code: 'TRACK_UNAVAILABLE' });
  });
});

describe('what cannot be played', () => {
  it.each(['webm-opus', 'other'] as const)(
    'because there is no way to it, is no fault of the track: %s',
    async (format) => {
      const server = await startMediaServer({});
      const media: Media = { kind: 'http', url: server.url('/a'), headers: {}, format };
      await server.close();
      await expect(sound.open(media)).rejects.toMatchObject({ code: 'NETWORK_DOWN' });
    },
  );

  it.each(['/forbidden.webm', '/forbidden.mp3', '/missing.mp3'])('says why at once: %s', async (path) => {
    const asked = sound.open(sound.onWeb(path, path.endsWith('webm') ? 'webm-opus' : 'other'));
    await expect(asked).rejects.toMatchObject({ code: 'TRACK_UNAVAILABLE' });
  });

  it.each([
    ['empty', ''],
    ['text', 'hello '.repeat(1_000)],
    ['an HLS playlist on the disk', '#EXTM3U\n#EXT-X-TARGETDURATION:8\n#EXTINF:8,\nsong.mp3\n#EXT-X-ENDLIST\n'],
    ['a list for concat', "ffconcat version 1.0\nfile 'song.mp3'\n"],
  ])('a file that is %s', async (_name, content) => {
    await writeFile(sound.path('odd.mp3'), content);
    await expect(sound.open(sound.onDisk('odd.mp3', 'other'))).rejects.toMatchObject({ code: 'NOT_AUDIO' });
    await expect(sound.open(sound.onDisk('odd.mp3', 'webm-opus'))).rejects.toMatchObject({ code: 'NOT_AUDIO' });
  });

  it('a picture', async () => {
    await sound.ffmpeg(['-f', 'lavfi', '-i', 'color=red:s=16x16', '-frames:v', '1'], 'picture.png');
    await expect(sound.open(sound.onDisk('picture.png', 'other'))).rejects.toMatchObject({ code: 'NOT_AUDIO' });
  });

  it('anything that needs ffmpeg, where that is missing', async () => {
    const asked = sound.open(sound.onDisk('song.mp3', 'other'), { ffmpegPath: '/nowhere/ffmpeg' });
    await expect(asked).rejects.toMatchObject({ code: 'TRANSCODER_MISSING' });
    expect(
      (await sound.open(sound.onDisk('song.opus', 'ogg-opus'), { ffmpegPath: '/nowhere/ffmpeg' })).passthrough,
    ).toBe(true);
    sound.life.abort();
  });
});

describe('an abort', () => {
  it.each([
    ['a process', () => sound.onDisk('song.wav', 'other')],
    ['a connection', () => sound.onWeb('/song.webm', 'webm-opus')],
    ['a file', () => sound.onDisk('song.opus', 'ogg-opus')],
  ])('ends everything, quietly: %s', async (_name, media) => {
    const { packets } = await sound.open(media());
    const failures: unknown[] = [];
    packets.on('error', (error) => failures.push(error));
    const closed = once(packets, 'close');
    sound.life.abort();
    await closed;
    await expect.poll(() => sound.subprocesses.living).toEqual([]);
    expect(failures).toEqual([]);
    expect(packets.readableEnded).toBe(false);
  });

  it('also ends what is still being opened', async () => {
    const silent = await startMediaServer({
      '/a': (_request, response) => response.writeHead(200).flushHeaders(),
    });
    const media: Media = { kind: 'http', url: silent.url('/a'), headers: {}, format: 'webm-opus' };
    const asked = sound.open(media);
    await expect.poll(() => silent.requests.length).toBe(1);
    sound.life.abort(new Error('changed my mind'));
    await expect(asked).rejects.toThrow('changed my mind');
    await silent.close();
  });

  it('is not needed when the listener destroys the packets', async () => {
    const { packets } = await sound.open(sound.onDisk('song.wav', 'other'));
    expect(sound.subprocesses.living).toHaveLength(1);
    packets.destroy();
    await expect.poll(() => sound.subprocesses.living).toEqual([]);
  });
});
