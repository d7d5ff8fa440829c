import { chmod, readFile, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a stand-in for yt-dlp does when it is asked about something. */
export interface Behaviour {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly code?: number;
  /** Milliseconds from one line of its output to the next; left out: all at once. */
  readonly everyMs?: number;
  /** Never ends by itself. */
  readonly hangs?: boolean;
  /** Writes without end. */
  readonly floods?: boolean;
  /** What it does instead when one of its arguments has this in it. */
  readonly given?: { readonly argument: string; readonly does: Behaviour };
}

/** What it does for everything that it is asked about, or for each subject by itself; what is not named is no link that it knows. */
export type Behaviours = Behaviour | { readonly about: Readonly<Record<string, Behaviour>> };

export interface FakeYtDlp {
  readonly path: string;
  /** The arguments and environment of every question, in order. */
  calls(): Promise<{ readonly argv: string[]; readonly env: string[] }[]>;
  /** From now on it does this. */
  behave(behaviours: Behaviours): Promise<void>;
}

/** Every option of yt-dlp 2026.08.19, as its help text declares it. */
export const RECORDED_OPTIONS = readFileSync(join(import.meta.dirname, 'yt-dlp-2026.08.19-options.txt'), 'utf8');

/** A program in `folder` that takes the options of its help text and no others, answers as told and writes down how it was called. */
export async function fakeYtDlp(
  folder: string,
  behaviours: Behaviours,
  { version = '2026.10.26', help = RECORDED_OPTIONS } = {},
): Promise<FakeYtDlp> {
  const path = join(folder, `yt-dlp-${version}`);
  const [log, script] = [`${path}.log`, `${path}.json`];
  const program = `#!${process.execPath}
    const { appendFileSync, readFileSync } = require('node:fs');
    const argv = process.argv.slice(2);
    const help = ${JSON.stringify(help)};
    const usage = (said) => {
      process.stderr.write('Usage: yt-dlp [OPTIONS] URL [URL...]\\n\\nyt-dlp: error: ' + said + '\\n');
      process.exit(2);
    };
    // Long options, and whether a value follows: "-f, --format FORMAT".
    const takes = new Map();
    for (const line of help.split('\\n')) {
      const declared = /^ +(-.*?)( {2,}|$)/.exec(line)?.[1] ?? '';
      for (const option of declared.match(/--[a-z\\d][a-z\\d-]*/g) ?? []) takes.set(option, / [^-]/.test(declared));
    }
    for (const option of ['--version', '--help']) takes.set(option, false);
    const subjects = [];
    for (let at = 0; at < argv.length; at += 1) {
      if (argv[at] === '--') subjects.push(...argv.slice(at + 1), ...(at = argv.length, []));
      else if (!argv[at].startsWith('-')) subjects.push(argv[at]);
      else if (!takes.has(argv[at])) usage('no such option: ' + argv[at]);
      else if (takes.get(argv[at])) at += 1;
    }
    if (argv.includes('--version')) console.log(${JSON.stringify(version)});
    else if (argv.includes('--help')) console.log(help);
    else {
      appendFileSync(${JSON.stringify(log)}, JSON.stringify({ argv, env: Object.keys(process.env) }) + '\\n');
      const told = JSON.parse(readFileSync(${JSON.stringify(script)}, 'utf8'));
      const unknown = { stdout: 'null', stderr: 'ERROR: Unsupported URL: ' + subjects[0], code: 1 };
      let behaviour = told.about ? (told.about[subjects[0]] ?? unknown) : told;
      while (behaviour.given && argv.some((argument) => argument.includes(behaviour.given.argument)))
        behaviour = behaviour.given.does;
      if (behaviour.floods) setInterval(() => process.stdout.write('x'.repeat(1 << 20)), 0);
      else if (behaviour.hangs) setInterval(() => {}, 1e6);
      const end = () => {
        process.stderr.write(behaviour.stderr ?? '');
        process.exitCode = behaviour.code ?? 0;
      };
      if (behaviour.everyMs === undefined) {
        process.stdout.write(behaviour.stdout ?? '');
        end();
      } else {
        const lines = (behaviour.stdout ?? '').split('\\n').filter(Boolean);
        const timer = setInterval(() => {
          const line = lines.shift();
          if (line !== undefined) return process.stdout.write(line + '\\n');
          clearInterval(timer);
          end();
        }, behaviour.everyMs);
      }
    }`;
  const behave = (next: Behaviours) => writeFile(script, JSON.stringify(next));
  await behave(behaviours);
  await writeFile(path, program);
  await chmod(path, 0o755);
  await writeFile(log, '');
  return {
    path,
    behave,
    calls: async () =>
      (await readFile(log, 'utf8'))
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as { argv: string[]; env: string[] }),
  };
}
