import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFixtures, startMediaHost } from '../../loopback/media.ts';
import type { MediaHost } from '../../loopback/media.ts';

const run = promisify(execFile);

describe('the real yt-dlp, on the host,', () => {
  let host: MediaHost;
  let ytDlp: string;
  beforeAll(async () => {
    host = await startMediaHost(
      await makeFixtures(join(import.meta.dirname, '../../data/loopback/media'), { seconds: 5 }),
    );
    ytDlp = await findYtDlp();
  });
  afterAll(() => host.close());

  it.each(['song.webm', 'song.opus', 'song.mp3', 'song.m4a', 'song.flac', 'song.wav', 'hls/song.m3u8'])(
    'finds audio at %s',
    async (name) => {
      expect(await extract(name)).toMatchObject({ extractor: 'generic', url: host.urlOf(name) });
    },
  );

  it('reads the feed as a playlist', async () => {
    const feed = await extract('feed.xml');
    expect(feed).toMatchObject({ _type: 'playlist', title: 'Tenuto Demo Radio' });
    expect(feed.entries?.map(({ title, url }) => [title, url])).toEqual([
      ['Long Note', host.urlOf('song.webm')],
      ['Second Wind', host.urlOf('second.webm')],
      ['Third Time', host.urlOf('third.opus')],
    ]);
  });

  it('finds the song that the page is about', async () => {
    expect(await extract('page.html')).toMatchObject({
      title: expect.stringContaining('Long Note, the page'),
      url: host.urlOf('song.webm'),
    });
  });

  it.each(['404', 'redirect-loop', 'page.mp3'])('gives up at /%s', async (name) => {
    await expect(extract(name)).rejects.toThrow(/ERROR/);
  });

  async function extract(name: string): Promise<Extraction> {
    const args = ['-J', '--ignore-config', '--no-warnings', '--no-cache-dir', '--', host.urlOf(name)];
    const { stdout } = await run(ytDlp, args, { timeout: 45_000, maxBuffer: 1 << 24 });
    return JSON.parse(stdout);
  }
});

interface Extraction {
  readonly _type: string;
  readonly extractor: string;
  readonly title: string;
  readonly url?: string;
  readonly entries?: readonly Extraction[];
}

/** Where `npm run setup` may have put it: as configured, in youtube-dl-exec's own folder, or on PATH. */
async function findYtDlp(): Promise<string> {
  const packaged = join(dirname(createRequire(import.meta.url).resolve('youtube-dl-exec/package.json')), 'bin/yt-dlp');
  const isThere = await access(packaged, constants.X_OK).then(
    () => true,
    () => false,
  );
  return process.env['YTDLP_PATH'] || (isThere ? packaged : 'yt-dlp');
}
