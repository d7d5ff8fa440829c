import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What is missing and what to type; printed as it is, without a stack. */
export class CannotSetUp extends Error {}

/** Runs a command to its end. Resolves with its exit code (1 when it cannot start or is too slow) and all that it said. */
export function run(command, args, { env = process.env, cwd, timeoutMs = 15 * 60_000 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env,
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    const heard = [];
    const alarm = setTimeout(() => {
      child.kill('SIGKILL');
      // Its own children may live on and hold the pipes open.
      child.stdout.destroy();
      child.stderr.destroy();
    }, timeoutMs);
    child.stdout.on('data', (chunk) => heard.push(chunk));
    child.stderr.on('data', (chunk) => heard.push(chunk));
    child.once('error', (error) => end(1, error.message));
    child.once('close', (code) => end(code ?? 1));

    function end(code, text = Buffer.concat(heard).toString()) {
      clearTimeout(alarm);
      resolve({ ok: code === 0, code, text });
    }
  });
}

/** Runs a command that must succeed; otherwise throws with `what` and the end of what it said. */
export async function must(what, command, args, options) {
  const { ok, text } = await run(command, args, options);
  if (!ok) throw new CannotSetUp(`${what} failed:\n${lastLines(text)}\nIt was: ${[command, ...args].join(' ')}`);
  return text;
}

const lastLines = (text) =>
  text
    .trim()
    .split('\n')
    .slice(-25)
    .map((line) => `    ${line}`)
    .join('\n');

/** Where a command is on PATH, or null. */
export function which(name, path = process.env.PATH ?? '') {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

/** Whether it is a file that may be run. */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** One line of progress. On stderr, so that what a command prints for machines stays alone on stdout. */
export function say(line) {
  process.stderr.write(`setup  ${line}\n`);
}

/** Tells of a step that takes long, when it begins and when it is done. */
export async function step(name, doing, work) {
  say(`${name}: ${doing} ...`);
  const began = Date.now();
  const result = await work();
  say(`${name}: done in ${Math.max(1, Math.round((Date.now() - began) / 1_000))} s`);
  return result;
}
