import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A folder of its own for a test, and its end. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'tenuto-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export interface SoundOptions {
  readonly seconds?: number;
  readonly tags?: Readonly<Record<string, string>>;
  /** More options for ffmpeg's output. */
  readonly output?: readonly string[];
}

/** Makes a file with a stereo tone that moves, so that no two packets are alike. The ending says the format. */
export async function makeSound(
  path: string,
  { seconds = 3, tags = {}, output = [] }: SoundOptions = {},
): Promise<Buffer> {
  const tone = `aevalsrc='0.3*sin(2*PI*(200+60*t)*t)|0.3*sin(2*PI*(300+50*t)*t)':s=48000:d=${seconds}`;
  const metadata = Object.entries(tags).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]);
  const codec = /\.(webm|opus)$/.test(path) && !output.includes('-c:a') ? ['-c:a', 'libopus', '-b:a', '96k'] : [];
  const args = ['-v', 'error', '-y', '-f', 'lavfi', '-i', tone, '-ac', '2', ...metadata, ...codec, ...output, path];
  await run('ffmpeg', args, { timeout: 60_000 });
  return readFile(path);
}
