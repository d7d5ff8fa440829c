import type { Subprocesses } from '../lib/subprocess.ts';

const PROBE_MS = 10_000;
/** Without these we cannot ask it safely, so a program that lacks one of them is not used. */
const REQUIRED = ['--dump-single-json', '--ignore-config', '--no-exec', '--format', '--use-extractors'];

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
  const ask = async (path: string, option: string) => {
    const args = ['--ignore-config', option];
    const { exit, stdout } = await subprocesses.run({
      owner: 'yt-dlp probe',
      command: path,
      args,
      timeoutMs: PROBE_MS,
    });
    return exit.kind === 'exited' && exit.code === 0 ? stdout : '';
  };
  const started = await Promise.all(
    candidates.map(async (path) => ({ path, version: (await ask(path, '--version')).trim() })),
  );
  const newestFirst = started.sort((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }));
  // One after the other: a start of it costs a second of a small machine, and nearly always the first one will do.
  for (const { path, version } of newestFirst.filter((one) => one.version !== '')) {
    const options = new Set((await ask(path, '--help')).split('\n').flatMap(optionsOf));
    if (REQUIRED.every((option) => options.has(option))) return { path, version, options };
  }
  return null;
}

/** `    -J, --dump-single-json   Quiet, but …`: options stand before the first wide gap; behind it is prose. */
function optionsOf(line: string): string[] {
  const declared = /^\s+(-.*?)(\s{2,}|$)/.exec(line)?.[1] ?? '';
  return declared.match(/--[a-z\d][a-z\d-]*/g) ?? [];
}
