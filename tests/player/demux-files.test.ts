import { writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { demux } from '../../bench/torture/demuxing.ts';
import { song, tagsPacket } from '../../bench/torture/ogg-writer.ts';
import { AudioFixture } from './audio-fixture.ts';
import { oggPackets } from './ogg-pages.ts';

const sound = new AudioFixture({ 'song.opus': [], 'song.webm': [] });
const COPY = ['-map', '0:a', '-c:a', 'copy'];
const FILM = ['-f', 'lavfi', '-i', 'testsrc=s=640x360:r=25:d=8', '-map', '0:a', '-map', '1:v', '-c:v', 'mjpeg'];

let packets: readonly Buffer[] = [];
beforeAll(() => void (packets = oggPackets(sound.bytes('song.opus'))));

describe('takes every packet out of what ffmpeg writes', () => {
  it.each([
    ['WebM for live streams, whose sizes are unknown', 'live.webm', [...COPY, '-live', '1']],
    ['Matroska with a film in it', 'film.mkv', [...FILM, '-c:a', 'copy']],
    ['Matroska with clusters of half a second', 'short.mkv', [...COPY, '-cluster_time_limit', '500']],
    ['Ogg with a page for each packet', 'pages.opus', [...COPY, '-page_duration', '20000']],
    ['Ogg with pages as long as they can be', 'long.opus', [...COPY, '-page_duration', '60000000']],
  ])('%s', async (_name, name, options) => {
    const bytes = await sound.ffmpeg(['-i', sound.path('song.opus'), ...options], name);
    const { packets: heard, error } = demux(name.endsWith('opus') ? 'ogg-opus' : 'webm-opus', bytes, 65_536);
    expect(error).toBeNull();
    expect(heard).toEqual(packets);
  });
});

describe('the player', () => {
  it('passes a film and a megabyte of tags by, and nothing of the sound', async () => {
    await sound.ffmpeg(['-i', sound.path('song.opus'), ...FILM, '-c:a', 'copy'], 'film.mkv');
    expect(await sound.hear(sound.onDisk('film.mkv', 'webm-opus'))).toEqual(packets);
    await writeFile(sound.path('tagged.opus'), song(packets, { tags: tagsPacket(1024 * 1024) }));
    expect(await sound.hear(sound.onDisk('tagged.opus', 'ogg-opus'))).toEqual(packets);
  });

  it.each([
    ['six channels', 'six.webm', 'webm-opus', ['-ac', '6', '-c:a', 'libopus']],
    ['Vorbis in WebM', 'vorbis.webm', 'webm-opus', ['-c:a', 'libvorbis']],
    ['Vorbis in Ogg', 'vorbis.ogg', 'ogg-opus', ['-c:a', 'libvorbis']],
    ['packets of 60 ms', 'sixty.webm', 'webm-opus', ['-c:a', 'libopus', '-frame_duration', '60']],
    ['MP3 by a wrong name', 'song.mp3', 'ogg-opus', ['-c:a', 'libmp3lame']],
  ] as const)('leaves %s to ffmpeg, and all of it is heard', async (_name, name, format, options) => {
    await sound.ffmpeg(['-i', sound.path('song.opus'), ...options], name);
    const audio = await sound.open(sound.onDisk(name, format));
    expect(audio.passthrough).toBe(false);
    let heard = 0;
    for await (const _packet of audio.packets) heard += 1;
    expect(heard).toBeGreaterThan(395);
  });
});
