import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Subprocesses } from '../../src/lib/subprocess.ts';
import { EgressProxy } from '../../src/sources/egress-proxy.ts';
import { UrlGuard } from '../../src/sources/url-guard.ts';
import type { Entry } from '../../src/sources/yt-dlp-info.ts';
import { YtDlp } from '../../src/sources/yt-dlp.ts';
import { fakeYtDlp, type Behaviour } from './fake-yt-dlp.ts';
import { temporaryFolder } from './sounds.ts';

const signal = new AbortController().signal;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let subprocesses: Subprocesses;
let egress: EgressProxy;

beforeEach(async () => {
  folder = await temporaryFolder();
  egress = new EgressProxy(new UrlGuard());
  subprocesses = new Subprocesses(process.env);
});
afterEach(async () => {
  await subprocesses.closeAll();
  await egress.close();
  await folder.remove();
});

const entry = (n: number) => JSON.stringify({ id: `${n}`, url: `https://example.com/${n}`, playlist_title: 'Many' });
const lines = (count: number) => Array.from({ length: count }, (_, n) => `${entry(n)}\n`).join('');

async function lister(behaviour: Behaviour, timeoutMs?: number) {
  const fake = await fakeYtDlp(folder.path, behaviour);
  const limits = timeoutMs === undefined ? {} : { timeoutMs };
  const program = new YtDlp({ path: fake.path, dataDir: folder.path, subprocesses, egress, ...limits });
  const entries: Entry[] = [];
  const list = (limit: number, asking = signal) =>
    program.list({ kind: 'list', url: new URL('https://example.com/list'), limit }, { signal: asking }, (one) =>
      entries.push(one),
    );
  return { fake, entries, list, program };
}

describe('a list', () => {
  it('is told entry by entry, while there are more to come', async () => {
    const { entries, list } = await lister({ stdout: lines(3), hangs: true });
    const life = new AbortController();
    const listing = list(50, life.signal);
    await expect.poll(() => entries.length, { timeout: 20_000 }).toBe(3);
    expect(entries[0]).toMatchObject({ id: '0', playlist_title: 'Many' });
    life.abort(new Error('enough'));
    await expect(listing).rejects.toThrow('enough');
    await expect.poll(() => subprocesses.living).toEqual([]);
  });

  it('is read once for all who ask for it meanwhile, and on while one of them waits', async () => {
    const { fake, entries, list } = await lister({ stdout: lines(3), hangs: true });
    const [one, other] = [new AbortController(), new AbortController()];
    const first = list(50, one.signal);
    await expect.poll(() => entries.length, { timeout: 20_000 }).toBe(3);
    const second = list(50, other.signal);
    expect(entries.map(({ id }) => id)).toEqual(['0', '1', '2', '0', '1', '2']);
    one.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    expect(subprocesses.living).toHaveLength(1);
    other.abort(new Error('enough too'));
    await expect(second).rejects.toThrow('enough too');
    await expect.poll(() => subprocesses.living).toEqual([]);
    expect(await fake.calls()).toHaveLength(1);

    const third = list(50);
    await expect.poll(() => entries.length, { timeout: 20_000 }).toBe(9);
    expect(await fake.calls()).toHaveLength(2);
    await subprocesses.closeAll();
    await expect(third).rejects.toThrow();
  });

  it('is asked for lazily, flat, and no longer than what is wanted of it', async () => {
    const { fake, entries, list } = await lister({ stdout: lines(9) });
    await list(4);
    expect(entries).toHaveLength(4);
    const [call] = await fake.calls();
    expect(call?.argv).toEqual(expect.arrayContaining(['--dump-json', '--lazy-playlist', '--flat-playlist', '1:4']));
  });

  it('passes over what is no entry, and takes a last line without an end', async () => {
    const { entries, list } = await lister({ stdout: `null\nnot json\n\n${entry(1)}` });
    await list(50);
    expect(entries).toMatchObject([{ id: '1' }]);
  });

  it('keeps what came before a failure', async () => {
    const { entries, list } = await lister({ stdout: lines(2), stderr: 'ERROR: [x] HTTP Error 429', code: 1 });
    await expect(list(50)).rejects.toMatchObject({ code: 'SITE_BLOCKED' });
    expect(entries).toHaveLength(2);
  });

  it.each([
    ['says nothing any more', { stdout: lines(1), hangs: true }, 'EXTRACTION_TIMED_OUT', 1_500],
    ['never ends its line', { floods: true }, 'TRACK_UNAVAILABLE', 30_000],
  ])('is killed when yt-dlp %s', async (_what, behaviour, code, quietMs) => {
    const { list } = await lister(behaviour, quietMs);
    await expect(list(50)).rejects.toMatchObject({ code });
    expect(subprocesses.living).toEqual([]);
  });

  it('is an answer of its site with the first entry, also when nobody reads on', async () => {
    const down: Behaviour = { stderr: 'ERROR: [x] HTTP Error 503: Service Unavailable', code: 1 };
    const { fake, list, program } = await lister(down);
    const fail = () => expect(list(50)).rejects.toMatchObject({ retryAt: null });
    await fail();
    await fail();
    await fake.behave({ stdout: lines(1), hangs: true });
    const target = { kind: 'list', url: new URL('https://example.com/list'), limit: 5 } as const;
    const enough = program.list(target, { signal }, () => {
      throw new Error('enough');
    });
    await expect(enough).rejects.toThrow('enough');
    await fake.behave(down);
    // The third in a row would close the site for a while.
    await fail();
  });

  it('is killed when whoever reads it breaks', async () => {
    const { program } = await lister({ stdout: lines(1), hangs: true });
    const target = { kind: 'youtube-list', words: 'a song', limit: 5 } as const;
    const broken = program.list(target, { signal }, () => {
      throw new Error('broken reader');
    });
    await expect(broken).rejects.toThrow('broken reader');
    await expect.poll(() => subprocesses.living).toEqual([]);
  });

  it('keeps nobody from looking something up', async () => {
    const { fake, list, program } = await lister({ stdout: lines(1), hangs: true });
    const life = new AbortController();
    const asking = { signal: life.signal };
    const lists = [list(5, life.signal), list(6, life.signal)];
    const pages = [1, 2].map((n) =>
      program.extract({ kind: 'page', url: new URL(`https://example.com/${n}`), limit: 1 }, asking),
    );
    await expect.poll(fake.calls, { timeout: 20_000 }).toHaveLength(4);
    life.abort(new Error('enough'));
    await Promise.allSettled([...lists, ...pages]);
    await expect.poll(() => subprocesses.living).toEqual([]);
  });
});
