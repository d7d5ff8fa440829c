import { execFile } from 'node:child_process';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const KEY = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
const COPY = '-c copy -f hls -hls_time 4 -hls_playlist_type vod'.split(' ');

/** The forms that a list of pieces can have besides the plain one, by folder; in each is `song.m3u8`. */
const LISTS: Readonly<Record<string, (folder: string) => Promise<readonly string[]>>> = {
  /** One file in parts (EXT-X-BYTERANGE) behind a header (EXT-X-MAP). */
  'hls-ranges': () => Promise.resolve('-hls_segment_type fmp4 -hls_flags single_file'.split(' ')),
  /** Encrypted pieces (EXT-X-KEY). */
  'hls-key': async (folder) => {
    await writeFile(join(folder, 'song.key'), KEY);
    await writeFile(join(folder, 'info'), ['song.key', join(folder, 'song.key'), KEY.toString('hex'), ''].join('\n'));
    return ['-hls_key_info_file', join(folder, 'info')];
  },
};

/** Makes lists in all their forms of the song in a folder of fixtures, beside it, and says under which names. */
export async function makeLists(directory: string, ffmpeg = 'ffmpeg'): Promise<readonly string[]> {
  for (const [name, options] of Object.entries(LISTS)) await make(join(directory, name), options, ffmpeg);
  return Object.keys(LISTS).map((name) => `${name}/song.m3u8`);
}

async function make(
  folder: string,
  options: (folder: string) => Promise<readonly string[]>,
  ffmpeg: string,
): Promise<void> {
  if (await exists(folder)) return;
  const making = `${folder}.making-${crypto.randomUUID()}`;
  const list = join(making, 'song.m3u8');
  try {
    await mkdir(making, { recursive: true });
    const song = join(folder, '../song.m4a');
    const args = ['-v', 'error', '-nostdin', '-i', song, ...COPY, ...(await options(making)), list];
    await run(ffmpeg, args, { timeout: 60_000, killSignal: 'SIGKILL' });
    await writeFile(list, discontinuous(await readFile(list, 'utf8')));
    await rename(making, folder);
  } catch (error) {
    // Somebody else was faster.
    if (!(await exists(folder))) throw new Error(`${basename(folder)} cannot be made`, { cause: error });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

/** What stands behind this need not go on as it was, which here it does. */
function discontinuous(list: string): string {
  const [head, first, ...pieces] = list.split(/^(?=#EXTINF)/m);
  return [head, first, '#EXT-X-DISCONTINUITY\n', ...pieces].join('');
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
