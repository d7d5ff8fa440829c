import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it, onTestFinished } from 'vitest';

const MAIN = join(import.meta.dirname, '../src/main.ts');
const TOKEN = 'MTIzNDU2Nzg5MDEyMzQ1Njc4OQ.AbCdEf.three-parts-with-dots-between-them-x1';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenuto-main-'));
  return () => rm(folder, { recursive: true, force: true });
});

/** The process, with settings that never reach Discord, and with what it writes. */
function start(settings: Readonly<Record<string, string>>, flags: readonly string[] = []) {
  const env = {
    PATH: process.env['PATH'] ?? '',
    DATA_DIR: join(folder, 'data'),
    DISCORD_API_URL: 'http://127.0.0.1:1',
  };
  const child = spawn(process.execPath, [...flags, MAIN], { cwd: folder, env: { ...env, ...settings } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [out, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]: unknown[]) => ({ code, signal, out, errors }));
  return { child, ended };
}

it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 on %s while it is still being loaded', async (signal) => {
  // Says when the biggest part begins to be loaded.
  const watch = `
    import { registerHooks } from 'node:module';
    import { writeSync } from 'node:fs';
    registerHooks({
      resolve(specifier, context, next) {
        if (specifier === './app.ts') writeSync(1, 'loading');
        return next(specifier, context);
      },
    });`;
  const { child, ended } = start({ DISCORD_TOKEN: TOKEN }, [
    '--import',
    `data:text/javascript,${encodeURIComponent(watch)}`,
  ]);
  await once(child.stdout, 'data');
  child.kill(signal);
  expect(await ended).toMatchObject({ code: 0, signal: null, errors: '' });
});

it('says on standard error why it cannot start, also when nothing is logged', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  const settings = { DISCORD_TOKEN: TOKEN, LOG_LEVEL: 'silent', DATA_DIR: join(file, 'data') };
  expect(await start(settings).ended).toEqual({
    code: 1,
    signal: null,
    out: '',
    errors: `Tenuto cannot start: ENOTDIR: not a directory, mkdir '${join(file, 'data')}'\n`,
  });
});

it('lists all settings that are wrong', async () => {
  const { code, errors } = await start({ DISCORD_TOKEN: 'x', LOG_LEVEL: 'loud' }).ended;
  expect(code).toBe(1);
  expect(errors.split('\n')).toEqual([
    'Tenuto cannot start:',
    expect.stringMatching(/^ {2}- DISCORD_TOKEN is not a bot token/),
    expect.stringMatching(/^ {2}- LOG_LEVEL must be one of/),
    '',
  ]);
});
