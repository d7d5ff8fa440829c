import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TenutoError } from '../../src/lib/errors.ts';
import { Subprocesses } from '../../src/lib/subprocess.ts';
import { EgressProxy } from '../../src/sources/egress-proxy.ts';
import { UrlGuard } from '../../src/sources/url-guard.ts';
import { findYtDlp } from '../../src/sources/yt-dlp-binary.ts';
import { ytDlpCandidates } from '../../src/sources/yt-dlp-program.ts';
import { YtDlp } from '../../src/sources/yt-dlp.ts';
import { fakeYtDlp, type Behaviour } from './fake-yt-dlp.ts';
import { temporaryFolder } from './sounds.ts';

const signal = new AbortController().signal;
const ONE = JSON.stringify({ _type: 'video', id: 'x', title: 'X', url: 'https://media.example/x', duration: 10 });
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let subprocesses: Subprocesses;
let egress: EgressProxy;

beforeEach(async () => {
  folder = await temporaryFolder();
  egress = new EgressProxy(new UrlGuard());
  subprocesses = new Subprocesses({ PATH: process.env['PATH'], DISCORD_TOKEN: 'secret', HOME: '/root' });
});
afterEach(async () => {
  await subprocesses.closeAll();
  await egress.close();
  await folder.remove();
});

async function ytDlp(behaviour: Behaviour, timeoutMs?: number, program?: Parameters<typeof fakeYtDlp>[2]) {
  const fake = await fakeYtDlp(folder.path, behaviour, program);
  const limits = timeoutMs === undefined ? {} : { timeoutMs };
  return { fake, program: new YtDlp({ path: fake.path, dataDir: folder.path, subprocesses, egress, ...limits }) };
}

const failure = (work: Promise<unknown>) =>
  work.then(
    () => 'no failure',
    (error: TenutoError) => error.say,
  );
const page = (href: string) => ({ kind: 'page', url: new URL(href), limit: 50 }) as const;

describe('what a person typed', () => {
  it.each([
    '--exec=touch /tmp/tenuto-was-here',
    '--config-locations=/tmp/evil.conf',
    '-o /etc/passwd',
    '-- --exec id',
    '--enable-file-urls',
    '$(touch /tmp/tenuto-was-here)',
    '`id`; rm -rf /',
  ])('is never more than the one argument behind "--": %j', async (words) => {
    const { fake, program } = await ytDlp({ stdout: ONE });
    await program.extract({ kind: 'youtube-search', words }, { signal });
    const [call] = await fake.calls();
    expect(call?.argv.slice(-2)).toEqual(['--', `ytsearch1:${words}`]);
    expect(call?.argv.filter((argument) => argument.includes(words))).toHaveLength(1);
    await expect(access('/tmp/tenuto-was-here')).rejects.toThrow('ENOENT');
  });

  it('stays one argument when it is a link', async () => {
    const { fake, program } = await ytDlp({ stdout: ONE });
    await program.extract(page('https://example.com/--exec=id?a=-o&b= --netrc'), { signal });
    expect((await fake.calls())[0]?.argv.slice(-2)).toEqual(['--', 'https://example.com/--exec=id?a=-o&b=%20--netrc']);
  });
});

