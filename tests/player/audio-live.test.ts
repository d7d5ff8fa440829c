import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { sendBytes } from '../sources/media-server.ts';
import { AudioFixture, SECONDS } from './audio-fixture.ts';

const words = (line: string) => line.split(' ');
const PIECES = SECONDS;
const WINDOW = 6;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const busy: Answer = (_request, response) => void response.writeHead(503).end();
const dropped: Answer = (_request, response) => void response.destroy();
/** The first half of the piece, and then the connection breaks. */
const half: Answer = (request, response) =>
  void readFile(sound.path(request.url ?? '')).then((bytes) => {
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2), () => request.socket.destroy());
  });

/** What happens instead of an answer, by path, once each, in order. */
let faults: Record<string, Answer[]> = {};
/** How many requests the signature of an old link is still good for. */
let left = 0;
/** When the list was asked for first. */
let began: number | null = null;

/** A piece of a second comes every second, and the list has the last few; with the last piece it ends. */
function list(): string {
  began ??= performance.now();
  const last = Math.min(PIECES - 1, 2 + Math.floor((performance.now() - began) / 1_000));
  const first = Math.max(0, last - WINDOW + 1);
  const pieces = Array.from({ length: last - first + 1 }, (_, at) => `#EXTINF:1,\nall${first + at}.ts`);
  return [
    '#EXTM3U',
    '#EXT-X-VERSION:3',
    '#EXT-X-TARGETDURATION:1',
    `#EXT-X-MEDIA-SEQUENCE:${first}`,
    ...pieces,
    ...(last === PIECES - 1 ? ['#EXT-X-ENDLIST'] : []),
    '',
  ].join('\n');
}

const orFault = (answer: Answer): Answer => {
  return (request, response) => (faults[request.url ?? '']?.shift() ?? answer)(request, response);
};
/** By a link with a signature, which is good for some requests. */
const signed = (answer: Answer): Answer => {
  return (request, response) => {
    const old = request.url?.startsWith('/old/') === true;
    if (old && (left -= 1) < 0) return void response.writeHead(403).end();
    request.url = request.url?.replace(/^\/(old|new)\//, '/') ?? '';
    answer(request, response);
  };
};
const live: Answer = (_request, response) => void response.end(list());
const piece: Answer = (request, response) =>
  void readFile(sound.path(request.url ?? '')).then((bytes) => sendBytes(bytes, request, response));
const gone: Answer = (_request, response) => void response.writeHead(404).end();
const sound = new AudioFixture(
  { 'all.m3u8': words('-c:a aac -f hls -hls_time 1 -hls_list_size 0') },
  {
    '/live.m3u8': orFault(live),
    '/old/live.m3u8': signed(live),
    '/new/live.m3u8': signed(live),
    ...Object.fromEntries(
      Array.from({ length: PIECES }, (_, at) => `all${at}.ts`).flatMap((name) => [
        [`/${name}`, orFault(piece)] as const,
        [`/old/${name}`, signed(piece)] as const,
        [`/new/${name}`, signed(piece)] as const,
      ]),
    ),
  },
);

beforeEach(() => {
  faults = {};
  began = null;
});

describe('a live stream in pieces', () => {
  it.each<[string, Record<string, Answer[]>]>([
    ['that runs well', {}],
    [
      'with a busy server, a broken line and a list that is away',
      {
        '/all2.ts': [busy, busy],
        '/all4.ts': [half],
        '/all5.ts': [dropped, dropped],
        '/live.m3u8': [live, busy, busy, dropped, busy],
      },
    ],
  ])('is heard as a whole: %s', async (_name, odd) => {
    faults = odd;
    const heard = await sound.hear(sound.onWeb('/live.m3u8', 'other'), { durationMs: null });
    expect(Math.abs(heard.length * 20 - SECONDS * 1_000)).toBeLessThanOrEqual(200);
    expect(Object.values(faults).flat()).toEqual([]);
  });

  it('loses a piece that is gone, and nothing more', async () => {
    faults = { '/all3.ts': [gone] };
    const heard = await sound.hear(sound.onWeb('/live.m3u8', 'other'), { durationMs: null });
    expect(heard.length * 20).toBeGreaterThan((SECONDS - 1.5) * 1_000);
  });

  it('has failed when its last piece is gone, although little is missing', async () => {
    faults = { [`/all${PIECES - 1}.ts`]: [gone, gone] };
    const heard = sound.hear(sound.onWeb('/live.m3u8', 'other'));
    await expect(heard).rejects.toMatchObject({ detail: 'it is not there any more' });
  });

  it('goes on by a new link when its own expires', async () => {
    left = 6;
    const refresh = vi.fn(() => Promise.resolve(sound.onWeb('/new/live.m3u8', 'other')));
    const heard = await sound.hear(sound.onWeb('/old/live.m3u8', 'other'), { durationMs: null, refresh });
    expect(Math.abs(heard.length * 20 - SECONDS * 1_000)).toBeLessThanOrEqual(200);
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it('that is taken away has not ended, but failed', async () => {
    faults = { '/live.m3u8': [live, live, ...Array.from({ length: 2_000 }, () => gone)] };
    const heard = sound.hear(sound.onWeb('/live.m3u8', 'other'), { durationMs: null });
    await expect(heard).rejects.toMatchObject({ code: 'TRACK_UNAVAILABLE', detail: 'it is not there any more' });
  });
});
