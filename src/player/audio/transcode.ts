import { failureOf, row, type SaidRow } from '../../lib/said-failure.ts';
import { neverRan, type Subprocess, type Subprocesses } from '../../lib/subprocess.ts';
import type { Relayed } from '../../sources/relay.ts';
import type { Media } from '../../sources/source.ts';
import type { Filtering } from '../filters.ts';

/** Containers and raw formats of sound. Nothing that could name other files: no concat, no playlists but HLS from the web. */
const FORMATS = 'mp3,aac,flac,ogg,wav,w64,aiff,caf,mov,matroska,webm,asf,ape,wv,tta,ac3,eac3,amr,au,dsf,mpegts,avi,flv';

const ENCODED = '-ar 48000 -ac 2 -c:a libopus -b:a 128k -frame_duration 20';
/** From the very packet of the place on, and not from where it could be entered before that. */
const COPIED = '-c:a copy -copypriorss 0';

const words = (line: string) => line.split(' ');

/** What ffmpeg reads: a file of ours, or what the relay fetches for it. */
export type TranscodeInput = Extract<Media, { kind: 'file' }> | { readonly kind: 'relayed'; readonly relayed: Relayed };

/**
 * How ffmpeg comes to the place where it begins. `fast`: into MP3 by an estimate instead of over everything before it, which says
 * so where that is `guessed`. `copy`: packets of Opus go out as they are.
 */
export type Manner = 'exact' | 'fast' | 'copy';

export interface TranscodeRequest {
  readonly input: TranscodeInput;
  readonly startMs: number;
  /** `exact` unless told. */
  readonly manner?: Manner;
  readonly filtering?: Filtering | null;
  readonly signal: AbortSignal;
  readonly subprocesses: Subprocesses;
  readonly ffmpegPath: string;
}

/**
 * Starts ffmpeg, which turns any sound into Ogg/Opus with packets of 20 ms on its stdout.
 *
 * MP4 with its index at the end, HLS, and every start in the middle need an input that can seek: ffmpeg reads what is on the
 * web from our relay, and has nothing but that. It reaches no files then, nor any network when it reads a file.
 */
export function startTranscode(request: TranscodeRequest): Subprocess {
  const { input, startMs, manner = 'exact', filtering, signal, subprocesses, ffmpegPath } = request;
  const args = [
    ...words(`-hide_banner -loglevel ${manner === 'fast' ? 'warning' : 'error'} -nostdin -threads 1`),
    ...(manner === 'fast' ? ['-fflags', '+fastseek'] : []),
    ...inputOptions(input),
    ...(startMs > 0 ? ['-ss', (startMs / 1_000).toFixed(3)] : []),
    '-i',
    input.kind === 'file' ? `file:${input.path}` : input.relayed.url,
    // Tags stay out: the sound would wait behind a cover picture in them, of megabytes.
    ...words('-map 0:a:0 -map_metadata -1'),
    ...(filtering ? ['-af', filtering.chain] : []),
    ...words(manner === 'copy' ? COPIED : ENCODED),
    ...words('-f ogg -page_duration 20000 -flush_packets 1 pipe:1'),
  ];
  return subprocesses.spawn({ owner: 'ffmpeg', command: ffmpegPath, args, signal });
}

/** Whether ffmpeg came to its place by a guess, as in MP3 with a changing bitrate: seconds beside it, at worst. */
export const guessed = (child: Subprocess): boolean => /may be imprecise/.test(child.stderrTail());

/**
 * Rejects when ffmpeg did not come to the true end of its input. Behind a file of which all was heard (`whole`) nothing is
 * missing, although its server may have promised more bytes.
 */
export async function confirmTranscode(child: Subprocess, input: TranscodeInput, whole: boolean): Promise<void> {
  const exit = await child.ended;
  if (exit.kind === 'failed') throw neverRan(exit.error, 'TRANSCODER_MISSING');
  // What it could not fetch is known better here than by what ffmpeg makes of it.
  const relayed = input.kind === 'relayed' ? input.relayed : null;
  const excused = whole && relayed?.kind === 'bytes';
  if (relayed?.failure && !(excused && BROKEN.has(relayed.failure.code))) throw relayed.failure;
  const said = child.stderrTail();
  // ffmpeg ends with 0 when its input breaks off. Its option -xerror would tell, but also gives up a whole track for one
  // damaged frame, as many MP3 files have; so its words are read, and PacketGate compares the length. A list goes on without
  // a piece that was lost.
  const lost = LOST_INPUT.test(said) && relayed?.kind !== 'playlist' && !excused;
  if (exit.kind === 'exited' && exit.code === 0 && !lost) return;
  throw failureOf(said, ROWS, 'it could not be decoded');
}

/** Failures of a line and not of what is behind it. */
const BROKEN: ReadonlySet<string> = new Set(['TRACK_UNAVAILABLE', 'NETWORK_DOWN']);

const LOST_INPUT = /Input\/output error|Connection (reset|timed out)|Operation timed out/i;

/** What ffmpeg says, and what a person reads; the first row that matches wins. */
const ROWS: readonly SaidRow[] = [
  row(/Unknown encoder|Unrecognized option|Option .* not found/i, '', 'TRANSCODER_MISSING'),
  row(/No such file/i, 'it is not there any more'),
  // An MP4 with its index at the end, and a server that only sends files from the start.
  row(/partial file|moov atom not found/i, 'it is incomplete, or its server does not let me skip in it'),
  row(LOST_INPUT, 'it could not be read to its end'),
  row(/matches no streams|does not contain any stream|whitelist/i, '', 'NOT_AUDIO'),
  row(
    /Invalid data found|could not find codec|Failed to read frame size|: (Invalid argument|End of file)$/im,
    '',
    'NOT_AUDIO',
  ),
];

/** Where ffmpeg may read, and as what: nothing but this input. In front of `-i`. */
export function inputOptions(input: TranscodeInput): string[] {
  if (input.kind === 'file') return ['-protocol_whitelist', 'file', '-format_whitelist', FORMATS];
  const { kind, origin } = input.relayed;
  // The relay as a proxy, which opens nothing but its own addresses: whatever a file may name, there is no other way out.
  // Lists are read only where we saw one and wrote it anew.
  const formats = kind === 'playlist' ? `${FORMATS},hls` : FORMATS;
  return ['-protocol_whitelist', 'http,tcp,crypto', '-http_proxy', origin, '-format_whitelist', formats];
}
