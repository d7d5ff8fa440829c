import type { Readable } from 'node:stream';
import type { Filter } from '../../src/queue/filters.ts';
import type { MediaFormat } from '../../src/sources/source.ts';
import { byFfmpegAlone, byPcm, byPrism, byTenuto } from './contestants.ts';
import type { Kit } from './kit.ts';

/** What is asked of a way. */
export interface Wish {
  readonly url: string;
  readonly format: MediaFormat;
  /** Percent. */
  readonly volume: number;
  readonly filters: readonly Filter[];
  readonly signal: AbortSignal;
}

/** From a link to Opus packets of 20 ms, one an item. The abort of the signal ends everything behind them. */
export type Way = (wish: Wish, kit: Kit) => Promise<Readable>;

/** Ways that are measured beside each other. */
export const WAYS = {
  /** The bot's. */
  tenuto: byTenuto,
  /** prism-media's demuxer, as `StreamType.WebmOpus` and `StreamType.OggOpus` have it. */
  prism: byPrism,
  /** What most bots do: ffmpeg to PCM, and Opus in this process. */
  pcm: byPcm,
  /** The bot's ffmpeg, but for the relay in front of it. */
  ffmpeg: byFfmpegAlone,
} as const satisfies Record<string, Way>;

export type WayName = keyof typeof WAYS;

/** What is played, and who plays it beside the bot. */
export interface Row {
  readonly name: string;
  readonly file: string;
  readonly format: MediaFormat;
  readonly volume?: number;
  readonly filters?: readonly Filter[];
  readonly beside: readonly Exclude<WayName, 'tenuto'>[];
}

const BASS: readonly Filter[] = [{ name: 'bassboost', amount: 8 }];

export const ROWS: readonly Row[] = [
  { name: 'WebM/Opus, passed through', file: 'song.webm', format: 'webm-opus', beside: ['prism', 'pcm'] },
  { name: 'Ogg/Opus, passed through', file: 'song.opus', format: 'ogg-opus', beside: ['prism', 'pcm'] },
  { name: 'MP3', file: 'song.mp3', format: 'other', beside: ['pcm', 'ffmpeg'] },
  { name: 'M4A/AAC', file: 'song.m4a', format: 'other', beside: ['pcm', 'ffmpeg'] },
  { name: 'FLAC', file: 'song.flac', format: 'other', beside: ['pcm', 'ffmpeg'] },
  { name: 'HLS', file: 'hls/song.m3u8', format: 'other', beside: ['pcm', 'ffmpeg'] },
  { name: 'WebM/Opus at 50 %', file: 'song.webm', format: 'webm-opus', volume: 50, beside: ['pcm'] },
  { name: 'MP3 at 50 %', file: 'song.mp3', format: 'other', volume: 50, beside: ['pcm'] },
  { name: 'WebM/Opus, bass raised', file: 'song.webm', format: 'webm-opus', filters: BASS, beside: ['pcm'] },
  { name: 'MP3, bass raised', file: 'song.mp3', format: 'other', filters: BASS, beside: ['pcm', 'ffmpeg'] },
];
