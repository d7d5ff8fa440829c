import { get, type IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createAudioResource, StreamType } from '@discordjs/voice';
import prism from 'prism-media';
import { openAudio } from '../../src/player/audio-pipeline.ts';
import { startTranscode } from '../../src/player/audio/transcode.ts';
import { filteringOf } from '../../src/player/filters.ts';
import type { Relayed } from '../../src/sources/relay.ts';
import type { Way, Wish } from './ways.ts';

/** What the guides of discord.js give ffmpeg. */
const PCM = '-analyzeduration 0 -loglevel 0 -f s16le -ar 48000 -ac 2'.split(' ');

export const byTenuto: Way = async ({ url, format, volume, filters, signal }, kit) => {
  const media = { kind: 'http', url: new URL(url), headers: {}, format } as const;
  const filtering = filteringOf(filters);
  const options = { ...kit, startMs: 0, volume, filtering, durationMs: null, ffmpegPath: 'ffmpeg', signal };
  const { packets } = await openAudio(media, options);
  return createAudioResource(packets, { inputType: StreamType.Opus }).playStream;
};

export const byPrism: Way = async ({ url, format, signal }) => {
  const inputType = format === 'webm-opus' ? StreamType.WebmOpus : StreamType.OggOpus;
  const { playStream } = createAudioResource(await download(url, signal), { inputType });
  return endedBy(playStream, signal);
};

export const byPcm: Way = async ({ url, volume, filters, signal }) => {
  const filtering = filteringOf(filters);
  const ffmpeg = new prism.FFmpeg({ args: ['-i', url, ...(filtering ? ['-af', filtering.chain] : []), ...PCM] });
  endedBy(ffmpeg, signal);
  const inlineVolume = volume !== 100;
  const resource = createAudioResource(ffmpeg, { inputType: StreamType.Raw, inlineVolume });
  resource.volume?.setVolume(volume / 100);
  return endedBy(resource.playStream, signal);
};

export const byFfmpegAlone: Way = async (wish, { subprocesses }) => {
  const { filters, signal } = wish;
  const filtering = filteringOf(filters);
  const input = { kind: 'relayed', relayed: withoutRelay(wish) } as const;
  const child = startTranscode({ input, startMs: 0, filtering, ffmpegPath: 'ffmpeg', subprocesses, signal });
  return endedBy(child.stdout.pipe(new prism.opus.OggDemuxer()), signal);
};

/** Says the same to ffmpeg as the relay would, except that it is the host itself that answers. */
function withoutRelay({ url }: Wish): Relayed {
  const kind = url.endsWith('.m3u8') ? 'playlist' : 'bytes';
  return { url, origin: new URL(url).origin, kind, failure: null, close: () => undefined };
}

/** Over a connection of its own, as the bot's: songs of three minutes are too far apart for one that is kept. */
function download(url: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { signal, agent: false }, (response) => resolve(endedBy(response, signal))).on('error', reject);
  });
}

function endedBy<S extends Readable>(stream: S, signal: AbortSignal): S {
  stream.on('error', () => undefined);
  signal.addEventListener('abort', () => stream.destroy(), { once: true });
  return stream;
}
