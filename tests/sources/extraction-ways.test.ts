import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TenutoError } from '../../src/lib/errors.ts';
import { Subprocesses } from '../../src/lib/subprocess.ts';
import { ExtractionWays, USUAL_WAY } from '../../src/sources/extraction-ways.ts';
import { HttpStatusError } from '../../src/sources/http-client.ts';
import { createSources } from '../../src/sources/index.ts';
import { EgressProxy } from '../../src/sources/egress-proxy.ts';
import type { Track } from '../../src/sources/source.ts';
import { UrlGuard } from '../../src/sources/url-guard.ts';
import { YtDlp } from '../../src/sources/yt-dlp.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import { fakeYtDlp, type Behaviour } from './fake-yt-dlp.ts';
import { temporaryFolder } from './sounds.ts';

const signal = new AbortController().signal;
const CLIENTS = ['tv', 'web_embedded'];
const AS_OTHERS = 'youtube:player_client=tv,web_embedded';
const video = (id: string) => ({ site: 'YouTube', subject: `https://www.youtube.com/watch?v=${id}` });
const page = (n: number) => ({ site: 'example.com', subject: `https://example.com/${n}` });

describe('another way', () => {
  function ways(clients = CLIENTS) {
    const clock = { now: 1_000_000 };
    return { clock, ways: new ExtractionWays(clients, () => clock.now) };
  }

  it('is not taken without need', () => {
    const { ways: all } = ways();
    expect(all.wayTo(video('a'))).toBe(USUAL_WAY);
    expect(all.around('private', USUAL_WAY, video('a'))).toBeNull();
    expect(all.wayTo(video('a'))).toBe(USUAL_WAY);
  });

  it('is one format after the other, then other clients, for a page whose links are refused', () => {
    const { ways: all } = ways();
    const first = all.around('link-refused', all.wayTo(video('a')), video('a'));
    expect(first?.format).toContain('18');
    expect(all.wayTo(video('a'))).toBe(first);
    expect(all.wayTo(video('b'))).toBe(USUAL_WAY);
    const second = all.around('link-refused', all.wayTo(video('a')), video('a'));
    expect(second).toEqual({ ...USUAL_WAY, clients: CLIENTS });
    expect(all.around('link-refused', all.wayTo(video('a')), video('a'))).toBeNull();
    expect(all.wayTo(video('a'))).toBe(second);
  });

  it('is taken for the whole of a site that takes us for a robot, until it is forgotten', () => {
    const { clock, ways: all } = ways();
    expect(all.around('bot-check', USUAL_WAY, video('a'))?.clients).toEqual(CLIENTS);
    expect(all.wayTo(video('b')).clients).toEqual(CLIENTS);
    // One that had been under way meanwhile.
    expect(all.around('bot-check', USUAL_WAY, video('c'))?.clients).toEqual(CLIENTS);
    clock.now += 30 * 60_000;
    expect(all.wayTo(video('b'))).toBe(USUAL_WAY);
  });

  it('is not tried again for a while when it was in vain', () => {
    const { clock, ways: all } = ways();
    all.around('bot-check', USUAL_WAY, video('a'));
    all.inVain('bot-check', video('a'));
    expect(all.wayTo(video('a'))).toBe(USUAL_WAY);
    expect(all.around('bot-check', USUAL_WAY, video('b'))).toBeNull();
    clock.now += 30 * 60_000;
    expect(all.around('bot-check', USUAL_WAY, video('b'))).not.toBeNull();
  });

  it('is as other clients only to YouTube, and only where there are some', () => {
    expect(ways().ways.around('format', USUAL_WAY, page(1))).toBeNull();
    expect(ways([]).ways.around('bot-check', USUAL_WAY, video('a'))).toBeNull();
    const { ways: all } = ways();
    all.around('link-refused', USUAL_WAY, page(1));
    expect(all.around('link-refused', all.wayTo(page(1)), page(1))).toBeNull();
  });

  it('is remembered of no more pages than it must', () => {
    const { ways: all } = ways();
    for (let n = 0; n < 2_000; n += 1) all.around('link-refused', USUAL_WAY, page(n));
    expect([all.wayTo(page(0)) === USUAL_WAY, all.wayTo(page(1_999)) === USUAL_WAY]).toEqual([true, false]);
  });
});

