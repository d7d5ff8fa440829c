import { OrphanGuard } from '../lib/orphan-guard.ts';
import type { Finding, Instruments, Prerequisites } from './check.ts';

const PROBE_MS = 10_000;
const DAY_MS = 24 * 3_600_000;
/** YouTube changes often enough that a yt-dlp fails within months. */
const OLD_DAYS = 45;
const TOO_OLD_DAYS = 90;
const SET_UP = 'npm run setup';
const UPDATE = 'npm run setup -- --update';

/** Whether ffmpeg can make Opus of any other format. Without it only WebM and Ogg with Opus inside play. */
export async function ffmpeg({ ffmpegPath }: Prerequisites, instruments: Instruments): Promise<Finding> {
  const says = await ask(ffmpegPath, ['-hide_banner', '-version'], instruments);
  if (says === null) return { verdict: 'fail', found: `${ffmpegPath} does not start`, advice: SET_UP };
  const version = /^ffmpeg version (\S+)/.exec(says)?.[1] ?? 'of unknown version';
  const encoders = (await ask(ffmpegPath, ['-hide_banner', '-encoders'], instruments)) ?? '';
  if (/\blibopus\b/.test(encoders)) return { verdict: 'ok', found: `${version} with libopus` };
  const advice = 'set FFMPEG_PATH to an ffmpeg built with libopus';
  return { verdict: 'fail', found: `${version} without libopus`, advice };
}

/** Whether there is a usable yt-dlp, and how old it is. Without it only direct links and local files play. */
export async function ytDlp(_given: Prerequisites, instruments: Instruments): Promise<Finding> {
  const newest = await instruments.ytDlp();
  if (!newest) return { verdict: 'fail', found: 'none that can be used', advice: SET_UP };
  const { path, version } = newest;
  const days = ageInDays(version, instruments.now);
  const found = `${version}${days === null ? '' : `, ${days} days old`}, ${path.includes('/') ? path : 'on PATH'}`;
  if (days === null || days <= OLD_DAYS) return { verdict: 'ok', found };
  const advice = days > TOO_OLD_DAYS ? `YouTube will probably fail: ${UPDATE}` : UPDATE;
  return { verdict: 'warn', found, advice };
}

/** Whether yt-dlp can be told to use this Node, which it has needed for all of YouTube since 2025.11.12. */
export async function javaScriptRuntime(_given: Prerequisites, instruments: Instruments): Promise<Finding> {
  const newest = await instruments.ytDlp();
  if (!newest) return { verdict: 'fail', found: 'no yt-dlp', advice: SET_UP };
  if (newest.options.has('--js-runtimes')) return { verdict: 'ok', found: `Node ${process.versions.node}` };
  return { verdict: 'warn', found: `yt-dlp ${newest.version} is too old to use one`, advice: UPDATE };
}

/** Whether what the bot has started would end with it, also when it is killed: tried on a program that ends too late by itself. */
export async function childrenEnd(_given: Prerequisites, { subprocesses }: Instruments): Promise<Finding> {
  const child = subprocesses.spawn({ owner: 'doctor', command: 'sleep', args: ['60'], timeoutMs: PROBE_MS });
  const guard = new OrphanGuard();
  if (child.pid !== undefined) guard.add(child.pid);
  guard.close();
  const exit = await child.ended;
  if (exit.kind === 'killed' && exit.why === 'by-others') return { verdict: 'ok', found: 'end with the bot' };
  const advice = 'have /bin/sh and sleep here, or run the bot as a service that ends all its processes';
  return { verdict: 'warn', found: 'may go on for a while when the bot is killed', advice };
}

/** yt-dlp's versions are dates: `2026.10.26`, with a fourth part for nightly builds. */
function ageInDays(version: string, now: number): number | null {
  const [, year = '', month = '', day = ''] = /^(\d{4})\.(\d{2})\.(\d{2})/.exec(version) ?? [];
  const released = Date.parse(`${year}-${month}-${day}`);
  return Number.isNaN(released) ? null : Math.max(0, Math.floor((now - released) / DAY_MS));
}

/** What a program writes to stdout, or null when it does not run to a good end. */
export async function ask(
  command: string,
  args: readonly string[],
  { subprocesses }: Instruments,
): Promise<string | null> {
  const { exit, stdout } = await subprocesses.run({ owner: 'doctor', command, args, timeoutMs: PROBE_MS });
  return exit.kind === 'exited' && exit.code === 0 ? stdout : null;
}
