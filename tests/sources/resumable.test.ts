import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InputFault } from '../../loopback/media/input-faults.ts';
import { makeFixtures, startMediaHost, type MediaHost } from '../../loopback/media.ts';
import { HttpClient } from '../../src/sources/http-client.ts';
import { probe } from '../../src/sources/probe.ts';
import { resumable, type ResumableOptions } from '../../src/sources/resumable.ts';
import type { Media } from '../../src/sources/source.ts';
import { UrlGuard } from '../../src/sources/url-guard.ts';

const SONG = 'song.webm';
/** As in life, only sooner. */
const PATIENCE = { openMs: 60_000, stallMs: 300, delaysMs: [5, 10, 20, 40, 80], skipMs: 5_000 };

let folder = '';
let host: MediaHost;
let song = Buffer.alloc(0);
let http: HttpClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenuto-resumable-'));
  const fixtures = await makeFixtures(folder, { seconds: 20 });
  song = await readFile(fixtures.pathOf(SONG));
  host = await startMediaHost({ directory: fixtures.directory });
  http = new HttpClient(new UrlGuard({ allowedHosts: [new URL(host.url).host] }));
});
afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true, force: true });
});

type HttpMedia = Extract<Media, { kind: 'http' }>;
const at = (url: string): HttpMedia => ({ kind: 'http', url: new URL(url), headers: {}, format: 'webm-opus' });

interface Heard {
  readonly bytes: Buffer;
  readonly error: unknown;
}

/** Reads to the end, whichever it is. */
async function read(media: HttpMedia, options: Partial<ResumableOptions> = {}): Promise<Heard> {
  const chunks: Buffer[] = [];
  try {
    const life = new AbortController();
    const { body } = await resumable(http, media, { signal: life.signal, patience: PATIENCE, ...options });
    for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk);
    return { bytes: Buffer.concat(chunks), error: null };
  } catch (error) {
    return { bytes: Buffer.concat(chunks), error };
  }
}

const hear = (fault: InputFault, options: Partial<ResumableOptions> = {}) =>
  read(at(host.linkTo(fault, SONG)), {
    refresh: () => Promise.resolve(at(host.linkTo(fault, SONG, true))),
    ...options,
  });

const digest = (bytes: Buffer) => `${bytes.length} ${createHash('md5').update(bytes).digest('hex')}`;

describe('every byte comes once and in order, whatever the server does:', () => {
  it.each<InputFault>([
    'none',
    'dropped every 48 KB',
    'dropped every 8 KB',
    'closed before Content-Length, every 48 KB',
    'chunked, dropped every 48 KB',
    'chunked, ended early every 48 KB',
    'dropped, ranges ignored',
    'dropped twice, ranges ignored, no validators',
    'dropped, ranges ignored, length unknown',
    'dropped, no validators',
    'dropped, weak ETag',
    'parts of 64 KB at most',
    'stalls twice',
    'stalls, ranges ignored',
    'slow drip',
    '403 after 96 KB',
    '404 after 96 KB',
    '410 after 96 KB',
    '403 after one second',
    'a sign-in page after 96 KB',
    '503 twice at open',
    '503 twice in the middle',
    '429 in the middle',
    'redirected, then dropped',
    'parts that begin at the start',
    'parts that do not say where they begin',
    'gzip that nobody asked for',
    'gzip that nobody asked for, dropped',
    'wrong type',
  ])('%s', async (fault) => {
    const { bytes, error } = await hear(fault);
    expect(error).toBeNull();
    expect(digest(bytes)).toBe(digest(song));
  });
});

describe('what cannot go on says so, and what was read till then is of one file:', () => {
  it.each<[InputFault, string]>([
    ['403 after 96 KB, for good', 'the server does not allow it'],
    ['500 from the middle on', 'the server answered with error 500'],
    ['redirected to a private address in the middle', ''],
    ['changed in the middle', 'it was changed on its server meanwhile'],
    ['changed in the middle, weak ETag', 'it was changed on its server meanwhile'],
    ['changed in the middle, ranges ignored', 'it was changed on its server meanwhile'],
    ['changed to another length', 'it was changed on its server meanwhile'],
    ['changed to another length, ranges ignored', 'it was changed on its server meanwhile'],
    ['changed in the middle, in secret', 'it was changed on its server meanwhile'],
    ['parts that begin too late', 'the server sent another part than I asked for'],
    ['parts that begin too late, in secret', 'it was changed on its server meanwhile'],
    ['Content-Length too long', 'the connection to the server broke'],
  ])('%s', async (fault, detail) => {
    const { bytes, error } = await hear(fault);
    expect(error).toMatchObject({ name: 'TenutoError', detail });
    expect(bytes.length).toBeGreaterThanOrEqual(64 * 1024);
    expect(digest(bytes)).toBe(digest(song.subarray(0, bytes.length)));
  });

  it.each<[InputFault, object]>([
    ['404 at open', { code: 'TRACK_UNAVAILABLE', detail: 'it is not there any more' }],
    ['redirected to itself', { code: 'TRACK_UNAVAILABLE', detail: 'the link leads in a circle' }],
    ['redirected to a private address', { code: 'BLOCKED_ADDRESS' }],
  ])('%s', async (fault, expected) => {
    const { bytes, error } = await hear(fault);
    expect(error).toMatchObject(expected);
    expect(bytes).toHaveLength(0);
  });
});

describe('the head of a file', () => {
  it.each<InputFault>(['dropped every 8 KB', 'stalls twice', '503 twice at open'])(
    'is read although: %s',
    async (fault) => {
      const { signal } = new AbortController();
      const { head, format } = await probe(http, new URL(host.linkTo(fault, SONG)), signal);
      expect(format).toBe('webm-opus');
      expect(digest(head)).toBe(digest(song.subarray(0, 64 * 1024)));
    },
  );

  it('is all that is asked for', async () => {
    const { signal } = new AbortController();
    await probe(http, new URL(host.linkTo('none', SONG)), signal);
    expect(host.requests.at(-1)?.range).toBe('bytes=0-65535');
  });
});
