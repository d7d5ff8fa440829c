import { constants, setPriority } from 'node:os';
import { TenutoError } from '../../lib/errors.ts';
import { neverRan, type Subprocess, type Subprocesses } from '../../lib/subprocess.ts';
import { loudnessIn } from './loudness.ts';
import { inputOptions, type TranscodeInput } from './transcode.ts';

/** A minute, and not the first one: songs begin quietly. */
const FROM_SECONDS = 30;
const FOR_SECONDS = 60;
const TIMEOUT_MS = 60_000;

export interface LoudnessProbe {
  readonly input: TranscodeInput;
  readonly durationMs: number | null;
  readonly signal: AbortSignal;
  readonly subprocesses: Subprocesses;
  readonly ffmpegPath: string;
}

/**
 * Measures a minute of a track with ffmpeg, at the lowest priority. In LUFS; null where there is nothing to measure. Rejects with
 * TRANSCODER_MISSING where there is no ffmpeg that can, and with the reason of the signal when that is aborted.
 */
export async function probeLoudness({ input, durationMs, signal, ...parts }: LoudnessProbe): Promise<number | null> {
  const from = durationMs !== null && durationMs >= (FROM_SECONDS + FOR_SECONDS) * 1_000 ? FROM_SECONDS : 0;
  const args = [
    ...'-hide_banner -loglevel info -nostats -nostdin -threads 1'.split(' '),
    ...inputOptions(input),
    '-ss',
    String(from),
    '-t',
    String(FOR_SECONDS),
    '-i',
    input.kind === 'file' ? `file:${input.path}` : input.relayed.url,
    ...'-map 0:a:0 -af ebur128=framelog=verbose -f null -'.split(' '),
  ];
  const child = parts.subprocesses.spawn({
    owner: 'loudness',
    command: parts.ffmpegPath,
    args,
    signal,
    timeoutMs: TIMEOUT_MS,
  });
  yieldToOthers(child);
  const exit = await child.ended;
  signal.throwIfAborted();
  if (exit.kind === 'failed') throw neverRan(exit.error, 'TRANSCODER_MISSING');
  const said = child.stderrTail();
  if (/No such filter|Option .* not found|Unrecognized option/i.test(said)) throw new TenutoError('TRANSCODER_MISSING');
  return exit.kind === 'exited' && exit.code === 0 ? loudnessIn(said) : null;
}

/** What plays comes first. */
function yieldToOthers({ pid }: Subprocess): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended, or this system does not let us.
  }
}
