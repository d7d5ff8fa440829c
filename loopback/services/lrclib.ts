/** A song in LRCLIB's database, as its answers have it: https://lrclib.net/docs */
export interface LrclibSong {
  readonly trackName: string;
  readonly artistName: string;
  readonly albumName: string;
  /** Seconds. */
  readonly duration: number;
  readonly instrumental: boolean;
  readonly plainLyrics: string | null;
  readonly syncedLyrics: string | null;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const MOST = 20;
const SAME_LENGTH_S = 2;
const refused = (message: string): Answer => ({ status: 400, body: { statusCode: 400, name: 'BadRequest', message } });
const NOT_FOUND: Answer = {
  status: 404,
  body: { statusCode: 404, name: 'TrackNotFound', message: 'Failed to find specified track' },
};

/** What LRCLIB answers for a path of its API; null for a path that it has not. */
export function lrclib(songs: readonly LrclibSong[], { pathname, searchParams }: URL): Answer | null {
  const asked = (name: string) => fold(searchParams.get(name) ?? '');
  const all = songs.map((song, index) => ({ id: index + 1, name: song.trackName, ...song }));
  if (pathname === '/api/search') {
    const [words, track] = [asked('q'), asked('track_name')];
    if (words === '' && track === '') return refused('q or track_name is required');
    const found = all.filter(
      ({ trackName, artistName, albumName }) =>
        hasAll(`${trackName} ${artistName} ${albumName}`, words) &&
        hasAll(trackName, track) &&
        hasAll(artistName, asked('artist_name')) &&
        hasAll(albumName, asked('album_name')),
    );
    return { status: 200, body: found.slice(0, MOST) };
  }
  if (pathname === '/api/get') {
    const [track, artist, seconds] = [asked('track_name'), asked('artist_name'), searchParams.get('duration')];
    if (track === '' || artist === '') return refused('track_name and artist_name are required');
    const is = (song: LrclibSong) => fold(song.trackName) === track && fold(song.artistName) === artist;
    const lasts = ({ duration }: LrclibSong) =>
      seconds === null || Math.abs(duration - Number(seconds)) <= SAME_LENGTH_S;
    const found = all.find((song) => is(song) && lasts(song));
    return found === undefined ? NOT_FOUND : { status: 200, body: found };
  }
  return null;
}

const fold = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
const hasAll = (text: string, words: string): boolean => {
  const known = new Set(fold(text).split(' '));
  return words === '' || words.split(' ').every((word) => known.has(word));
};
