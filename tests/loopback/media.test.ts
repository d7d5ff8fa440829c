import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parseRange } from '../../loopback/media/byte-range.ts';
import { MISBEHAVIOUR } from '../../loopback/media/misbehaviour.ts';
import { makeFixtures, makeLibrary, startMediaHost } from '../../loopback/media.ts';
import type { Fixtures, MediaHost } from '../../loopback/media.ts';

const run = promisify(execFile);

describe('parseRange', () => {
  const part = (first: number, last: number) => ({ kind: 'part', first, last });
  it.each([
    [undefined, 100, { kind: 'whole' }],
    ['bytes=0-', 100, part(0, 99)],
    ['bytes=10-19', 100, part(10, 19)],
    ['bytes=90-200', 100, part(90, 99)],
    ['bytes=-10', 100, part(90, 99)],
    ['bytes=-200', 100, part(0, 99)],
    ['bytes=100-', 100, { kind: 'unsatisfiable' }],
    ['bytes=-0', 100, { kind: 'unsatisfiable' }],
    ['bytes=0-', 0, { kind: 'unsatisfiable' }],
    ['bytes=5-4', 100, { kind: 'whole' }],
    ['bytes=0-1,5-6', 100, { kind: 'whole' }],
    ['bytes=-', 100, { kind: 'whole' }],
    ['pages=1-2', 100, { kind: 'whole' }],
  ])('reads %s of %i bytes', (header, size, expected) => {
    expect(parseRange(header, size)).toEqual(expected);
  });
});

describe('the fixtures', () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'tenuto-media-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('are made once, whole, by several askers at the same time', async () => {
    const made = await Promise.all([1, 2].map(() => makeFixtures(join(folder, 'together'), { seconds: 1 })));
    expect(new Set(made.map(({ directory }) => directory)).size).toBe(1);
    expect(await readdir(join(folder, 'together'))).toHaveLength(1);
  });

  it('are the same bytes every time', async () => {
    const [one, two] = [
      await makeFixtures(join(folder, 'one'), { seconds: 1 }),
      await makeFixtures(join(folder, 'two'), { seconds: 1 }),
    ];
    const names = await readdir(one.directory, { recursive: true });
    for (const name of names.filter((name) => name.includes('.'))) {
      expect((await readFile(one.pathOf(name))).equals(await readFile(two.pathOf(name))), name).toBe(true);
    }
  });

  it('are made of 20 ms Opus packets of which no two are alike, and the same ones in WebM and Ogg', async () => {
    const fixtures = await makeFixtures(folder, { seconds: 5 });
    const packets = await opusPackets(fixtures.pathOf('song.webm'));
    expect(packets.length).toBeGreaterThanOrEqual(250);
    expect(new Set(packets).size).toBe(packets.length);
    expect(await opusPackets(fixtures.pathOf('song.opus'))).toEqual(packets);
    const others = await opusPackets(fixtures.pathOf('second.webm'));
    expect(others.filter((packet) => packets.includes(packet))).toEqual([]);
  });

  it('leave nothing behind when ffmpeg fails', async () => {
    await expect(makeFixtures(join(folder, 'failed'), { ffmpeg: 'false' })).rejects.toThrow();
    expect(await readdir(join(folder, 'failed'))).toEqual([]);
  });

  it('fill a library with tagged tracks', async () => {
    const [first] = await makeLibrary(folder, { seconds: 1 });
    const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', first?.path ?? '', '-f', 'ffmetadata', '-']);
    expect(stdout).toContain('title=Long Note');
    expect(stdout).toContain('artist=Tenuto Demo');
  });
});

