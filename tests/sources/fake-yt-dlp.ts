import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a stand-in for yt-dlp does when it is asked about something. */
export interface Behaviour {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly code?: number;
  /** Never ends by itself. */
  readonly hangs?: boolean;
  /** Writes without end. */
  readonly floods?: boolean;
}

export interface FakeYtDlp {
  readonly path: string;
  /** The arguments and environment of every question, in order. */
  calls(): Promise<{ readonly argv: string[]; readonly env: string[] }[]>;
}

const HELP = `Usage: yt-dlp [OPTIONS] URL [URL...]

  General Options:
    -h, --help                      Print this help text; see also --not-an-option
    -J, --dump-single-json          Print JSON
    --ignore-config                 Read no configuration
    --no-exec                       Run nothing
    -f, --format FORMAT             Video format code
    --no-playlist                   One only
    --flat-playlist                 Do not extract the videos of a playlist
    -I, --playlist-items ITEM_SPEC  Which
    --socket-timeout SECONDS        Time to wait
    --cache-dir DIR                 Where
`;

/** A program in `folder` that answers as told and writes down how it was called. */
export async function fakeYtDlp(
  folder: string,
  behaviour: Behaviour,
  { version = '2026.10.26', help = HELP } = {},
): Promise<FakeYtDlp> {
  const path = join(folder, `yt-dlp-${version}`);
  const log = `${path}.log`;
  const script = `#!${process.execPath}
    const behaviour = ${JSON.stringify(behaviour)};
    const argv = process.argv.slice(2);
    if (argv.includes('--version')) console.log(${JSON.stringify(version)});
    else if (argv.includes('--help')) console.log(${JSON.stringify(help)});
    else {
      require('node:fs').appendFileSync(${JSON.stringify(log)}, JSON.stringify({ argv, env: Object.keys(process.env) }) + '\\n');
      if (behaviour.floods) setInterval(() => process.stdout.write('x'.repeat(1 << 20)), 0);
      else if (behaviour.hangs) setInterval(() => {}, 1e6);
      process.stdout.write(behaviour.stdout ?? '');
      process.stderr.write(behaviour.stderr ?? '');
      process.exitCode = behaviour.code ?? 0;
    }`;
  await writeFile(path, script);
  await chmod(path, 0o755);
  await writeFile(log, '');
  return {
    path,
    calls: async () =>
      (await readFile(log, 'utf8'))
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as { argv: string[]; env: string[] }),
  };
}
