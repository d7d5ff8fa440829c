import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import type { OpenedAudio } from '../../src/player/audio-pipeline.ts';
import { JitterBuffer } from '../../src/player/audio/jitter-buffer.ts';
import { AudioFixture, drain } from './audio-fixture.ts';
import { oggPackets } from './ogg-pages.ts';

const SECONDS_KEPT = 5;
const PACKETS_A_SECOND = 50;

const sound = new AudioFixture(
  { 'song.opus': [], 'song.mp3': [] },
  {
    // The server is there no more after the first six seconds of a song of eight.
    '/lost.opus': (request, response) => {
      const bytes = sound.bytes('song.opus');
      if (request.headers.range !== 'bytes=0-') return void response.writeHead(403).end();
      response.writeHead(206, {
        'content-length': bytes.length,
        'content-range': `bytes 0-${bytes.length - 1}/${bytes.length}`,
      });
      response.write(bytes.subarray(0, bytes.length * 0.75), () => response.destroy());
    },
  },
);

function bufferOf({ packets }: OpenedAudio): JitterBuffer {
  if (!(packets instanceof JitterBuffer)) throw new Error('nothing is buffered');
  return packets;
}

describe('what waits in front of the audio player', () => {
  it.each(['song.opus', 'song.mp3'])('is five seconds of %s, and no more', async (name) => {
    const media = sound.onDisk(name, name === 'song.opus' ? 'ogg-opus' : 'other');
    const buffer = bufferOf(await sound.open(media));
    await until('the buffer is full', () => buffer.full, 10_000);
    expect(buffer.waiting).toBe(SECONDS_KEPT * PACKETS_A_SECOND);
    sound.life.abort();
  });

  it('is let go of at once when the track is taken off', async () => {
    const buffer = bufferOf(await sound.open(sound.onDisk('song.opus', 'ogg-opus')));
    await until('the buffer is full', () => buffer.full, 10_000);
    sound.life.abort();
    expect(buffer.waiting).toBe(0);
    await once(buffer, 'close');
    expect(buffer.waiting).toBe(0);
  });

  it('is played untouched, and with the next packet at another volume, however much waits', async () => {
    const original = oggPackets(sound.bytes('song.opus'));
    const audio = await sound.open(sound.onDisk('song.opus', 'ogg-opus'));
    const buffer = bufferOf(audio);
    await until('the buffer is full', () => buffer.full, 10_000);
    // One was made ready when it was opened.
    expect(buffer.read()).toEqual(original[0]);
    expect(buffer.read()).toEqual(original[1]);
    audio.setVolume(50);
    expect(buffer.read()).not.toEqual(original[2]);
    audio.setVolume(100);
    const rest = await drain(audio);
    expect(rest).toEqual(original.slice(3));
  });

  it('is heard before the failure that came behind it', async () => {
    const original = oggPackets(sound.bytes('song.opus'));
    const audio = await sound.open(sound.onWeb('/lost.opus', 'ogg-opus'));
    const buffer = bufferOf(audio);
    await until('the buffer is full', () => buffer.full, 10_000);
    const heard: Buffer[] = [];
    const failed = once(buffer, 'error');
    while (!buffer.destroyed) {
      const packet: unknown = buffer.read();
      if (packet instanceof Buffer) heard.push(packet);
      else await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await failed).toMatchObject([{ code: 'TRACK_UNAVAILABLE' }]);
    expect(heard.length).toBeGreaterThanOrEqual(SECONDS_KEPT * PACKETS_A_SECOND);
    expect(heard).toEqual(original.slice(0, heard.length));
  });
});

describe('a jitter buffer', () => {
  const PACKET = Buffer.from([0xf8, 0xff, 0xfe]);
  const untouched = () => new JitterBuffer((packet) => packet);
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('fails only when more is wanted than there is', async () => {
    const buffer = untouched();
    buffer.on('error', () => undefined);
    for (let count = 0; count < 3; count += 1) buffer.add(PACKET);
    buffer.finish(new Error('broken'));
    for (let count = 0; count < 3; count += 1) {
      expect(buffer.read()).toEqual(PACKET);
      await new Promise((resolve) => setImmediate(resolve));
      expect(buffer.errored).toBeNull();
    }
    expect(buffer.read()).toBeNull();
    expect(buffer.errored?.message).toBe('broken');
  });

  it('fails at once when somebody waits', async () => {
    const buffer = untouched();
    expect(buffer.read()).toBeNull();
    buffer.finish(new Error('broken'));
    await expect(once(buffer, 'end')).rejects.toThrow('broken');
  });

  it('ends with its last packet', async () => {
    const buffer = untouched();
    buffer.add(PACKET);
    buffer.finish();
    expect(buffer.read()).toEqual(PACKET);
    await once(buffer, 'end');
  });

  it('is full of a few large packets, too, and says when there is room', async () => {
    const buffer = untouched();
    let room = 0;
    const more = () => void buffer.room().then(() => (room += 1));
    buffer.add(Buffer.alloc(200 * 1024, 0xf8));
    more();
    await settled();
    expect(room).toBe(1);
    buffer.add(Buffer.alloc(200 * 1024, 0xf8));
    more();
    await settled();
    expect([buffer.full, room]).toEqual([true, 1]);
    buffer.read();
    await settled();
    expect([buffer.full, room]).toEqual([false, 2]);
  });

  it('waits with the next packets until there is room for a second of them', () => {
    const buffer = untouched();
    for (let count = 0; count < 250; count += 1) buffer.add(PACKET);
    const full: boolean[] = [];
    while (buffer.waiting > 195) {
      full.push(buffer.full);
      buffer.read();
    }
    expect([full.indexOf(false), full.lastIndexOf(true)]).toEqual([51, 50]);
  });

  it('holds nobody up when it is gone', async () => {
    const buffer = untouched();
    for (let count = 0; count < 250; count += 1) buffer.add(PACKET);
    const room = buffer.room();
    buffer.destroy();
    await room;
    expect(buffer.full).toBe(false);
  });

  it('does not hold the piece of a file that a packet came in', () => {
    const buffer = untouched();
    const [packet, other] = [0xf8, 0xf9].map((byte) => Buffer.alloc(1024 * 1024, byte).subarray(0, 200));
    for (const one of [packet, other]) if (one) buffer.add(one);
    const heard = buffer.read() as Buffer;
    expect(heard).toEqual(packet);
    expect(heard.buffer.byteLength).toBeLessThan(packet?.buffer.byteLength ?? 0);
  });
});
