import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { TenutoError } from '../lib/errors.ts';
import type { Subprocesses } from '../lib/subprocess.ts';
import { within } from '../lib/time.ts';
import { networkFailure, type HttpClient } from '../sources/http-client.ts';
import type { Relay } from '../sources/relay.ts';
import type { HttpMedia } from '../sources/resumable-read.ts';
import { resumable, type Keep } from '../sources/resumable.ts';
import type { Media } from '../sources/source.ts';
import { Gain } from './audio/gain.ts';
import { watchInput } from './audio/input-watch.ts';
import { JitterBuffer } from './audio/jitter-buffer.ts';
import { PacketGate, UnfitError, type PacketGateOptions } from './audio/packet-gate.ts';
import { confirmTranscode, guessed, startTranscode, type Manner, type TranscodeInput } from './audio/transcode.ts';
import type { Filtering } from './filters.ts';

const OPEN_MS = 20_000;
/** Up to here the packets before a place are read and counted: a few megabytes, and no program is needed for that. */
const FAR_MS = 5 * 60_000;
/** Left out music passes at many times its speed; this much of it is always possible. */
const SKIP_SPEED = 10;

export interface OpenAudioOptions {
  /** Where to begin, milliseconds into the track. */
  readonly startMs: number;
  /** Percent, 0 to 200. */
  readonly volume: number;
  /** What is done to the sound; with filters there is no passthrough. */
  readonly filtering?: Filtering | null;
  /** Ends the audio and everything behind it: processes, sockets, files. */
  readonly signal: AbortSignal;
  /** The length of the track where it is known: an earlier end is then an error. */
  readonly durationMs: number | null;
  readonly http: HttpClient;
  readonly relay: Relay;
  /** Finds the bytes anew, for when a link expires while it is read. */
  readonly refresh?: (signal: AbortSignal) => Promise<Media>;
  /** Copies what is read from the web, when it is read whole. */
  readonly keep?: Keep | undefined;
  readonly subprocesses: Subprocesses;
  readonly ffmpegPath: string;
}

/** Sound that is ready to be sent. */
export interface OpenedAudio {
  /**
   * Opus packets of 20 ms, one an item. 'end' is the end of the track; everything that ends it earlier is an 'error' with a
   * TenutoError; after an abort there is only 'close'.
   */
  readonly packets: Readable;
  /** Resolves when the last packet is here, and waits to be read; never when something ends it earlier. */
  readonly arrived: Promise<void>;
  /** True when the packets are those of the file, bit by bit, for as long as the volume is 100. */
  readonly passthrough: boolean;
  /** Percent, 0 to 200. Heard within 100 ms and without a gap. */
  setVolume(percent: number): void;
}

/** Opens media at a position. Resolves when the first packet is there, rejects with a TenutoError when there will be none. */
export async function openAudio(media: Media, options: OpenAudioOptions): Promise<OpenedAudio> {
  let unfit: UnfitError | null = null;
  for (const way of waysInto(media, options)) {
    options.signal.throwIfAborted();
    try {
      return await way();
    } catch (error) {
      if (!(error instanceof UnfitError)) throw error;
      unfit = error;
    }
  }
  throw new TenutoError('NOT_AUDIO', '', { cause: unfit });
}

/** Each is for what the one before it cannot be used for. */
function waysInto(media: Media, options: OpenAudioOptions): readonly (() => Promise<OpenedAudio>)[] {
  const { format } = media;
  const { startMs, filtering } = options;
  const through = (manner: Manner) => async () => await open(await transcoded(media, options, manner), options);
  const otherwise = (cause: unknown) => Promise.reject(new UnfitError('it could not be entered', { cause }));
  return [
    ...(format === 'other' || filtering
      ? []
      : [
          ...(startMs > FAR_MS ? [() => through('copy')().catch(otherwise)] : []),
          async () => await open(await untouched(media, format, options), options),
        ]),
    ...(startMs > 0 && media.kind === 'http' ? [through('fast')] : []),
    through('exact'),
  ];
}

