import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Check, Prerequisites } from '../../src/doctor/check.ts';
import { CHECKS } from '../../src/doctor/checks.ts';
import { storage } from '../../src/doctor/disk.ts';
import { dave, opus, sodium } from '../../src/doctor/native.ts';
import { renderReport, runDoctor, type Row } from '../../src/doctor/run-doctor.ts';
import { node, settings, token } from '../../src/doctor/settings.ts';
import { childrenEnd, ffmpeg } from '../../src/doctor/tools.ts';
import { Subprocesses } from '../../src/lib/subprocess.ts';
import { YtDlp } from '../../src/sources/yt-dlp.ts';

const TOKEN = `${Buffer.from('123456789012345678').toString('base64url')}.AbCdEf.the-part-that-nobody-may-see`;
const NOW = Date.parse('2026-11-20');
const tools = { subprocesses: new Subprocesses(process.env), now: NOW };
const instruments = { ...tools, ytDlp: async () => null };

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'tenuto-doctor-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const given = (changes: Partial<Prerequisites> = {}): Prerequisites => ({
  token: TOKEN,
  dataDir: folder,
  storeUrl: `sqlite:${join(folder, 'tenuto.sqlite')}`,
  ffmpegPath: 'ffmpeg',
  ytDlpPaths: [],
  extractors: ['music'],
  metricsPort: null,
  problems: [],
  ...changes,
});

describe('the token', () => {
  it.each([
    [null, 'fail'],
    ['', 'fail'],
    ['one.two', 'fail'],
    ['one.two.three four', 'fail'],
    ['bm90YW51bWJlcg.AbCdEf.xyz', 'warn'],
    [TOKEN, 'ok'],
  ])('%j is found %s', (value, verdict) => {
    expect(token(given({ token: value })).verdict).toBe(verdict);
  });

  it('is never told', async () => {
    const report = await runDoctor(given(), instruments);
    const told = JSON.stringify(report) + renderReport(report);
    for (const part of TOKEN.split('.')) expect(told).not.toContain(part);
  });
});

describe('the programs', () => {
  /** A program that answers by its options, as a shell script, and writes down what it was asked. */
  async function program(name: string, answers: Readonly<Record<string, string>>): Promise<string> {
    const path = join(folder, name);
    const cases = Object.entries(answers).map(([option, text]) => `*${option}*) echo '${text}';;`);
    await writeFile(
      path,
      `#!/bin/sh\necho "$*" >>'${path}.asked'\ncase "$*" in ${cases.join('\n')} *) exit 2;; esac\n`,
    );
    await chmod(path, 0o755);
    return path;
  }

  const HELP = [
    '-J, --dump-single-json',
    '--ignore-config',
    '--no-exec',
    '-f, --format FORMAT',
    '--use-extractors NAMES',
  ];
  const usable = (version: string, ...more: readonly string[]) => ({
    '--version': version,
    '--help': [...HELP, ...more].map((option) => `  ${option}`).join('\n'),
  });

  /** What the rows about yt-dlp say. */
  async function look(ytDlpPaths: readonly string[]): Promise<readonly Row[]> {
    const checks = CHECKS.filter(({ name }) => name.includes('yt-dlp'));
    return (await runDoctor(given({ ytDlpPaths }), tools, checks)).rows;
  }

  it.each([
    ['2026.11.01', 'ok', '19 days old'],
    ['2026.11.01.232745', 'ok', '19 days old'],
    ['2026.09.20', 'warn', '61 days old'],
    ['2023.03.04', 'warn', '1357 days old'],
    ['built at home', 'ok', 'built at home'],
  ])('yt-dlp %s is %s', async (version, verdict, found) => {
    const [row] = await look([await program('yt-dlp', usable(version))]);
    expect(row).toMatchObject({ verdict, found: expect.stringContaining(found) });
  });

  it('say that YouTube will probably fail only when yt-dlp is very old', async () => {
    const advice = async (version: string) => (await look([await program('yt-dlp', usable(version))]))[0]?.advice;
    expect(await advice('2026.09.20')).not.toContain('YouTube');
    expect(await advice('2026.08.01')).toContain('YouTube will probably fail');
  });

  it('are judged by the newest yt-dlp that the bot can use', async () => {
    const [row] = await look([
      await program('old', usable('2023.03.04')),
      await program('new', usable('2026.11.10')),
      await program('unsafe', { '--version': '2027.01.01', '--help': '  -J, --dump-single-json' }),
      await program('broken', {}),
      join(folder, 'missing'),
    ]);
    expect(row).toMatchObject({ verdict: 'ok', found: expect.stringContaining('2026.11.10') });
  });

  it('are looked at once, whoever else asks: both rows, and the bot', async () => {
    const path = await program('counted', usable('2026.11.10'));
    const subprocesses = new Subprocesses(process.env);
    const bot = new YtDlp({ path, dataDir: folder, subprocesses, egress: { environment: async () => ({}) } });
    await look([path]);
    expect(await readFile(`${path}.asked`, 'utf8')).toBe('--ignore-config --version\n--ignore-config --help\n');
    await rm(`${path}.asked`);
    await Promise.all([
      bot.binary(),
      runDoctor(given({ ytDlpPaths: [path] }), { subprocesses, now: NOW, ytDlp: () => bot.binary() }),
    ]);
    expect(await readFile(`${path}.asked`, 'utf8')).toBe('--ignore-config --version\n--ignore-config --help\n');
  });

  it('need not be there for the bot to start', async () => {
    const missing = given({ ytDlpPaths: [join(folder, 'missing')], ffmpegPath: join(folder, 'missing') });
    const report = await runDoctor(missing, tools);
    const failed = report.rows.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name);
    expect(failed).toEqual(['ffmpeg', 'yt-dlp', 'JavaScript for yt-dlp']);
    expect(report.canStart).toBe(true);
  });

  it('use JavaScript when yt-dlp has the option, not when it only speaks of it', async () => {
    const has = await program('has', usable('2026.11.10', '--js-runtimes RUNTIME[:PATH]  which to use'));
    const speaks = await program('speaks', usable('2026.11.10', '--other  see also --js-runtimes'));
    const verdict = async (path: string) => (await look([path]))[1]?.verdict;
    expect(await verdict(has)).toBe('ok');
    expect(await verdict(speaks)).toBe('warn');
  });

  it('end with the bot, which is tried', async () => {
    expect(await childrenEnd(given(), instruments)).toEqual({ verdict: 'ok', found: 'end with the bot' });
    const nothingThere = { ...instruments, subprocesses: new Subprocesses({ PATH: join(folder, 'missing') }) };
    expect(await childrenEnd(given(), nothingThere)).toMatchObject({ verdict: 'warn' });
  });

  it('ask for an ffmpeg with libopus', async () => {
    const version = { '-version': 'ffmpeg version 7.1 Copyright' };
    const without = await program('without', { ...version, '-encoders': ' A..... opus' });
    const having = await program('having', { ...version, '-encoders': ' A..... libopus  Opus' });
    expect(await ffmpeg(given({ ffmpegPath: without }), instruments)).toMatchObject({ verdict: 'fail' });
    expect(await ffmpeg(given({ ffmpegPath: having }), instruments)).toEqual({
      verdict: 'ok',
      found: '7.1 with libopus',
    });
  });
});

