import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startBotProcess } from './process.ts';
import { ask, setStage } from './stage.ts';

const SCRIPTS = join(import.meta.dirname, '../../scripts');

/** Runs a script of `scripts/` as an operator would, and resolves with the JSON of its last line. */
async function run(script: string, words: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [join(SCRIPTS, script), ...words, '--json'], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  await once(child, 'close');
  return JSON.parse(out.trim().split('\n').at(-1) ?? '') as { readonly ok: boolean; readonly file: string };
}

it('brings back the music of a backup that was made while it played', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const env = { ...loopback.env, DATA_DIR: stage.dataDir, ALLOW_PRIVATE_HOSTS: '127.0.0.1' };
  const ada = loopback.user('ada');
  const ears = loopback.ears('ada');
  ada.join('Lounge');

  const first = await startBotProcess(env);
  await ask(ada, 'play', { query: stage.media.urlOf('song.webm') });
  await ask(ada, 'play', { query: stage.media.urlOf('second.webm') });
  await ears.waitFor(100, 20_000);
  const heard = ears.packets.length;
  const backup = await run('backup.ts', [], env);
  expect(backup.ok).toBe(true);
  await ears.waitFor((packets) => packets.length > heard + 50, 20_000);

  await ask(ada, 'stop');
  first.child.kill('SIGTERM');
  expect(await first.ended).toEqual({ code: 0, signal: null });
  expect(await run('restore.ts', [backup.file], env)).toMatchObject({ ok: true });

  const before = ears.packets.length;
  await startBotProcess(env);
  await ears.waitFor((packets) => packets.length > before + 50, 30_000);
  const queue = await ask(ada, 'queue');
  expect(queue.embeds[0]?.description).toContain('Second Wind');
});