describe('how it is called', () => {
  it('passes only options that this yt-dlp has, without configuration, and without our secrets', async () => {
    const help = `Usage: yt-dlp [OPTIONS] URL [URL...]

  General Options:
    -h, --help                      Print this help text; see also --not-an-option
    -J, --dump-single-json          Print JSON
    --ignore-config                 Read no configuration
    --no-exec                       Run nothing
    -f, --format FORMAT             Video format code
    --use-extractors NAMES          Which
    --no-playlist                   One only
    --flat-playlist                 Do not extract the videos of a playlist
    -I, --playlist-items ITEM_SPEC  Which
    --socket-timeout SECONDS        Time to wait
    --cache-dir DIR                 Where
`;
    const { fake, program } = await ytDlp({ stdout: ONE }, undefined, { help });
    await program.extract(page('https://example.com/'), { signal });
    const { argv = [], env = [] } = (await fake.calls())[0] ?? {};
    expect(argv).toEqual([
      '--dump-single-json',
      '--ignore-config',
      '--no-exec',
      '--use-extractors',
      expect.stringContaining('youtube'),
      '--cache-dir',
      join(folder.path, 'cache', 'yt-dlp'),
      '--socket-timeout',
      '10',
      '--format',
      expect.stringContaining('ba[acodec=opus]'),
      '--no-playlist',
      '--flat-playlist',
      '--playlist-items',
      '1:50',
      '--',
      'https://example.com/',
    ]);
    const proxies = ['http_proxy', 'https_proxy', 'ftp_proxy', 'all_proxy'];
    expect(env.filter((name) => !['PATH', 'HOME'].includes(name)).toSorted()).toEqual(proxies.toSorted());
  });

  it('brings our own Node as JavaScript runtime where that is possible', async () => {
    const help =
      '    -J, --dump-single-json\n    --ignore-config\n    --no-exec\n    -f, --format F\n    --use-extractors NAMES\n    --js-runtimes RUNTIME  Which\n';
    const fake = await fakeYtDlp(folder.path, { stdout: ONE }, { help });
    await new YtDlp({ path: fake.path, dataDir: folder.path, subprocesses, egress }).extract(
      page('https://example.com/'),
      {
        signal,
      },
    );
    expect((await fake.calls())[0]?.argv).toContain(`node:${process.execPath}`);
  });

  it('asks once for what several want at the same time', async () => {
    const { fake, program } = await ytDlp({ stdout: ONE });
    const [first, second] = await Promise.all(
      [1, 2].map(() => program.extract(page('https://example.com/'), { signal })),
    );
    expect(first).toEqual(second);
    expect(await fake.calls()).toHaveLength(1);
  });

  it('asks about two things at once and no more', async () => {
    const { fake, program } = await ytDlp({ hangs: true });
    const life = new AbortController();
    const asked = [1, 2, 3].map((n) =>
      failureOf(program.extract(page(`https://example.com/${n}`), { signal: life.signal })),
    );
    await expect.poll(fake.calls, { timeout: 20_000 }).toHaveLength(2);
    expect(subprocesses.living).toHaveLength(2);
    life.abort(new Error('enough'));
    expect(await Promise.all(asked)).toEqual(['enough', 'enough', 'enough']);
    await expect.poll(() => subprocesses.living).toEqual([]);
    expect(await fake.calls()).toHaveLength(2);
  });

  it('goes on for those who still wait when one of them leaves', async () => {
    const { fake, program } = await ytDlp({ hangs: true });
    const [leaver, stayer] = [new AbortController(), new AbortController()];
    const left = failureOf(program.extract(page('https://example.com/'), { signal: leaver.signal }));
    const stayed = failureOf(program.extract(page('https://example.com/'), { signal: stayer.signal }));
    await expect.poll(fake.calls, { timeout: 20_000 }).toHaveLength(1);
    leaver.abort(new Error('left'));
    expect(await left).toBe('left');
    expect(subprocesses.living).toHaveLength(1);
    stayer.abort(new Error('left too'));
    expect(await stayed).toBe('left too');
    await expect.poll(() => subprocesses.living).toEqual([]);
  });
});