const ONE = {
  stdout: JSON.stringify({ id: 'x', title: 'X', url: 'http://127.0.0.1:1/x', acodec: 'mp4a', protocol: 'http' }),
};
const robot: Behaviour = {
  stdout: 'null',
  stderr: 'ERROR: [youtube] x: Sign in to confirm you’re not a bot.',
  code: 1,
};
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

async function asker(behaviour: Behaviour) {
  const fake = await fakeYtDlp(folder.path, behaviour);
  const parts = { path: fake.path, dataDir: folder.path, subprocesses, egress, otherClients: CLIENTS };
  const ytDlp = new YtDlp(parts);
  const ask = (id: string) =>
    ytDlp.extract({ kind: 'page', url: new URL(`https://www.youtube.com/watch?v=${id}`), limit: 1 }, { signal });
  const asOthers = async () => (await fake.calls()).map(({ argv }) => argv.includes(AS_OTHERS));
  return { ask, asOthers };
}

describe('yt-dlp that YouTube does not answer', () => {
  it('asks once more as other clients, and goes on so', async () => {
    const { ask, asOthers } = await asker({ ...robot, given: { argument: AS_OTHERS, does: ONE } });
    await expect(ask('a')).resolves.toMatchObject({ kind: 'one' });
    await expect(ask('b')).resolves.toMatchObject({ kind: 'one' });
    expect(await asOthers()).toEqual([false, true, true]);
  });

  it('tells what was said first when that does not help either, and does not make a habit of it', async () => {
    const nothing = { ...robot, stderr: 'ERROR: [youtube] x: Requested format is not available' };
    const { ask, asOthers } = await asker({ ...robot, given: { argument: AS_OTHERS, does: nothing } });
    await expect(ask('a')).rejects.toMatchObject({ code: 'SITE_BLOCKED', detail: 'it takes this server for a robot' });
    await expect(ask('b')).rejects.toMatchObject({ code: 'SITE_BLOCKED' });
    expect(await asOthers()).toEqual([false, true]);
  });

  it.each(['Requested format is not available', 'No video formats found!; please report this issue'])(
    'looks for other formats as other clients, where there are none: %s',
    async (said) => {
      const none = { stdout: 'null', stderr: `ERROR: [youtube] x: ${said}`, code: 1 };
      const { ask, asOthers } = await asker({ ...none, given: { argument: AS_OTHERS, does: ONE } });
      await expect(ask('a')).resolves.toMatchObject({ kind: 'one' });
      await ask('a');
      expect(await asOthers()).toEqual([false, true, true]);
    },
  );
});

it('a track whose new link is refused, too, is located in another format', async () => {
  const fake = await fakeYtDlp(folder.path, ONE);
  const all = createSources({
    store: new MemoryStore(),
    subprocesses,
    dataDir: folder.path,
    musicDir: folder.path,
    ytDlpPath: fake.path,
    playlistLimit: 50,
    allowPrivateHosts: ['127.0.0.1'],
  });
  const track: Track = {
    source: 'site',
    identifier: 'http://127.0.0.1:1/page',
    title: 'X',
    artist: null,
    link: null,
    thumbnail: null,
    durationMs: null,
    live: false,
  };
  const formats = async () =>
    (await fake.calls()).map(({ argv }) => argv[argv.indexOf('--format') + 1]?.includes('/18/'));
  const locate = () => all.locate(track, signal);
  const refused = new TenutoError('TRACK_UNAVAILABLE', '', { cause: new HttpStatusError(403) });
  await locate();
  await all.forget(track);
  await locate();
  await all.forget(track, new TenutoError('TRACK_UNAVAILABLE'));
  await locate();
  await all.forget(track, refused);
  await locate();
  expect(await formats()).toEqual([false, false, false, true]);
  await all.close();
});
