/**
 * Gets what is needed to run Tenuto, once: npm packages as locked, ffmpeg, yt-dlp. Every npm script that needs something
 * runs this first; when all is there it says nothing. Plain Node 20 or later, nothing installed.
 *
 *   --for=start    what cannot be had is told and not fatal: the bot does what it can without it
 *   --for=doctor   packages only: the doctor reports, and changes nothing
 *   --for=test     a PostgreSQL server too, which the tests start for themselves; in CI (CI is set) it must be there
 *   --update       tries to download the newest yt-dlp again
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureFfmpeg } from './setup/ffmpeg.mjs';
import { ensurePostgres } from './setup/postgresql.mjs';
import { withLock } from './setup/lock.mjs';
import { Missing, PackageManager } from './setup/package-manager.mjs';
import { ensurePackages, nodeOf } from './setup/packages.mjs';
import { CannotSetUp, isExecutable, say, which } from './setup/run.mjs';
import { ensureYtDlp } from './setup/yt-dlp.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const A_DAY_MS = 24 * 3_600_000;
const stampPath = join(root, 'node_modules/.tenuto-setup.json');

/** What each command needs: `must` it cannot run without, `may` it runs poorly without. */
const NEEDS = {
  all: { must: ['ffmpeg', 'yt-dlp'], may: [] },
  start: { must: [], may: ['ffmpeg', 'yt-dlp'] },
  loopback: { must: [], may: ['ffmpeg'] },
  doctor: { must: [], may: [] },
  test: process.env.CI
    ? { must: ['ffmpeg', 'yt-dlp', 'postgresql'], may: [] }
    : { must: ['ffmpeg', 'yt-dlp'], may: ['postgresql'] },
};

try {
  await main();
} catch (error) {
  if (!(error instanceof CannotSetUp)) throw error;
  say(error.message);
  process.exitCode = 1;
}

async function main() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new CannotSetUp(`This is Node ${process.versions.node}. Please install Node 20 or later: https://nodejs.org`);
  }
  const purpose = process.argv.find((word) => word.startsWith('--for='))?.slice('--for='.length) ?? 'all';
  const needs = NEEDS[purpose];
  if (!needs) throw new CannotSetUp(`--for=${purpose} is not one of ${Object.keys(NEEDS).join(', ')}.`);
  const update = process.argv.includes('--update');
  const given = settings();

  if (!update && isReady(readStamp(), needs, given)) return;
  await withLock(join(root, 'data/.setup.lock'), async () => {
    const stamp = readStamp();
    // Somebody else may have done it while we waited for the lock.
    if (update || !isReady(stamp, needs, given)) await setUp(stamp, needs, given, update);
  });
}

async function setUp(stamp, needs, given, update) {
  const began = Date.now();
  const manager = new PackageManager();
  const next = { ...stamp };

  // Both are waited for to their end, so that nothing goes on after we have said that it failed.
  const [packages, ffmpeg] = await Promise.allSettled([
    ensurePackages(root, manager),
    provide('ffmpeg', needs, async () => ({ path: await ensureFfmpeg(given.FFMPEG_PATH, manager) })),
  ]);
  if (packages.status === 'rejected') {
    const others = ffmpeg.status === 'rejected' ? [ffmpeg.reason] : [];
    const ytDlpIsMissing = needs.must.includes('yt-dlp') && !given.YTDLP_PATH && which('yt-dlp') === null;
    throw together(manager, [packages.reason, ...others, ...(ytDlpIsMissing ? [manager.missing('yt-dlp')] : [])]);
  }
  // npm ci has removed the stamp when it made node_modules anew; what was spent before is then another story.
  next.packages = { lock: lockDigest(), earlier: existsSync(stampPath) ? stamp.seconds : 0 };
  if (ffmpeg.status === 'fulfilled' && ffmpeg.value) next.ffmpeg = { given: given.FFMPEG_PATH, ...ffmpeg.value };
  writeStamp(next, began);
  if (ffmpeg.status === 'rejected') throw ffmpeg.reason;

  const history = { failedAt: stamp.ytDlp?.failedAt, update };
  const ytDlp = await provide('yt-dlp', needs, () => ensureYtDlp(root, given.YTDLP_PATH, manager, history));
  if (ytDlp) next.ytDlp = { given: given.YTDLP_PATH, ...ytDlp };

  const postgresql = await provide('postgresql', needs, async () => ({ path: await ensurePostgres(manager) }));
  if (postgresql) next.postgresql = { given: given.POSTGRES_BIN, ...postgresql };
  say(`set up in ${Math.round(writeStamp(next, began))} s`);
}