describe('the place for data', () => {
  it('is made, used and left as it was', async () => {
    const dataDir = join(folder, 'made/here');
    expect(storage(given({ dataDir }))).toMatchObject({ verdict: 'ok' });
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('is refused when it is not a folder', async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'file'), '');
    expect(storage(given({ dataDir: join(folder, 'file') }))).toMatchObject({ verdict: 'fail' });
  });
});

describe('the doctor', () => {
  it('finds the native parts of this machine working', () => {
    expect([opus(), sodium(), dave()].map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok']);
  });

  it.each([
    ['20.19.0', 'fail'],
    ['22.18.0', 'fail'],
    ['22.19.0', 'ok'],
    ['24.0.0', 'ok'],
  ])('judges Node %s as %s', (version, verdict) => {
    expect(node(undefined, undefined, version).verdict).toBe(verdict);
  });

  it('tells what is wrong with the settings', () => {
    expect(settings(given({ problems: ['QUEUE_LIMIT must be a number'] }))).toMatchObject({
      verdict: 'fail',
      found: 'QUEUE_LIMIT must be a number',
    });
  });

  const check = (changes: Partial<Check>): Check => ({
    name: 'a check',
    severity: 'required',
    run: () => ({ verdict: 'ok', found: 'fine' }),
    ...changes,
  });
  const fails = () => ({ verdict: 'fail', found: 'broken', advice: 'mend it' }) as const;

  it('keeps the bot from starting only for what is required', async () => {
    const canStart = async (one: Check) => (await runDoctor(given(), instruments, [one])).canStart;
    expect(await canStart(check({ run: fails }))).toBe(false);
    expect(await canStart(check({ run: fails, severity: 'degraded' }))).toBe(true);
    expect(await canStart(check({ run: () => ({ verdict: 'warn', found: 'so so' }) }))).toBe(true);
  });

  it('counts a check that throws as failed', async () => {
    const run = () => {
      throw new Error('cannot open shared object file\nRequire stack: ...');
    };
    const report = await runDoctor(given(), instruments, [check({ run })]);
    expect(report.rows[0]).toMatchObject({ verdict: 'fail', found: 'cannot open shared object file' });
  });

  it('prints a table with advice under what is not well', async () => {
    const checks = [check({ name: 'one' }), check({ name: 'another', run: fails })];
    expect(renderReport(await runDoctor(given(), instruments, checks))).toBe(
      ['ok    one      fine', 'FAIL  another  broken', '               -> mend it', '', 'Tenuto cannot start.'].join(
        '\n',
      ),
    );
  });

  it('has one row for each thing', () => {
    expect(new Set(CHECKS.map(({ name }) => name)).size).toBe(CHECKS.length);
  });
});
