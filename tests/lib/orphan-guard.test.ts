import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { OrphanGuard } from '../../src/lib/orphan-guard.ts';
import { Subprocesses } from '../../src/lib/subprocess.ts';
import { children } from '../../bench/chaos/resources.ts';
import { fakeYtDlp } from '../sources/fake-yt-dlp.ts';
import { temporaryFolder } from '../sources/sounds.ts';
import { isAlive } from './processes.ts';

const PARENT = fileURLToPath(new URL('./fixtures/parent-of-children.ts', import.meta.url));
const SOON = { timeout: 10_000 };

/** A program that never ends, leader of its own group as every child of ours is. */
function sleeper(): ChildProcess & { readonly pid: number } {
  const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  if (child.pid === undefined) throw new Error('sleep did not start');
  return Object.assign(child, { pid: child.pid });
}

/** A process with children that never end, and their ids: a child that ignores SIGTERM, what that started, and a yt-dlp. */
async function parentOfChildren() {
  const folder = await temporaryFolder();
  onTestFinished(() => folder.remove());
  const { path } = await fakeYtDlp(folder.path, { hangs: true });
  const parent = spawn(process.execPath, [PARENT, path, folder.path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(parent, 'exit');
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
  const pids = JSON.parse(line) as number[];
  onTestFinished(() => {
    for (const pid of pids.filter(isAlive)) process.kill(pid, 'SIGKILL');
  });
  return { parent, ended, pids };
}

it('ends everything that a process has started when that is killed', async () => {
  const { parent, ended, pids } = await parentOfChildren();
  expect(pids.map(isAlive)).toEqual([true, true, true]);
  parent.kill('SIGKILL');
  await ended;
  await expect.poll(() => pids.filter(isAlive), SOON).toEqual([]);
});

it('outlives a signal to the whole group of its process', async () => {
  const { parent, ended, pids } = await parentOfChildren();
  const guard = (await children(parent.pid ?? 0)).find((pid) => !pids.includes(pid));
  if (guard === undefined) throw new Error('there is no guard');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(-guard, signal);
  parent.kill('SIGKILL');
  await ended;
  await expect.poll(() => pids.filter(isAlive), SOON).toEqual([]);
  await expect.poll(() => isAlive(guard), SOON).toBe(false);
});

it('spares what has ended before, whoever has its number now', async () => {
  const guard = new OrphanGuard();
  const [mine, others, more] = [sleeper(), sleeper(), sleeper()];
  for (const { pid } of [mine, others, more]) guard.add(pid);
  guard.remove(others.pid);
  guard.close();
  await Promise.all([once(mine, 'exit'), once(more, 'exit')]);
  expect(isAlive(others.pid)).toBe(true);
});

it('is replaced when it was killed, and the next one knows of all', async () => {
  const guard = new OrphanGuard();
  const before = await children(process.pid);
  const [first, second] = [sleeper(), sleeper()];
  guard.add(first.pid);
  const shellOf = async () => {
    const started = (await children(process.pid)).filter((pid) => !before.includes(pid));
    const names = await Promise.all(started.map((pid) => readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')));
    return started.find((_pid, at) => names[at] !== 'sleep\n');
  };
  await expect.poll(shellOf, SOON).toBeDefined();
  const shell = (await shellOf()) ?? 0;
  process.kill(shell, 'SIGKILL');
  await expect.poll(shellOf, SOON).toBeUndefined();
  guard.add(second.pid);
  guard.close();
  await Promise.all([once(first, 'exit'), once(second, 'exit')]);
});

it('keeps no process from ending', async () => {
  const script = `
    import { OrphanGuard } from ${JSON.stringify(new URL('../../src/lib/orphan-guard.ts', import.meta.url).href)};
    new OrphanGuard().add(2 ** 22);`;
  const args = ['--input-type=module', '-e', script];
  const run = { owner: 'test', command: process.execPath, args, timeoutMs: 10_000 };
  const { exit, stderr } = await new Subprocesses(process.env).run(run);
  expect(exit, stderr).toEqual({ kind: 'exited', code: 0 });
});
