import { chmodSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nodeOf } from './packages.mjs';
import { CannotSetUp, isExecutable, run, say, which } from './run.mjs';

const DOWNLOAD_LIMIT_MS = 20_000;
/** After a download that failed, the next is tried a day later. */
const DOWNLOAD_REST_MS = 24 * 3_600_000;

/**
 * Finds a yt-dlp that starts: the one configured, else youtube-dl-exec's own, downloaded now if it must be, else the one
 * on PATH, else the system's package. Returns its path and when a download last failed.
 */
export async function ensureYtDlp(root, given, manager, { failedAt = 0, update = false } = {}) {
  if (given) {
    if (await starts(given)) return { path: given, failedAt };
    throw new CannotSetUp(`YTDLP_PATH is ${given}, which does not start. Correct it in .env, or remove the line.`);
  }
  const own = join(root, 'node_modules/youtube-dl-exec/bin/yt-dlp');
  if (!update && isExecutable(own) && (await starts(own))) return { path: own, failedAt };
  if (update || Date.now() - failedAt > DOWNLOAD_REST_MS) {
    const problem = await download(root, own, manager);
    if (problem === null) return { path: own, failedAt: 0 };
    say(`yt-dlp: ${problem}, so this system's own will do`);
    failedAt = Date.now();
  }
  for (const path of [own, which('yt-dlp')]) {
    if (path && isExecutable(path) && (await starts(path))) return { path, failedAt };
  }
  await manager.install('yt-dlp');
  const installed = which('yt-dlp');
  if (installed && (await starts(installed))) return { path: installed, failedAt };
  throw new CannotSetUp('The yt-dlp that was installed does not start. Set YTDLP_PATH in .env to one that does.');
}

/** Runs youtube-dl-exec's own download, and puts the file in its place once it has started. Returns the problem, or null. */
async function download(root, own, manager) {
  const folder = join(root, `node_modules/.tenuto-yt-dlp-${process.pid}`);
  const file = join(folder, 'yt-dlp');
  mkdirSync(folder, { recursive: true });
  try {
    const env = { ...process.env, YOUTUBE_DL_DIR: folder, YOUTUBE_DL_FILENAME: 'yt-dlp' };
    delete env.YOUTUBE_DL_SKIP_DOWNLOAD;
    const script = join(root, 'node_modules/youtube-dl-exec/scripts/postinstall.js');
    const { ok } = await run(nodeOf(root), [script], { env, cwd: root, timeoutMs: DOWNLOAD_LIMIT_MS });
    if (!ok) return 'GitHub cannot be reached from here';
    chmodSync(file, 0o755);
    if (which('python3') === null) await manager.install('python3');
    const version = await starts(file);
    if (version === null) return 'the newest one does not start here (its Python is older than it needs)';
    mkdirSync(dirname(own), { recursive: true });
    renameSync(file, own);
    say(`yt-dlp: ${version} downloaded`);
    return null;
  } catch (error) {
    if (error instanceof CannotSetUp) return `the newest one needs Python 3 (${error.message})`;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Its version, or null when it does not start. */
async function starts(path) {
  const { ok, text } = await run(path, ['--version'], { timeoutMs: 30_000 });
  return ok ? text.trim() : null;
}