/** Bytes of a container with Opus in it, and what is known about them. */
interface Input {
  readonly bytes: Readable;
  readonly container: PacketGateOptions['container'];
  readonly passthrough: boolean;
  /** Where in the track its first packet belongs. */
  readonly beginsAtMs: number;
  readonly confirmEnd: (whole: boolean) => Promise<void>;
  readonly explain: (error: Error) => TenutoError;
  /** Whether it begins somewhere near that place only; known when its first packet is there. */
  readonly guessed?: () => boolean;
  /** Lets go of what is behind the bytes. */
  readonly release: () => void;
}

async function open(input: Input, options: OpenAudioOptions): Promise<OpenedAudio> {
  const { startMs, volume, durationMs, signal } = options;
  const gain = new Gain(volume);
  const packets = new JitterBuffer((packet) => gain.apply(packet));
  const arrived = new Promise<void>((resolve) => void packets.once('arrived', resolve));
  // Errors are for those who play it; until they listen, none may be unhandled.
  packets.on('error', () => undefined);
  const tempo = options.filtering?.tempo ?? 1;
  const gate = new PacketGate(packets, { ...input, startMs, durationMs, tempo });
  watchInput(input.bytes, gate);
  const release = () => {
    input.bytes.destroy();
    input.release();
  };
  packets.once('close', release);
  void gate.pour(input.bytes).finally(release);
  const abort = () => packets.destroy();
  signal.addEventListener('abort', abort, { once: true });
  packets.once('close', () => signal.removeEventListener('abort', abort));
  if (signal.aborted) abort();

  const late = () => new TenutoError('TRACK_UNAVAILABLE', 'no sound came in time');
  try {
    await within(OPEN_MS + startMs / SKIP_SPEED, once(packets, 'readable'), late, signal);
    if (input.guessed) {
      // What a program said before its first packet may be read in the same turn, but after that.
      await new Promise(setImmediate);
      if (input.guessed()) throw new UnfitError('it begins somewhere else');
    }
  } catch (error) {
    packets.destroy();
    throw error;
  }
  return { packets, arrived, passthrough: input.passthrough, setVolume: (percent) => gain.set(percent) };
}

/** The file as it is. To begin in the middle, its packets are counted, so that the position is exact. */
async function untouched(media: Media, container: Input['container'], options: OpenAudioOptions): Promise<Input> {
  const usual = { container, passthrough: true, beginsAtMs: 0, confirmEnd: () => Promise.resolve(), release: () => {} };
  if (media.kind === 'file')
    return { ...usual, bytes: createReadStream(media.path), explain: unavailable('the file cannot be read') };
  const { url, body } = await resumable(options.http, media, options);
  return { ...usual, bytes: body, explain: (error) => networkFailure(error, url) };
}

/** Everything else, made into Ogg/Opus by ffmpeg, which begins where it is told to. */
async function transcoded(media: Media, options: OpenAudioOptions, manner: Manner): Promise<Input> {
  const input = media.kind === 'file' ? media : await relayed(media, options);
  const child = startTranscode({ ...options, manner, input });
  return {
    bytes: child.stdout,
    // Packets that it only hands on may be in any of the forms that strangers use.
    container: manner === 'copy' ? 'ogg-opus' : 'own-ogg',
    passthrough: manner === 'copy',
    beginsAtMs: options.startMs,
    confirmEnd: (whole) => confirmTranscode(child, input, whole),
    explain: unavailable('it could not be decoded'),
    ...(manner === 'fast' && { guessed: () => guessed(child) }),
    release: () => {
      child.kill();
      if (input.kind === 'relayed') input.relayed.close();
    },
  };
}

/** ffmpeg reads what is on the web from our relay, for as long as the audio lives. */
async function relayed(media: HttpMedia, { relay, signal, refresh, keep }: OpenAudioOptions): Promise<TranscodeInput> {
  return { kind: 'relayed', relayed: await relay.open(media, { signal, refresh, keep }) };
}

const unavailable = (detail: string) => (cause: Error) => new TenutoError('TRACK_UNAVAILABLE', detail, { cause });
