/** A song as streaming services know it. */
export interface SharedSong {
  readonly id: string;
  readonly title: string;
  readonly artist: string;
  readonly album: string;
  readonly seconds: number;
}

/** An album or a playlist, on every service. */
export interface SharedList {
  readonly id: string;
  readonly title: string;
  readonly songs: readonly string[];
}

/** What the services have. */
export interface SharedContent {
  readonly songs: readonly SharedSong[];
  readonly lists: readonly SharedList[];
}

interface Page {
  readonly status: number;
  readonly type?: 'text/html' | 'application/json';
  readonly location?: string;
  readonly body: string;
}

/** What Spotify, Apple Music and Deezer answer, told apart by the name in Host; null for any other name. */
export function sharedPage(content: SharedContent, host: string, url: URL): Page | null {
  const [hostname = '', port] = host.split(':');
  const site = SITES[hostname];
  return site ? site(content, url, port === undefined ? '' : `:${port}`) : null;
}

type Site = (content: SharedContent, url: URL, port: string) => Page;

const NOT_FOUND: Page = { status: 404, type: 'text/html', body: '<!doctype html><title>Page not found</title>' };

const SITES: Readonly<Record<string, Site>> = {
  // Tags for those who show previews. A list names its songs by their addresses.
  'open.spotify.com': ({ songs, lists }, { pathname, searchParams }) => {
    if (pathname === '/oembed') {
      const song = songs.find(({ id }) => searchParams.get('url')?.endsWith(`/track/${id}`));
      return song ? json({ provider_name: 'Spotify', type: 'rich', title: song.title }) : NOT_FOUND;
    }
    const [, kind, id] = pathname.split('/');
    const song = songs.find((one) => one.id === id);
    if (kind === 'track' && song)
      return html(
        `<title>${escape(`${song.title} - song and lyrics by ${song.artist} | Spotify`)}</title>` +
          meta('property', 'og:title', song.title) +
          meta('property', 'og:description', `${song.artist} · ${song.album} · Song · 1987`) +
          meta('property', 'og:type', 'music.song') +
          meta('name', 'music:duration', String(song.seconds)) +
          meta('name', 'music:musician_description', song.artist),
      );
    const list = lists.find((one) => one.id === id);
    if (!list) return NOT_FOUND;
    const addresses = list.songs.map((one) => meta('name', 'music:song', `https://open.spotify.com/track/${one}`));
    return html(
      meta('property', 'og:title', list.title) + meta('property', 'og:type', 'music.album') + addresses.join(''),
    );
  },
  'music.apple.com': ({ songs, lists }, { pathname }) => {
    const id = pathname.split('/').at(-1);
    const recording = (song: SharedSong) => ({
      '@type': 'MusicRecording',
      name: song.title,
      byArtist: [{ '@type': 'MusicGroup', name: song.artist }],
      duration: `PT${Math.floor(song.seconds / 60)}M${song.seconds % 60}S`,
      url: `https://music.apple.com/us/song/${song.id}`,
    });
    const song = songs.find((one) => one.id === id);
    if (song) return html(linked({ '@type': 'MusicComposition', name: song.title, audio: recording(song) }));
    const list = lists.find((one) => one.id === id);
    if (!list) return NOT_FOUND;
    const tracks = list.songs.flatMap((one) => songs.find((known) => known.id === one) ?? []).map(recording);
    return html(linked({ '@type': 'MusicAlbum', name: list.title, byArtist: [], tracks }));
  },
  // https://developers.deezer.com/api: what there is not is an answer of 200 as well.
  'api.deezer.com': ({ songs, lists }, { pathname }) => {
    const [, kind, id] = pathname.split('/');
    const track = (song: SharedSong) => ({
      id: song.id,
      title: song.title,
      duration: song.seconds,
      artist: { name: song.artist, type: 'artist' },
      type: 'track',
    });
    const song = kind === 'track' ? songs.find((one) => one.id === id) : undefined;
    if (song) return json(track(song));
    const list = kind === 'track' ? undefined : lists.find((one) => one.id === id);
    if (!list) return json({ error: { type: 'DataException', message: 'no data', code: 800 } });
    const data = list.songs.flatMap((one) => songs.find((known) => known.id === one) ?? []).map(track);
    return json({ id: list.id, title: list.title, tracks: { data } });
  },
  'link.deezer.com': (_content, { pathname }, port) => {
    const location = `http://www.deezer.com${port}/en/track/${pathname.split('/').at(-1)}`;
    return { status: 302, location, body: '' };
  },
  'www.deezer.com': () => html('<title>Deezer</title>'),
};

const html = (head: string): Page => ({
  status: 200,
  type: 'text/html',
  body: `<!doctype html><html><head>${head}</head><body></body></html>`,
});
const json = (value: unknown): Page => ({ status: 200, type: 'application/json', body: JSON.stringify(value) });
const meta = (by: 'name' | 'property', name: string, content: string): string =>
  `<meta ${by}="${name}" content="${escape(content)}"/>`;
// No text of a script may end it.
const linked = (value: object): string =>
  `<script id=schema:song type="application/ld+json">${JSON.stringify({ '@context': 'http://schema.org', ...value }).replaceAll('<', String.raw`\u003c`)}</script>`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#x27;',
};
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