/** The first failure; when that is something to install by hand, then one command for all that is. */
function together(manager, [first, ...others]) {
  if (!(first instanceof Missing)) return first;
  return manager.missing(
    ...[first, ...others].flatMap((failure) => (failure instanceof Missing ? failure.things : [])),
  );
}

/** Gets a thing if it is wanted. What the command can do without is told when it cannot be had, and left alone for a day. */
async function provide(thing, { must, may }, work) {
  if (must.includes(thing)) return work();
  if (!may.includes(thing)) return null;
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CannotSetUp)) throw error;
    say(`${thing}: ${error.message}`);
    return { path: null, missingSince: Date.now() };
  }
}

/** Whether an earlier run has left all that is needed now. Cheap: it runs before every command. */
function isReady(stamp, { must, may }, given) {
  if (stamp.packages?.lock !== lockDigest() || !existsSync(nodeOf(root))) return false;
  const tools = {
    ffmpeg: { ...stamp.ffmpeg, isAsGiven: stamp.ffmpeg?.given === given.FFMPEG_PATH },
    'yt-dlp': { ...stamp.ytDlp, isAsGiven: stamp.ytDlp?.given === given.YTDLP_PATH },
    postgresql: { ...stamp.postgresql, isAsGiven: stamp.postgresql?.given === given.POSTGRES_BIN },
  };
  const isThere = ({ path, isAsGiven }) => isAsGiven && typeof path === 'string' && isExecutable(path);
  const isGivenUp = ({ missingSince = 0, isAsGiven }) => isAsGiven && Date.now() - missingSince < A_DAY_MS;
  return (
    must.every((thing) => isThere(tools[thing])) &&
    may.every((thing) => isThere(tools[thing]) || isGivenUp(tools[thing]))
  );
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampPath, 'utf8'));
  } catch {
    return {};
  }
}

/** `seconds` is how long set-up has taken in all for these packages; the demo reports it. Returns the seconds of this run. */
function writeStamp(stamp, began) {
  const now = (Date.now() - began) / 1_000;
  const seconds = Math.round(10 * (now + (stamp.packages.earlier ?? 0))) / 10;
  mkdirSync(dirname(stampPath), { recursive: true });
  writeFileSync(stampPath, `${JSON.stringify({ ...stamp, seconds, at: new Date().toISOString() }, null, 2)}\n`);
  return now;
}

function lockDigest() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

/** The settings that matter here, from the environment or else from .env; that of the tests from the environment alone. */
function settings() {
  const file = join(root, '.env');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const fromFile = Object.fromEntries(
    lines
      .map((line) => /^\s*(?:export\s+)?(\w+)\s*=\s*(.*?)\s*$/.exec(line))
      .filter(Boolean)
      .map(([, name, value]) => [name, unquoted(value)]),
  );
  const setting = (name) => process.env[name] || fromFile[name] || undefined;
  const POSTGRES_BIN = process.env.POSTGRES_BIN || undefined;
  return { FFMPEG_PATH: setting('FFMPEG_PATH'), YTDLP_PATH: setting('YTDLP_PATH'), POSTGRES_BIN };
}

function unquoted(value) {
  return /^(["'])(.*)\1/.exec(value)?.[2] ?? value.replace(/\s+#.*$/, '');
}