describe('the host', () => {
  let folder: string;
  let fixtures: Fixtures;
  let host: MediaHost;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenuto-media-'));
    fixtures = await makeFixtures(folder, { seconds: 2 });
    host = await startMediaHost(fixtures);
  });
  afterAll(async () => {
    await host.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('sends a whole file, and what it is', async () => {
    const answer = await get('song.webm');
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'audio/webm', 'accept-ranges': 'bytes' } });
    expect(answer.body.equals(await readFile(fixtures.pathOf('song.webm')))).toBe(true);
  });

  it('sends the part that was asked for', async () => {
    const whole = await readFile(fixtures.pathOf('song.mp3'));
    const answer = await get('song.mp3', { range: 'bytes=1000-1999' });
    expect(answer).toMatchObject({ status: 206, headers: { 'content-range': `bytes 1000-1999/${whole.length}` } });
    expect(answer.body.equals(whole.subarray(1000, 2000))).toBe(true);
    expect(host.requests.at(-1)).toMatchObject({ method: 'GET', path: '/song.mp3', range: 'bytes=1000-1999' });
  });

  it('refuses a part that is not there', async () => {
    expect((await get('song.mp3', { range: 'bytes=99999999-' })).status).toBe(416);
  });

  it('sends the whole file again when it is no longer the one whose part was asked for', async () => {
    const { etag = '' } = (await get('song.mp3')).headers;
    expect((await get('song.mp3', { range: 'bytes=0-9', 'if-range': etag })).status).toBe(206);
    expect((await get('song.mp3', { range: 'bytes=0-9', 'if-range': '"another"' })).status).toBe(200);
    expect((await get('song.mp3', { 'if-none-match': etag })).status).toBe(304);
  });

  it('answers HEAD with the length and no body', async () => {
    const { size } = await import('node:fs/promises').then(({ stat }) => stat(fixtures.pathOf('song.flac')));
    const answer = await get('song.flac', {}, 'HEAD');
    expect(answer).toMatchObject({ status: 200, headers: { 'content-length': String(size) } });
    expect(answer.body).toHaveLength(0);
  });

  it.each(['..%2f..%2fpackage.json', 'hls', 'nothing.webm', '%ff', '%00'])('has no file for %s', async (name) => {
    expect((await get(name)).status).toBe(404);
  });

  it.each([
    ['empty.mp3', 200, 0],
    ['zero', 200, 0],
    ['404', 404, 10],
    ['403', 403, 10],
    ['500', 500, 13],
    ['redirect', 302, 0],
    ['redirect-loop', 302, 0],
  ])('misbehaves at /%s', async (name, status, length) => {
    const answer = await get(name);
    expect(answer.status).toBe(status);
    expect(answer.body).toHaveLength(length);
  });

  it('sends pages under the names of songs, honestly labelled and not', async () => {
    expect((await get('page.mp3')).headers['content-type']).toBe('text/html');
    expect((await get('lying.mp3')).headers['content-type']).toBe('audio/mpeg');
    expect((await get('lying.mp3')).body.toString()).toContain('<!doctype html>');
  });

  it('breaks off in the middle at /cut', async () => {
    await expect(get('cut')).rejects.toThrow(/aborted/);
  });

  it('begins and then stalls at /stall and /slow, says nothing at /silent, and closes all the same', async () => {
    const own = await startMediaHost(fixtures);
    const hung = ['stall', 'slow'].map(
      (name) =>
        new Promise<void>((resolve, reject) => {
          const asking = request(own.urlOf(name), (answer) => {
            answer.once('data', () => resolve());
            answer.on('error', () => undefined);
          });
          asking.once('error', reject).end();
        }),
    );
    await Promise.all(hung);
    const silent = fetch(own.urlOf('silent')).catch(() => 'ended');
    await expect.poll(() => own.requests.length).toBe(3);
    await own.close();
    expect(await silent).toBe('ended');
  });

  it('keeps the last 2000 requests', async () => {
    const own = await startMediaHost(fixtures);
    onTestFinished(() => own.close());
    for (let n = 0; n < 2_010; n += 30) {
      await Promise.all(
        Array.from({ length: 30 }, (_, more) => fetch(own.urlOf(`no-${n + more}`), { method: 'HEAD' })),
      );
    }
    expect(own.requests).toHaveLength(2_000);
    expect(own.requests.map(({ path }) => path)).not.toContain('/no-0');
  });

  it('names its rows as paths', () => {
    expect(Object.keys(MISBEHAVIOUR).every((path) => path.startsWith('/'))).toBe(true);
  });

  async function get(name: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asking = request(host.urlOf(name), { method, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('error', reject);
        answer.once('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
        );
      });
      asking.once('error', reject).end();
    });
  }
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The digest of each packet of an audio file, as ffmpeg's demuxer sees them. */
async function opusPackets(path: string): Promise<readonly string[]> {
  const args = ['-v', 'error', '-i', path, '-c', 'copy', '-f', 'framemd5', '-'];
  const { stdout } = await run('ffmpeg', args, { maxBuffer: 1 << 24 });
  const lines = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => line.split(',')[5]?.trim() ?? '');
}
