import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Subprocesses } from '../../src/lib/subprocess.ts';
import { ExtractionWays, USUAL_WAY } from '../../src/sources/extraction-ways.ts';
import {
  flagsFor,
  subjectOf,
  type Listed,
  type Surroundings,
  type Target,
} from '../../src/sources/yt-dlp-arguments.ts';
import { findYtDlp, type YtDlpBinary } from '../../src/sources/yt-dlp-binary.ts';
import { ytDlpCandidates } from '../../src/sources/yt-dlp-program.ts';
import { fakeYtDlp, RECORDED_OPTIONS } from './fake-yt-dlp.ts';
import { temporaryFolder } from './sounds.ts';

const TARGETS: readonly (Target | Listed)[] = [
  { kind: 'page', url: new URL('https://example.com/'), limit: 50 },
  { kind: 'youtube-search', words: 'a song' },
  { kind: 'youtube-mix', url: new URL('https://example.com/'), limit: 25 },
  { kind: 'list', url: new URL('https://example.com/'), limit: 50 },
  { kind: 'youtube-list', words: 'a song', limit: 5 },
];
const ANY: ReadonlySet<string> = Object.assign(new Set<string>(), { has: () => true });
const WAY = { ...USUAL_WAY, clients: ['tv', 'web_embedded'] };
const SURROUNDINGS = { options: ANY, cacheDir: '/cache', extractors: ['music', 'generic'], way: WAY };
/** Options that came later than the oldest yt-dlp that can be asked safely. */
const LATER = new Set(['--js-runtimes', '--no-plugin-dirs']);
const kebab = (name: string) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

function argumentsOf(target: Target | Listed, surroundings: Surroundings): readonly string[] {
  const flags = Object.entries(flagsFor(target, surroundings));
  return flags.flatMap(([name, value]) => (value === true ? [kebab(name)] : [kebab(name), `${value}`]));
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let real: YtDlpBinary | null;
const subprocesses = new Subprocesses(process.env);

beforeAll(async () => {
  folder = await temporaryFolder();
  real = await findYtDlp(ytDlpCandidates(null, folder.path), subprocesses);
});
afterAll(async () => {
  await subprocesses.closeAll();
  await folder.remove();
});

describe('every option that we pass', () => {
  const declared = RECORDED_OPTIONS.split('\n');
  const passed = TARGETS.flatMap((target) => Object.entries(flagsFor(target, SURROUNDINGS)));

  it.each(passed)('--%s is one of yt-dlp 2026.08.19, and takes a value if we give one: %j', (name, value) => {
    const line = declared.find((one) => one.split(/[\s,]+/).includes(kebab(name)));
    expect(line, `no such option: ${kebab(name)}`).toBeDefined();
    expect(/ [^-\s]/.test(line?.trim() ?? '')).toBe(value !== true);
  });

  it('is one of the yt-dlp that is installed here, unless it came later', () => {
    if (real === null) return;
    const missing = passed.map(([name]) => kebab(name)).filter((option) => !real?.options.has(option));
    expect(missing.filter((option) => !LATER.has(option))).toEqual([]);
  });

  it.each(TARGETS)('is taken with its value by the yt-dlp that is installed here, for $kind', async (target) => {
    if (real === null) return;
    const surroundings = { ...SURROUNDINGS, options: real.options, cacheDir: folder.path };
    // Which it does instead of asking anybody, when it has read and judged all options.
    const args = [...argumentsOf(target, surroundings), '--list-extractors'];
    await expect(promisify(execFile)(real.path, args)).resolves.toMatchObject({ stderr: '' });
  });

  it('is taken by a stand-in', async () => {
    const fake = await fakeYtDlp(folder.path, { stdout: 'null' });
    for (const target of TARGETS) {
      const args = [...argumentsOf(target, SURROUNDINGS), '--', subjectOf(target)];
      await expect(promisify(execFile)(fake.path, args)).resolves.toBeDefined();
    }
  });

  it.each([
    [['--retries-internal', '15']],
    [['--concurrent-downloads', '1']],
    [['--format-sort-force']],
    [['--no-such-thing']],
    [['-Q']],
  ])('and no other is taken by a stand-in, as by what it stands in for: %j', async (args) => {
    if (real === null) return;
    const { stdout: help } = await promisify(execFile)(real.path, ['--ignore-config', '--help']);
    const fake = await fakeYtDlp(folder.path, { stdout: 'null' }, { help, version: real.version });
    const ended = (path: string) =>
      promisify(execFile)(path, ['--ignore-config', ...args, '--list-extractors']).then(
        () => 0,
        ({ code }: { code: number }) => code,
      );
    expect(await ended(fake.path)).toBe(await ended(real.path));
  });
});

const format = (id: string, more: object) => ({ format_id: id, url: `https://media.example/${id}`, ...more });
const OPUS = format('251', { ext: 'webm', protocol: 'https', acodec: 'opus', vcodec: 'none', abr: 128 });
const AAC = format('140', { ext: 'm4a', protocol: 'https', acodec: 'mp4a.40.2', vcodec: 'none', abr: 129 });
const LIST = format('234', { ext: 'mp4', protocol: 'm3u8_native', acodec: 'mp4a.40.2', vcodec: 'none' });
const FILM = format('18', { ext: 'mp4', protocol: 'https', acodec: 'mp4a.40.2', vcodec: 'avc1', abr: 96, height: 360 });
const MUTE = format('137', { ext: 'mp4', protocol: 'https', acodec: 'none', vcodec: 'avc1', height: 1080 });

/** The id of what yt-dlp takes of these. */
async function taken(formats: readonly object[], selection: string): Promise<unknown> {
  const info = join(folder.path, 'info.json');
  const page = 'https://media.example/page';
  const about = { id: 'x', title: 'X', extractor: 'x', extractor_key: 'X', webpage_url: page, _type: 'video' };
  await writeFile(info, JSON.stringify({ ...about, formats }));
  const args = ['-J', '--ignore-config', '--no-check-formats', '-f', selection, '--load-info-json', info];
  const { stdout } = await promisify(execFile)(real?.path ?? '', args);
  return (JSON.parse(stdout) as { format_id?: unknown }).format_id;
}

describe('of the formats that there are, yt-dlp takes', () => {
  it.each([
    ['Opus, although there is more of another kind', [FILM, MUTE, LIST, OPUS, AAC], '251'],
    ['sound alone where there is no Opus', [FILM, MUTE, LIST, AAC], '140'],
    ['a list of pieces before a film', [FILM, MUTE, LIST], '234'],
    ['a film with sound when there is nothing else', [MUTE, FILM], '18'],
  ])('%s', async (_what, formats, wanted) => {
    if (real === null) return;
    const [target] = TARGETS;
    if (target === undefined) return;
    const { format: selection } = flagsFor(target, { ...SURROUNDINGS, options: real.options });
    expect(await taken(formats, String(selection))).toBe(wanted);
  });

  it.each([
    ['pieces', [OPUS, AAC, FILM, LIST], '234'],
    ['a film with sound', [OPUS, AAC, MUTE, FILM], '18'],
    ['the same again where there is nothing else,', [OPUS, AAC], '251'],
  ])('%s when links to sound alone are refused', async (_what, formats, wanted) => {
    if (real === null) return;
    const asked = { site: 'x', subject: 'x' };
    const other = new ExtractionWays([]).around('link-refused', USUAL_WAY, asked);
    expect(await taken(formats, other?.format ?? '')).toBe(wanted);
  });
});
