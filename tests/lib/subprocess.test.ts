import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { neverRan, Subprocesses } from '../../src/lib/subprocess.ts';
import { fakeYtDlp } from '../sources/fake-yt-dlp.ts';
import { temporaryFolder } from '../sources/sounds.ts';
import { isAlive } from './processes.ts';

const node = process.execPath;
const opened: Subprocesses[] = [];

function subprocesses(environment: Record<string, string | undefined> = process.env): Subprocesses {
  const made = new Subprocesses(environment);
  opened.push(made);
  return made;
}

const script = (code: string) => ({ owner: 'test', command: node, args: ['-e', code] });

afterEach(async () => {
  for (const each of opened.splice(0)) await each.closeAll();
});

it('returns what a program wrote and how it ended', async () => {
  const result = await subprocesses().run(script('console.log("out"); console.error("err"); process.exitCode = 3'));
  expect(result).toEqual({ exit: { kind: 'exited', code: 3 }, stdout: 'out\n', stderr: 'err\n' });
});

it('reports a program that does not exist as an ending, not as a throw', async () => {
  const { exit } = await subprocesses().run({ owner: 'test', command: '/nowhere/at/all', args: [] });
  expect(exit).toMatchObject({ kind: 'failed', error: { code: 'ENOENT' } });
});

it('survives that no file descriptor is left, also in the library that starts yt-dlp', async () => {
  const folder = await temporaryFolder();
  onTestFinished(() => folder.remove());
  const { path } = await fakeYtDlp(folder.path, { stdout: JSON.stringify({ id: 'x' }) });
  const fixture = fileURLToPath(new URL('./fixtures/no-descriptor-left.ts', import.meta.url));
  const args = ['-c', 'ulimit -n 64; exec "$@"', 'sh', node, fixture, path, folder.path];
  const { exit, stdout, stderr } = await subprocesses().run({ owner: 'test', command: 'sh', args });
  expect(exit, stderr).toEqual({ kind: 'exited', code: 0 });
  const fine = { ran: 'exited', said: 'one', living: 0 };
  expect(JSON.parse(stdout)).toEqual({
    before: fine,
    without: { ran: 'failed', said: expect.stringContaining('can start no more programs'), living: 0 },
    after: fine,
  });
});

it.each([
  ['ENOENT', 'TRANSCODER_MISSING'],
  ['EACCES', 'TRANSCODER_MISSING'],
  ['EMFILE', 'TRACK_UNAVAILABLE'],
  ['EAGAIN', 'TRACK_UNAVAILABLE'],
])('tells a program that is missing from a machine that can start none: %s', (code, expected) => {
  expect(neverRan(Object.assign(new Error('spawn'), { code }), 'TRANSCODER_MISSING').code).toBe(expected);
});

it('shows children no variable but the harmless ones', async () => {
  const children = subprocesses({ PATH: process.env['PATH'], DISCORD_TOKEN: 'secret', NODE_OPTIONS: '', LANG: 'C' });
  const { stdout } = await children.run(script('console.log(JSON.stringify(Object.keys(process.env).sort()))'));
  expect(JSON.parse(stdout)).toEqual(['LANG', 'PATH']);
});

it('kills a child that takes too long', async () => {
  const child = subprocesses().spawn({ ...script('setInterval(() => {}, 1e6)'), timeoutMs: 50 });
  expect(await child.ended).toEqual({ kind: 'killed', why: 'timed-out' });
});

it('kills a child with everything that it started', async () => {
  const children = subprocesses();
  const parent = `
    const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'inherit' });
    console.log(child.pid);
    setInterval(() => {}, 1e6);`;
  const child = children.spawn(script(parent));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const grandchild = Number(line.toString());
  expect(isAlive(grandchild)).toBe(true);
  child.kill();
  expect(await child.ended).toEqual({ kind: 'killed', why: 'asked' });
  await expect.poll(() => isAlive(grandchild)).toBe(false);
  expect(children.living).toEqual([]);
});

it('does not let a grandchild outlive a child that ends by itself', async () => {
  const parent = `
    const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'inherit' });
    console.log(child.pid);
    process.exit(0);`;
  const { exit, stdout } = await subprocesses().run(script(parent));
  expect(exit).toEqual({ kind: 'exited', code: 0 });
  await expect.poll(() => isAlive(Number(stdout))).toBe(false);
});

it('kills a child when its signal is aborted', async () => {
  const life = new AbortController();
  const child = subprocesses().spawn({ ...script('setInterval(() => {}, 1e6)'), signal: life.signal });
  life.abort();
  expect(await child.ended).toEqual({ kind: 'killed', why: 'aborted' });
});

it('lets a child end cleanly that was asked to', async () => {
  const child = subprocesses().spawn(
    script(
      'process.on("SIGTERM", () => { console.error("bye"); process.exit(0); }); console.log(); setInterval(() => {}, 1e6)',
    ),
  );
  await once(child.stdout, 'data');
  child.kill();
  expect(await child.ended).toEqual({ kind: 'killed', why: 'asked' });
  expect(child.stderrTail()).toBe('bye\n');
});

it('ends a child that does not care to be asked', async () => {
  const child = subprocesses().spawn(
    script('process.on("SIGTERM", () => console.error("no")); console.log(); setInterval(() => {}, 1e6)'),
  );
  await once(child.stdout, 'data');
  child.kill();
  expect(await child.ended).toEqual({ kind: 'killed', why: 'asked' });
  expect(child.stderrTail()).toBe('no\n');
});

it('kills a child that writes more than it may', async () => {
  const flood = script('setInterval(() => process.stdout.write("x".repeat(65536)), 0)');
  expect((await subprocesses().run(flood, 100_000)).exit).toEqual({ kind: 'killed', why: 'too-much-output' });
});

it('keeps only the end of what was written to stderr', async () => {
  const child = script('process.stderr.write("a".repeat(100000) + "the end")');
  const { stderr } = await subprocesses().run(child);
  expect(stderr).toHaveLength(8 * 1024);
  expect(stderr.endsWith('the end')).toBe(true);
});

it('ends all children when it closes, and starts none afterwards', async () => {
  const children = subprocesses();
  const running = [1, 2, 3].map(() => children.spawn(script('setInterval(() => {}, 1e6)')));
  expect(children.living).toHaveLength(3);
  await children.closeAll();
  expect(children.living).toEqual([]);
  for (const child of running) expect(await child.ended).toEqual({ kind: 'killed', why: 'closing' });
  expect(() => children.spawn(script('0'))).toThrow('STOPPING');
});
