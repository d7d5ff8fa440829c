import { randomBytes } from 'node:crypto';
import { readdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { AudioCache } from '../../src/sources/audio-cache.ts';
import type { Copy } from '../../src/sources/resumable.ts';
import type { Media, Track } from '../../src/sources/source.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { mountSmallDisk } from '../storage/fixtures/bad-disks.ts';
import { temporaryFolder } from './sounds.ts';

const KB = 1_024;
const SOON = { timeout: 10_000 };
let folder: string;
let logged: string[];

beforeEach(async () => {
  const made = await temporaryFolder();
  onTestFinished(() => made.remove());
  folder = join(made.path, 'audio');
  logged = [];
});

function open(maxBytes = 100 * KB, where = folder): Promise<AudioCache> {
  const log = createLogger({ level: 'debug', destination: { write: (line) => void logged.push(line) } });
  return AudioCache.open({ folder: where, maxBytes, log });
}

const track = (id: string, changes: Partial<Track> = {}): Track => ({
  source: 'site',
  identifier: `https://example.com/${id}`,
  title: id,
  artist: null,
  link: null,
  thumbnail: null,
  durationMs: 1_000,
  live: false,
  ...changes,
});
const media: Media = { kind: 'http', url: new URL('https://media.example/x'), headers: {}, format: 'webm-opus' };

const begin = (cache: AudioCache, of: Track, bytes: number): Copy | null => cache.keep(of, media)?.(bytes) ?? null;

/** No two are alike, and none begins as a page does. */
const noise = (length: number) => Buffer.concat([Buffer.from('OggS'), randomBytes(length - 4)]);

/** Keeps a track as if it had been heard, in pieces. */
async function hear(cache: AudioCache, of: Track, bytes: Buffer): Promise<void> {
  const copy = begin(cache, of, bytes.length);
  for (let at = 0; at < bytes.length; at += 7_000) copy?.take(bytes.subarray(at, at + 7_000));
  copy?.abandon();
  await expect.poll(() => cache.has(of), SOON).toBe(true);
}

async function bytesIn(cache: AudioCache, of: Track): Promise<Buffer | null> {
  const found = await cache.find(of);
  return found && (await readFile(found.path));
}

const names = async () => (await readdir(folder)).toSorted();

it('has the same bytes and the format when a track is asked for again, also after a restart', async () => {
  const sound = noise(30 * KB);
  const cache = await open();
  expect(await cache.find(track('a'))).toBeNull();
  await hear(cache, track('a'), sound);
  expect(await cache.find(track('a'))).toMatchObject({ kind: 'file', format: 'webm-opus' });
  for (const each of [cache, await open()]) expect(await bytesIn(each, track('a'))).toEqual(sound);
});

it('knows a video under each of its addresses', async () => {
  const cache = await open();
  const video = track('', { source: 'youtube', identifier: 'https://www.youtube.com/watch?v=abcdefghijk&list=x' });
  await hear(cache, video, noise(KB));
  expect(await cache.find({ ...video, identifier: 'https://youtu.be/abcdefghijk' })).not.toBeNull();
});

it.each([
  ['a live stream', track('a', { live: true }), media],
  ['a direct link, whose file may change', track('a', { source: 'direct-url' }), media],
  ['a file of the library', track('a', { source: 'library' }), { kind: 'file', path: '/x', format: 'other' } as const],
])('keeps nothing of %s', async (_what, of, from) => {
  expect((await open()).keep(of, from)).toBeUndefined();
});

it('keeps nothing that is not whole', async () => {
  const cache = await open();
  const left = begin(cache, track('left'), 10 * KB);
  left?.take(noise(9 * KB));
  left?.abandon();
  const longer = begin(cache, track('longer'), 10 * KB);
  longer?.take(noise(11 * KB));
  longer?.abandon();
  expect([cache.has(track('left')), cache.has(track('longer'))]).toEqual([false, false]);
  await hear(cache, track('left'), noise(10 * KB));
  await expect.poll(names, SOON).toHaveLength(1);
});

it.each(['#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:4,\nsong0.ts\n', '<!doctype html><title>Sorry</title>'])(
  'keeps nothing that is no sound: %j',
  async (text) => {
    const cache = await open();
    const bytes = Buffer.from(text);
    const copy = begin(cache, track('a'), bytes.length);
    for (const byte of bytes) copy?.take(Buffer.of(byte));
    await hear(cache, track('b'), noise(KB));
    expect(cache.has(track('a'))).toBe(false);
    await expect.poll(names, SOON).toHaveLength(1);
  },
);

it('removes what a process left that died while it was writing, and what was cut off since', async () => {
  const cache = await open();
  await hear(cache, track('a'), noise(10 * KB));
  await hear(cache, track('b'), noise(10 * KB));
  const [first = '', second = ''] = await names();
  await truncate(join(folder, first), 5 * KB);
  await writeFile(join(folder, `${crypto.randomUUID()}.part`), 'half');
  await writeFile(join(folder, 'of somebody else'), 'x');
  await open();
  expect(await names()).toEqual([second, 'of somebody else'].toSorted());
});

it.each([
  ['one byte of it changed', async (path: string) => writeFile(path, 'x', { flag: 'r+' })],
  ['it was cut off', async (path: string) => truncate(path, 5 * KB)],
  ['it is longer than it was', async (path: string) => writeFile(path, 'x', { flag: 'a' })],
])('drops a file when %s', async (_what, damage) => {
  const cache = await open();
  await hear(cache, track('a'), Buffer.alloc(10 * KB, 'a'));
  await damage(join(folder, (await names())[0] ?? ''));
  expect(await cache.find(track('a'))).toBeNull();
  expect(await names()).toEqual([]);
  expect(logged.join('')).toContain('damaged');
  await hear(cache, track('a'), Buffer.alloc(10 * KB, 'a'));
});

it('holds no more than it may, and lets go of what was not used for the longest time', async () => {
  const cache = await open(35 * KB);
  for (const id of ['a', 'b', 'c']) await hear(cache, track(id), noise(10 * KB));
  await cache.find(track('a'));
  await hear(cache, track('d'), noise(10 * KB));
  expect(['a', 'b', 'c', 'd'].filter((id) => cache.has(track(id)))).toEqual(['a', 'c', 'd']);
  expect(begin(cache, track('e'), 36 * KB)).toBeNull();
  await expect.poll(names, SOON).toHaveLength(3);
});

it('counts what is just being written, and gives it back when nothing comes of it', async () => {
  const cache = await open(25 * KB);
  await hear(cache, track('a'), noise(10 * KB));
  const half = begin(cache, track('b'), 20 * KB);
  half?.take(noise(14 * KB));
  expect(cache.has(track('a'))).toBe(true);
  half?.take(noise(2 * KB));
  expect(cache.has(track('a'))).toBe(false);
  half?.abandon();
  await hear(cache, track('c'), noise(10 * KB));
  await hear(cache, track('d'), noise(10 * KB));
  expect([cache.has(track('c')), cache.has(track('d'))]).toEqual([true, true]);
});

it('remembers over a restart what was used last', async () => {
  const cache = await open();
  for (const id of ['a', 'b']) await hear(cache, track(id), noise(10 * KB));
  for (const name of await names()) await utimes(join(folder, name), 1, 1);
  await cache.find(track('a'));
  const next = await open(15 * KB);
  expect([next.has(track('a')), next.has(track('b'))]).toEqual([true, false]);
});

it('writes a track once when two guilds play it at the same time', async () => {
  const cache = await open();
  const sound = noise(20 * KB);
  const first = begin(cache, track('a'), sound.length);
  expect(begin(cache, track('a'), sound.length)).toBeNull();
  first?.take(sound);
  await expect.poll(() => cache.has(track('a')), SOON).toBe(true);
  expect(await names()).toHaveLength(1);
  // Who hears it meanwhile keeps what is there.
  await hear(cache, track('a'), sound);
  expect(await bytesIn(cache, track('a'))).toEqual(sound);
});

it('lets a track go that did not play', async () => {
  const cache = await open();
  await hear(cache, track('a'), noise(KB));
  await cache.drop(track('a'));
  expect(await cache.find(track('a'))).toBeNull();
  expect(await names()).toEqual([]);
});

it('is off, with one line in the log, where it cannot have its folder', async () => {
  await writeFile(folder, 'a file');
  const cache = await open();
  expect(begin(cache, track('a'), KB)).toBeNull();
  expect(logged.join('').match(/takes nothing more/g)).toHaveLength(1);
});

it('is switched off by a full disk with one line in the log, and what it has stays', async ({ skip }) => {
  const disk = await mountSmallDisk();
  if (disk === null) return skip('nothing can be mounted here');
  const cache = await open(100 * 1_024 * KB, disk.folder);
  await hear(cache, track('a'), noise(10 * KB));
  disk.fill();
  const copies = ['b', 'c'].map((id) => begin(cache, track(id), 30 * KB));
  for (const copy of copies) copy?.take(noise(20 * KB));
  await expect.poll(() => logged.join(''), SOON).toContain('takes nothing more');
  for (const copy of copies) copy?.take(noise(10 * KB));
  disk.makeRoom();
  expect(begin(cache, track('d'), KB)).toBeNull();
  expect(await cache.find(track('a'))).not.toBeNull();
  await expect.poll(async () => (await readdir(disk.folder)).length, SOON).toBe(1);
  expect(logged.join('').match(/takes nothing more/g)).toHaveLength(1);
});
