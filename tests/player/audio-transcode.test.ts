import { readFile, writeFile } from 'node:fs/promises';
import opus from '@discordjs/opus';
import { describe, expect, it } from 'vitest';
import { sendBytes } from '../sources/media-server.ts';
import { AudioFixture, drain, SECONDS } from './audio-fixture.ts';

const TRANSCODED = ['mp3', 'm4a', 'flac', 'wav', 'ogg'];
const SURROUND = 'pan=5.1|FL=c0|FR=c1|FC=c0|LFE=c1|BL=c0|BR=c1';
const words = (line: string) => line.split(' ');
const sound = new AudioFixture(
  {
    ...Object.fromEntries(
      TRANSCODED.map((ending) => [`song.${ending}`, ending === 'ogg' ? ['-c:a', 'libvorbis'] : []]),
    ),
    'long-frames.opus': words('-c:a libopus -frame_duration 60'),
    'surround.opus': words(`-c:a libopus -af ${SURROUND} -ac 6 -mapping_family 1`),
    'stream.m3u8': words('-c:a aac -f hls -hls_time 2 -hls_list_size 0 -hls_flags single_file'),
  },
  {
    '/stream.ts': (request, response) =>
      void readFile(sound.path('stream.ts')).then((bytes) => sendBytes(bytes, request, response)),
    '/moved.mp3': (_request, response) => void response.writeHead(302, { location: '/song.mp3' }).end(),
    '/inside.mp3': (_request, response) => void response.writeHead(302, { location: 'http://169.254.169.254/x' }).end(),
  },
);

describe('everything else goes through ffmpeg', () => {
  it.each(TRANSCODED)('%s, from a file and from the web', async (ending) => {
    for (const media of [sound.onDisk(`song.${ending}`, 'other'), sound.onWeb(`/song.${ending}`, 'other')]) {
      const audio = await sound.open(media);
      expect(audio.passthrough).toBe(false);
      const heard = await drain(audio);
      expect(Math.abs(heard.length * 20 - SECONDS * 1_000)).toBeLessThanOrEqual(80);
      expect(Math.abs(pitchAt(heard, 4_000) - pitchOfSong(4_050))).toBeLessThan(25);
    }
  });

  it.each(TRANSCODED)('%s begins where it is told to', async (ending) => {
    const heard = await sound.hear(sound.onWeb(`/song.${ending}`, 'other'), { startMs: 5_000 });
    expect(Math.abs(heard.length * 20 - 3_000)).toBeLessThanOrEqual(100);
    expect(Math.abs(pitchAt(heard, 1_000) - pitchOfSong(6_050))).toBeLessThan(25);
  });

  it.each([
    ['packets of 60 ms', 'long-frames.opus'],
    ['surround sound', 'surround.opus'],
  ])('also Opus that must not go out as it is: %s', async (_name, file) => {
    const audio = await sound.open(sound.onDisk(file, 'ogg-opus'));
    expect(audio.passthrough).toBe(false);
    expect(Math.abs((await drain(audio)).length * 20 - SECONDS * 1_000)).toBeLessThanOrEqual(80);
  });

  it('also what was mistaken for something else', async () => {
    expect((await sound.hear(sound.onDisk('song.mp3', 'webm-opus'))).length).toBeGreaterThan(390);
    expect((await sound.hear(sound.onDisk('song.ogg', 'ogg-opus'))).length).toBeGreaterThan(390);
  });

  it('an HLS stream', async () => {
    expect(
      Math.abs((await sound.hear(sound.onWeb('/stream.m3u8', 'other'))).length * 20 - SECONDS * 1_000),
    ).toBeLessThanOrEqual(200);
  });

  it('a file that a redirect leads to, unless that leads inside', async () => {
    expect((await sound.hear(sound.onWeb('/moved.mp3', 'other'))).length).toBeGreaterThan(390);
    await expect(sound.open(sound.onWeb('/inside.mp3', 'other'))).rejects.toMatchObject({ code: 'BLOCKED_ADDRESS' });
  });

  it('a file with damaged frames, of which only those are missing', async () => {
    const damaged = Buffer.from(sound.bytes('song.mp3'));
    damaged.fill(0x55, 30_000, 30_300);
    await writeFile(sound.path('damaged.mp3'), damaged.subarray(2_000));
    expect((await sound.hear(sound.onDisk('damaged.mp3', 'other'))).length).toBeGreaterThan(380);
  });
});

/** The strongest tone at a place in the sound, by counting how often the left channel crosses zero within 100 ms. */
function pitchAt(packets: readonly Buffer[], ms: number): number {
  const decoder = new opus.OpusEncoder(48_000, 2);
  const first = ms / 20;
  const frames = packets.slice(Math.max(0, first - 10), first + 5).map((packet) => decoder.decode(packet));
  const pcm = Buffer.concat(frames.slice(-5));
  let crossings = 0;
  for (let at = 4; at < pcm.length; at += 4) {
    if (pcm.readInt16LE(at - 4) < 0 !== pcm.readInt16LE(at) < 0) crossings += 1;
  }
  return crossings / 2 / (frames.slice(-5).length * 0.02);
}

/** What the test sound has there: sin(2π(200+60t)t) moves at 200+120t. */
const pitchOfSong = (ms: number) => 200 + (120 * ms) / 1_000;
