import { failureOf, row, type SaidRow } from '../../lib/said-failure.ts';
import { neverRan, type Subprocess, type Subprocesses } from '../../lib/subprocess.ts';
import type { Media } from '../../sources/source.ts';

/** Containers and raw formats of sound. Nothing that could name other files: no concat, no playlists but HLS from the web. */
const FORMATS = 'mp3,aac,flac,ogg,wav,w64,aiff,caf,mov,matroska,webm,asf,ape,wv,tta,ac3,eac3,amr,au,dsf,mpegts,avi,flv';

const words = (line: string) => line.split(' ');

export interface TranscodeRequest {
  readonly media: Media;
  readonly startMs: number;
  readonly signal: AbortSignal;
  readonly subprocesses: Subprocesses;
  readonly ffmpegPath: string;
}

/**
 * Starts ffmpeg, which turns any sound into Ogg/Opus with packets of 20 ms on its stdout.
 *
 * ffmpeg opens links by itself, because MP4 with its index at the end, HLS, and every start in the middle need an input that
 * can seek. The link was checked and its redirects followed before (see audio-pipeline.ts); it follows none itself, and it
 * has no protocol that reaches files when it reads from the web, nor the web when it reads a file.
 */
export function startTranscode({ media, startMs, signal, subprocesses, ffmpegPath }: TranscodeRequest): Subprocess {
  const args = [
    ...words('-hide_banner -loglevel error -nostdin -threads 1'),
    ...inputOptions(media),
    ...(startMs > 0 ? ['-ss', (startMs / 1_000).toFixed(3)] : []),
    '-i',
    media.kind === 'file' ? `file:${media.path}` : media.url.href,
    // Tags stay out: a cover picture in them makes one Ogg packet too large for prism-media's demuxer.
    ...words('-map 0:a:0 -map_metadata -1 -ar 48000 -ac 2'),
    ...words('-c:a libopus -b:a 128k -frame_duration 20'),
    ...words('-f ogg -page_duration 20000 -flush_packets 1 pipe:1'),
  ];
  return subprocesses.spawn({ owner: 'ffmpeg', command: ffmpegPath, args, signal });
}

/** Rejects when ffmpeg did not come to the true end of its input. */
export async function confirmTranscode(child: Subprocess): Promise<void> {
  const exit = await child.ended;
  if (exit.kind === 'failed') throw neverRan(exit.error, 'TRANSCODER_MISSING');
  const said = child.stderrTail();
  // ffmpeg ends with 0 when its input breaks off. Its option -xerror would tell, but also gives up a whole track for one
  // damaged frame, as many MP3 files have; so its words are read, and PacketGate compares the length.
  if (exit.kind === 'exited' && exit.code === 0 && !LOST_INPUT.test(withoutAttempts(said))) return;
  throw failureOf(said, ROWS, 'it could not be decoded');
}

/** Said when reconnecting failed. "Stream ends prematurely" alone is not: it may have gone on at the same place. */
const LOST_INPUT = /Input\/output error|Connection (reset|timed out)|Operation timed out|Network is unreachable/i;
const NO_WAY =
  /Connection (refused|timed out)|Operation timed out|Network is (unreachable|down)|No route to host|Failed to resolve hostname/i;

/** Every attempt to reconnect that failed is told in a line of its own, also when a later one went on at the same place. */
const withoutAttempts = (said: string) =>
  said
    .split('\n')
    .filter((line) => !/^\[(tcp|tls) @/.test(line))
    .join('\n');

/** What ffmpeg says, and what a person reads; the first row that matches wins. */
const ROWS: readonly SaidRow[] = [
  row(/Unknown encoder|Unrecognized option|Option .* not found/i, '', 'TRANSCODER_MISSING'),
  row(/40[13] (Forbidden|Unauthorized)|HTTP error 40[13]/i, 'the server does not allow it'),
  row(/404 Not Found|HTTP error 4(04|10)|No such file/i, 'it is not there any more'),
  // An MP4 with its index at the end, and a server that only sends files from the start.
  row(/partial file|moov atom not found/i, 'it is incomplete, or its server does not let me skip in it'),
  row(NO_WAY, 'its server', 'NETWORK_DOWN'),
  row(LOST_INPUT, 'the connection to the server broke'),
  row(/ends prematurely/i, 'the connection to the server broke'),
  row(/matches no streams|does not contain any stream|whitelist/i, '', 'NOT_AUDIO'),
  row(
    /Invalid data found|could not find codec|Failed to read frame size|: (Invalid argument|End of file)$/im,
    '',
    'NOT_AUDIO',
  ),
];

function inputOptions(media: Media): string[] {
  if (media.kind === 'file') return ['-protocol_whitelist', 'file', '-format_whitelist', FORMATS];
  const headers = Object.entries(media.headers).filter(([name, value]) => !/[\r\n]/.test(name + value));
  return [
    ...words(`-protocol_whitelist http,https,tcp,tls,crypto -format_whitelist ${FORMATS},hls`),
    // A dropped connection goes on where it was. Not `-reconnect_streamed`: without ranges it begins again at the start.
    ...words('-max_redirects 0 -reconnect 1 -reconnect_delay_max 4 -rw_timeout 10000000'),
    ...(headers.length > 0 ? ['-headers', headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')] : []),
  ];
}
