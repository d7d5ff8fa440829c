import type { Subprocesses } from '../lib/subprocess.ts';

const PROBE_MS = 10_000;
/** Without these we cannot ask it safely, so a program that lacks one of them is not used. */
const REQUIRED = ['--dump-single-json', '--ignore-config', '--no-exec', '--format'];

/** A yt-dlp that starts, and what it can do. */
export interface YtDlpBinary {
  readonly path: string;
  /** Its release date: `2026.10.26`. */
  readonly version: string;
  /** Every option of its help text. An unknown option is fatal to yt-dlp, so nothing else may be passed. */
  readonly options: ReadonlySet<string>;
}

/** The newest of the candidates that starts, or null. Of several copies on a machine, old ones are common and useless. */
export async function findYtDlp(
  candidates: readonly string[],
  subprocesses: Subprocesses,
): Promise<YtDlpBinary | null> {
  const found = await Promise.all(candidates.map((path) => probe(path, subprocesses)));
  const usable = found.filter((binary) => binary !== null);
  return usable.sort((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }))[0] ?? null;
}

async function probe(path: string, subprocesses: Subprocesses): Promise<YtDlpBinary | null> {
  const ask = (option: string) =>
    subprocesses.run({ owner: 'yt-dlp probe', command: path, args: ['--ignore-config', option], timeoutMs: PROBE_MS });
  const version = await ask('--version');
  if (version.exit.kind !== 'exited' || version.exit.code !== 0) return null;
  const help = await ask('--help');
  const options = new Set(help.stdout.split('\n').flatMap(optionsOf));
  if (!REQUIRED.every((option) => options.has(option))) return null;
  return { path, version: version.stdout.trim(), options };
}

/** `    -J, --dump-single-json   Quiet, but …`: options stand before the first wide gap; behind it is prose. */
function optionsOf(line: string): string[] {
  const declared = /^\s+(-.*?)(\s{2,}|$)/.exec(line)?.[1] ?? '';
  return declared.match(/--[a-z\d][a-z\d-]*/g) ?? [];
}
