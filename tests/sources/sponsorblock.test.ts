import { describe, expect, it, onTestFinished } from 'vitest';
import { startMusicServices, type ServiceManner, type ToldSegment } from '../../loopback/services.ts';
import { HttpClient } from '../../src/sources/http-client.ts';
import { SponsorBlock } from '../../src/sources/sponsorblock.ts';
import { UrlGuard } from '../../src/sources/url-guard.ts';
import { track } from '../commands/fixtures/music.ts';

const signal = new AbortController().signal;
const VIDEO = 'dQw4w9WgXcQ';
const told = (start: number, end: number, fields: Partial<ToldSegment> = {}): ToldSegment => ({
  videoID: VIDEO,
  segment: [start, end],
  category: 'music_offtopic',
  actionType: 'skip',
  videoDuration: 180,
  ...fields,
});
const video = (fields: Parameters<typeof track>[0] = {}) =>
  track({ identifier: `https://www.youtube.com/watch?v=${VIDEO}`, durationMs: 180_000, ...fields });

async function knowing(segments: readonly ToldSegment[]) {
  const services = await startMusicServices({ segments });
  onTestFinished(() => services.close());
  const http = new HttpClient(new UrlGuard({ allowedHosts: ['127.0.0.1'] }));
  const sponsorBlock = new SponsorBlock({ http, url: new URL(`${services.url}/`) });
  return { services, segmentsOf: (of = video()) => sponsorBlock.segments(of, signal) };
}
const inSeconds = (segments: readonly { startMs: number; endMs: number }[]) =>
  segments.map(({ startMs, endMs }) => [startMs / 1_000, endMs / 1_000]);

describe('what is left out of a video', () => {
  it.each<[string, readonly ToldSegment[], readonly (readonly [number, number])[]]>([
    [
      'comes in order',
      [told(50, 60), told(10, 20.5)],
      [
        [10, 20.5],
        [50, 60],
      ],
    ],
    ['is one where two overlap or nearly touch', [told(10, 20), told(15, 30), told(30.4, 40)], [[10, 40]]],
    ['is not what is too short', [told(10, 10.9)], []],
    ['is not what ends before it begins', [told(20, 10)], []],
    ['ends a second before the track does', [told(170, 180)], [[170, 179]]],
    ['is not what lies behind the end', [told(179.5, 300)], []],
    ['is not what was told of another length', [told(10, 20, { videoDuration: 200 })], []],
    ['is also what was told of an unknown length', [told(10, 20, { videoDuration: 0 })], [[10, 20]]],
    [
      'is not what is only muted, nor music',
      [told(1, 9, { actionType: 'mute' }), told(1, 9, { category: 'filler' })],
      [],
    ],
    ['is nothing where hardly anything would be left', [told(5, 170)], []],
    ['is not what was told of another video', [told(10, 20, { videoID: 'another' })], []],
  ])('%s', async (_name, segments, left) => {
    const { segmentsOf } = await knowing(segments);
    expect(inSeconds(await segmentsOf())).toEqual(left);
  });
});

it('tells the service four digits of a hash, and asks once', async () => {
  const { services, segmentsOf } = await knowing([told(10, 20), told(1, 2, { videoID: 'another' })]);
  await segmentsOf();
  await segmentsOf();
  expect(services.requests.map(({ path }) => path.split('?')[0])).toEqual(['/api/skipSegments/5f6b']);
});

it('asks about nothing but videos of YouTube that have an end', async () => {
  const { services, segmentsOf } = await knowing([told(10, 20)]);
  const others = [
    video({ source: 'site' }),
    video({ live: true, durationMs: null }),
    video({ identifier: 'https://www.youtube.com/playlist?list=1' }),
  ];
  for (const other of others) expect(await segmentsOf(other)).toEqual([]);
  expect(services.requests).toEqual([]);
  expect(await new SponsorBlock({ http: new HttpClient(new UrlGuard()), url: null }).segments(video(), signal)).toEqual(
    [],
  );
});

it.each<ServiceManner>(['too many requests', 'web page', 'another shape', 'redirect inside', 'endless'])(
  'ends when the service is in trouble: %s',
  async (manner) => {
    const { services, segmentsOf } = await knowing([told(10, 20)]);
    services.misbehave(manner);
    await expect(segmentsOf()).rejects.toMatchObject({ code: 'SERVICE_FAILED' });
    services.misbehave(null);
    expect(await segmentsOf()).toHaveLength(1);
  },
);
