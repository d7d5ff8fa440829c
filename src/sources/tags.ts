import { parseBuffer, parseFile, type IAudioMetadata } from 'music-metadata';
import { plainText } from '../lib/format.ts';
import { loudnessOfTags } from './loudness-tags.ts';

/** What a file says of itself. Everything may be missing. */
export interface Tags {
  readonly title: string | null;
  readonly artist: string | null;
  readonly album: string | null;
  /** Only where the header states it or the size proves it; an estimate would make a whole file look cut off. */
  readonly durationMs: number | null;
  /** How loud it is, by its ReplayGain or R128 tags. */
  readonly lufs: number | null;
}

const NONE: Tags = { title: null, artist: null, album: null, durationMs: null, lufs: null };
// `duration: false` keeps the parser from reading whole files for the sake of a length.
const OPTIONS = { skipCovers: true, duration: false } as const;

/** The tags of a whole local file. A file that cannot be parsed has none: ffmpeg may still play it. */
export async function tagsOfFile(path: string): Promise<Tags> {
  return parseFile(path, OPTIONS).then(
    (metadata) => read(metadata, metadata.format.duration),
    () => NONE,
  );
}

/** The tags in the first bytes of a file whose rest was not fetched. */
export async function tagsOfHead(head: Buffer, totalBytes: number | null): Promise<Tags> {
  const info = totalBytes === null ? undefined : { size: totalBytes };
  return parseBuffer(head, info, OPTIONS).then(
    (metadata) => read(metadata, durationOfHead(metadata, totalBytes)),
    () => NONE,
  );
}

/** The parser takes the end of the bytes for the end of the file, so lengths that it counted are worth nothing here. */
function durationOfHead({ format }: IAudioMetadata, totalBytes: number | null): number | undefined {
  if (totalBytes === null || format.container === 'Ogg') return undefined;
  if (format.container !== 'WAVE') return format.duration;
  return format.bitrate && (totalBytes * 8) / format.bitrate;
}

function read(metadata: IAudioMetadata, seconds: number | undefined): Tags {
  const { common } = metadata;
  const text = (value: string | undefined) => (value === undefined ? '' : plainText(value)) || null;
  return {
    title: text(common.title),
    artist: text(common.artist),
    album: text(common.album),
    durationMs: seconds !== undefined && seconds > 0 && Number.isFinite(seconds) ? Math.round(seconds * 1_000) : null,
    lufs: loudnessOfTags(metadata),
  };
}
