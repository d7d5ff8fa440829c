import { CannotSetUp, run, say, which } from './run.mjs';

/** The path of an ffmpeg that can encode Opus: the one configured, else the one on PATH, else the system's package. */
export async function ensureFfmpeg(given, manager) {
  if (given) {
    if (await canEncodeOpus(given)) return given;
    throw new CannotSetUp(
      `FFMPEG_PATH is ${given}, which does not run or has no libopus. Correct it in .env, or remove the line.`,
    );
  }
  const found = which('ffmpeg');
  if (found && (await canEncodeOpus(found))) return found;
  say(found ? `ffmpeg: ${found} has no libopus` : 'ffmpeg: not here yet');
  await manager.install('ffmpeg');
  const installed = which('ffmpeg');
  if (installed && (await canEncodeOpus(installed))) return installed;
  throw new CannotSetUp('The ffmpeg that was installed has no libopus. Set FFMPEG_PATH in .env to one that has.');
}

async function canEncodeOpus(path) {
  const { ok, text } = await run(path, ['-hide_banner', '-encoders'], { timeoutMs: 20_000 });
  return ok && text.includes('libopus');
}
