import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Bit-exact containers: without it ffmpeg draws random stream serials and writes its version into the file. */
const EXACT = ['-fflags', '+bitexact', '-flags:a', '+bitexact', '-map_metadata', '-1'];
const OPUS = ['-c:a', 'libopus', '-b:a', '96k', '-frame_duration', '20', '-application', 'audio'];

const ENCODINGS = {
  wav: ['-c:a', 'pcm_s16le'],
  webm: OPUS,
  opus: OPUS,
  mp3: ['-c:a', 'libmp3lame', '-b:a', '128k'],
  m4a: ['-c:a', 'aac', '-b:a', '128k', '-movflags', '+faststart'],
  flac: ['-c:a', 'flac'],
  m3u8: ['-c:a', 'aac', '-b:a', '128k', '-hls_time', '4', '-hls_playlist_type', 'vod'],
} as const;

/** One file to make. Two recipes with the same `voice` sound the same; different voices share no Opus packet. */
interface Recipe {
  readonly path: string;
  readonly voice: number;
  readonly encoding: keyof typeof ENCODINGS;
  readonly title: string | null;
  readonly artist: string | null;
  readonly album: string | null;
}

const song = (encoding: keyof typeof ENCODINGS, path = `song.${encoding}`): Recipe => ({
  path,
  voice: 1,
  encoding,
  title: 'Long Note',
  artist: 'Tenuto Demo',
  album: 'Held Notes',
});

/** What the host serves: one song in every format that people post, and two more so that there is something to queue. */
export const FIXTURES = [
  song('webm'),
  song('opus'),
  song('mp3'),
  song('m4a'),
  song('flac'),
  song('wav'),
  song('m3u8', 'hls/song.m3u8'),
  { ...song('webm', 'second.webm'), voice: 2, title: 'Second Wind' },
  { ...song('opus', 'third.opus'), voice: 3, title: 'Third Time' },
] as const satisfies readonly Recipe[];

/** What `makeLibrary` puts into a folder: nested, tagged, and one file whose name is all that there is. */
export const LIBRARY = [
  {
    path: 'Held Notes/01 Long Note.mp3',
    voice: 11,
    encoding: 'mp3',
    title: 'Long Note',
    artist: 'Tenuto Demo',
    album: 'Held Notes',
  },
  {
    path: 'Held Notes/02 Grand Pause.flac',
    voice: 12,
    encoding: 'flac',
    title: 'Grand Pause',
    artist: 'Tenuto Demo',
    album: 'Held Notes',
  },
  {
    path: 'Quiet/Ada Fermata/Morendo.opus',
    voice: 13,
    encoding: 'opus',
    title: 'Morendo',
    artist: 'Ada Fermata',
    album: 'Quiet',
  },
  {
    path: 'Quiet/Ada Fermata/Nähe & Ferne.m4a',
    voice: 14,
    encoding: 'm4a',
    title: 'Nähe & Ferne',
    artist: 'Ada Fermata',
    album: 'Quiet',
  },
  { path: 'untagged take.wav', voice: 15, encoding: 'wav', title: null, artist: null, album: null },
] as const satisfies readonly Recipe[];

/** How the fixtures are made. */
export interface MakeOptions {
  /** Length of each file; 90 unless told. */
  readonly seconds?: number;
  /** The ffmpeg to use; the one on PATH unless told. */
  readonly ffmpeg?: string;
}

/** Fixtures on disk. */
export interface Fixtures {
  readonly directory: string;
  readonly seconds: number;
  pathOf(name: string): string;
}

/** A track of the library that `makeLibrary` made. */
export interface LibraryTrack {
  readonly path: string;
  readonly title: string | null;
  readonly artist: string | null;
  readonly album: string | null;
}

/**
 * Makes the fixtures once, in a folder of their own below `directory`, and says where they are. The same recipes and
 * length give the same bytes with the same ffmpeg. Several processes may ask at once: a folder appears whole or not at all.
 */
export async function makeFixtures(directory: string, options: MakeOptions = {}): Promise<Fixtures> {
  const seconds = options.seconds ?? 90;
  const target = join(directory, `${seconds}s-${fingerprint(FIXTURES)}`);
  await makeFolder(target, FIXTURES, { seconds, ffmpeg: options.ffmpeg ?? 'ffmpeg' });
  return { directory: target, seconds, pathOf: (name) => join(target, name) };
}

/** Makes a small tagged music collection in `<directory>/Tenuto Demo`, 30 s a track unless told, and lists it. */
export async function makeLibrary(directory: string, options: MakeOptions = {}): Promise<readonly LibraryTrack[]> {
  const target = join(directory, 'Tenuto Demo');
  await makeFolder(target, LIBRARY, { seconds: options.seconds ?? 30, ffmpeg: options.ffmpeg ?? 'ffmpeg' });
  return LIBRARY.map(({ path, title, artist, album }) => ({ path: join(target, path), title, artist, album }));
}

function fingerprint(recipes: readonly Recipe[]): string {
  return createHash('sha256')
    .update(JSON.stringify([recipes, ENCODINGS, EXACT, signal(0, 0)]))
    .digest('hex')
    .slice(0, 12);
}

async function makeFolder(target: string, recipes: readonly Recipe[], options: Required<MakeOptions>): Promise<void> {
  if (await exists(target)) return;
  const making = `${target}.making-${crypto.randomUUID()}`;
  try {
    for (const [voice, ofVoice] of Map.groupBy(recipes, (recipe) => recipe.voice))
      await make(making, voice, ofVoice, options);
    await rename(making, target);
  } catch (error) {
    // Somebody else was faster: rename does not replace a folder that has files in it.
    if (!(await exists(target))) throw error;
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

/** One run of ffmpeg for all files of one voice, so that the sound is computed once. */
async function make(
  folder: string,
  voice: number,
  recipes: readonly Recipe[],
  options: Required<MakeOptions>,
): Promise<void> {
  const { seconds, ffmpeg } = options;
  for (const { path } of recipes) await mkdir(dirname(join(folder, path)), { recursive: true });
  const outputs = recipes.flatMap((recipe) => [...output(recipe), '-t', String(seconds), join(folder, recipe.path)]);
  const input = ['-f', 'lavfi', '-i', signal(voice, seconds)];
  await run(ffmpeg, ['-v', 'error', '-nostdin', ...input, ...outputs], { timeout: 120_000, killSignal: 'SIGKILL' });
}

function output({ encoding, title, artist, album }: Recipe): readonly string[] {
  const tags = Object.entries({ title, artist, album }).filter(([, value]) => value !== null);
  return [...EXACT, ...tags.flatMap(([key, value]) => ['-metadata', `${key}=${value}`]), ...ENCODINGS[encoding]];
}

/** A rising tone in each ear over pink noise: it never repeats, so that no two Opus packets of it are alike. */
function signal(voice: number, seconds: number): string {
  const tone = (hertz: number, rise: number) => `0.2*sin(2*PI*(${hertz}*t+${rise}*t*t))`;
  const tones = `aevalsrc='${tone(180 + 20 * voice, 9)}|${tone(270 + 30 * voice, 5)}':s=48000:d=${seconds}[tones]`;
  const noise = `anoisesrc=r=48000:c=pink:a=0.1:seed=${1000 + voice}:d=${seconds},aformat=channel_layouts=stereo[noise]`;
  return `${tones};${noise};[tones][noise]amix=inputs=2:normalize=0`;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
