/**
 * `npm run demo`: Discord and the bot as two processes on this machine, a scene with two people in it, and what the
 * listener really heard.
 *
 *   --json    adds one JSON object as the last line
 *   --serve   plays no scene, keeps both running and prints the settings for any client
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeScene, type Findings, type Heard, type Step } from './demo/scene.ts';
import { buildStage, type Stage } from './demo/stage.ts';

const { values: flags } = parseArgs({ options: { json: { type: 'boolean' }, serve: { type: 'boolean' } } });
console.log('Tenuto: a song over the wire. Everything happens on this machine; Discord is played by a double.\n');
// Heard from here on, so that whatever was started by then is also ended.
const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
const stage = await buildStage();
try {
  if (flags.serve === true) await serve(stage);
  else process.exitCode = await Promise.race([play(stage), interrupted.then(() => 130)]);
} finally {
  await stage.close();
}

/** Acts the scene out; resolves with the exit code, 0 when every step held. */
async function play(stage: Stage): Promise<number> {
  const began = performance.now();
  const { steps, findings, heard } = await writeScene(stage);
  const failed = await act(steps, stage);
  console.log(`\n${table(heard)}\n`);
  console.log(failed === null ? 'Every step held.' : `It stopped at: ${failed}`);
  if (flags.json === true) console.log(JSON.stringify(await summary(findings, failed, began)));
  return failed === null ? 0 : 1;
}

/** Resolves with the title of the step that failed, or with null. */
async function act(steps: readonly Step[], stage: Stage): Promise<string | null> {
  for (const { title, act } of steps) {
    console.log(`  · ${title} …`);
    try {
      console.log(`    ✓ ${await act()}`);
    } catch (error) {
      console.log(`    ✗ ${error instanceof Error ? error.message : String(error)}\n\nThe bot's last words:`);
      console.log(stage.bot().output().split('\n').slice(-30).join('\n'));
      return title;
    }
  }
  return null;
}

function table(heard: readonly Heard[]): string {
  const rows = heard.map(({ what, frames, from, to, exact, lost, repeated }) => [
    what,
    String(frames),
    from === null ? '-' : `${from} to ${to}`,
    exact === null ? 'new packets' : exact ? 'bit by bit' : 'NO',
    String(lost),
    String(repeated),
  ]);
  const all = [['What Ada heard', 'frames', 'of the file', 'the same', 'lost', 'twice'], ...rows];
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

async function summary(findings: Findings, failed: string | null, began: number): Promise<object> {
  const stamp = join(import.meta.dirname, '../node_modules/.tenuto-setup.json');
  const setup = JSON.parse(await readFile(stamp, 'utf8').catch(() => '{}')) as { seconds?: number };
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  return { ok: failed === null, failed_step: failed, ...findings, setup_s: setup.seconds ?? null, scene_s: seconds };
}

/** Until it is interrupted. */
async function serve({ env, controlUrl, media, startBot }: Stage): Promise<void> {
  await startBot();
  console.log('The bot is online. Settings for this or any other client:\n');
  for (const [name, value] of Object.entries(env)) console.log(`  ${name}=${value}`);
  console.log(
    `\nAct as people at ${controlUrl} (GET / lists how), and play ${media.urlOf('song.webm')}. Ctrl+C ends it.`,
  );
  await interrupted;
}