describe('how it fails', () => {
  it('is killed when it takes too long', async () => {
    const { program } = await ytDlp({ hangs: true }, 1_000);
    expect(await failure(program.extract(page('https://example.com/'), { signal }))).toContain(
      'did not answer in time',
    );
    expect(subprocesses.living).toEqual([]);
  });

  it('is killed when it writes without end', async () => {
    const { program } = await ytDlp({ floods: true });
    expect(await failure(program.extract(page('https://example.com/'), { signal }))).toContain('more than can be read');
  });

  it('is missing', async () => {
    const program = new YtDlp({ path: join(folder.path, 'nowhere'), dataDir: folder.path, subprocesses, egress });
    expect(await failure(program.extract(page('https://example.com/'), { signal }))).toContain('yt-dlp is missing');
  });

  it.each([
    ['ERROR: [youtube] x: Sign in to confirm you’re not a bot. Use --cookies', 'takes this server for a robot'],
    ['ERROR: [youtube] x: Sign in to confirm your age. This video may be inappropriate', 'only for adults'],
    ['ERROR: [youtube] x: Private video. Sign in if you have been granted access', 'it is private'],
    ['ERROR: [youtube] x: Join this channel to get access to members-only content', 'only for members'],
    ['ERROR: [youtube] x: Video unavailable. This video has been removed by the uploader', 'not there any more'],
    ['ERROR: [youtube] x: The uploader has not made this video available in your country', 'in this country'],
    ['ERROR: [youtube] x: Premieres in 3 hours', 'it starts <t:'],
    ['ERROR: [youtube] x: This live event will begin in a few moments.', 'it has not started'],
    ['ERROR: Unable to download webpage: HTTP Error 429: Too Many Requests', 'too many requests'],
    ['ERROR: Unable to download webpage: HTTP Error 404: Not Found', 'not there any more'],
    ['ERROR: Unable to download webpage: HTTP Error 503: Service Unavailable', 'problem of its own'],
    ['ERROR: Unsupported URL: https://example.com/', 'no sound in that link'],
    [
      'ERROR: Unable to download API page: <urlopen error [Errno -2] Name or service not known>',
      'cannot reach the site',
    ],
    ['ERROR: [generic] The read operation timed out', 'did not answer in time'],
    ['ERROR: something that nobody has seen before', 'gave no usable answer'],
    ['', 'gave no usable answer'],
  ])('says in plain words what %j means', async (stderr, line) => {
    const { program } = await ytDlp({ stdout: 'null', stderr, code: 1 });
    expect(await failure(program.extract(page('https://example.com/'), { signal }))).toContain(line);
  });

  it('takes a list of nulls for the failure that it is', async () => {
    const stdout = JSON.stringify({ _type: 'playlist', entries: [null] });
    const { program } = await ytDlp({ stdout, stderr: 'ERROR: Name or service not known' });
    expect(await failure(program.extract({ kind: 'youtube-search', words: 'x' }, { signal }))).toContain(
      'cannot reach the site',
    );
  });

  it.each(['', 'null', '[]', '"text"', 'not json', '{"_type":"playlist"}'])(
    'does not take %j for an answer',
    async (stdout) => {
      const { program } = await ytDlp({ stdout });
      const asked = program.extract(page('https://example.com/'), { signal });
      await expect(asked).rejects.toMatchObject({ code: 'TRACK_UNAVAILABLE' });
    },
  );

  it('keeps signatures in links out of what is logged', async () => {
    const { program } = await ytDlp({
      code: 1,
      stderr: 'ERROR: HTTP Error 403 for https://media.example/x?sig=SECRET&ip=1.2.3.4',
    });
    const asked = program.extract(page('https://example.com/'), { signal });
    await expect(asked).rejects.toMatchObject({
      cause: { message: 'ERROR: HTTP Error 403 for https://media.example/x?…' },
    });
  });
});

describe('which one is used', () => {
  it('is the newest that starts and can be asked safely', async () => {
    const old = await fakeYtDlp(folder.path, {}, { version: '2023.03.04' });
    const newest = await fakeYtDlp(folder.path, {}, { version: '2026.10.26.123' });
    const unsafe = await fakeYtDlp(folder.path, {}, { version: '2027.01.01', help: '    -J, --dump-single-json\n' });
    const candidates = [join(folder.path, 'nowhere'), old.path, newest.path, unsafe.path];
    const found = await findYtDlp(candidates, subprocesses);
    expect(found).toMatchObject({ path: newest.path, version: '2026.10.26.123' });
    expect(found?.options.has('--no-exec')).toBe(true);
    expect(found?.options.has('--not-an-option')).toBe(false);
    expect(await findYtDlp([join(folder.path, 'nowhere')], subprocesses)).toBeNull();
  });

  it('is only the one that the operator has set, if one is set', () => {
    expect(ytDlpCandidates('/opt/yt-dlp', 'data')).toEqual(['/opt/yt-dlp']);
    expect(ytDlpCandidates(null, '/data')).toEqual([
      '/data/bin/yt-dlp',
      expect.stringContaining('youtube-dl-exec'),
      'yt-dlp',
    ]);
  });
});

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no failure',
    (error: Error) => error.message,
  );
