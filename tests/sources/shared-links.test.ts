import { describe, expect, it, onTestFinished } from 'vitest';
import { startMusicServices, type ServiceManner, type SharedContent } from '../../loopback/services.ts';
import { TenutoError } from '../../src/lib/errors.ts';
import { HttpClient } from '../../src/sources/http-client.ts';
import { SharedLinks } from '../../src/sources/shared-links.ts';
import { linkedMusic, metaOf } from '../../src/sources/shared-pages.ts';
import { UrlGuard } from '../../src/sources/url-guard.ts';
import { track } from '../commands/fixtures/music.ts';
import { tracksIn } from './playlists.ts';

const signal = new AbortController().signal;
const LONG = '4cOdK2wGLETKBW3PvgPWqT';
const GRAND = '1111111111111111111111';
const CONTENT: SharedContent = {
  songs: [
    { id: LONG, title: 'Long "Note" & more', artist: 'Ada', album: 'Notes', seconds: 213 },
    { id: GRAND, title: 'Grand Pause', artist: 'Bob', album: 'Notes', seconds: 100 },
    { id: '3135556', title: 'Third Song', artist: 'Carol', album: 'Notes', seconds: 90 },
    { id: '3135557', title: 'Fourth Song', artist: 'Dan', album: 'Notes', seconds: 90 },
  ],
  lists: [
    { id: '1558533900', title: 'Notes', songs: [LONG, '3135556', '3135557'] },
    { id: '37i9dQZF1DXcBWIGoYBM5M', title: 'Hits', songs: [LONG] },
    { id: '302127', title: 'Discovery', songs: ['3135556', 'gone', '3135557'] },
    { id: '1', title: 'Empty', songs: [] },
  ],
};

/** Public names lead to the double, as a resolver could say; a link's own port leads to it, too. */
async function sharing({ limit = 50, list = true, search = undefined as TenutoError | undefined } = {}) {
  const services = await startMusicServices({ shared: CONTENT });
  onTestFinished(() => services.close());
  const { port } = new URL(services.url);
  const asked: string[] = [];
  const names = /^(open\.spotify|music\.apple|www\.deezer|api\.deezer|link\.deezer)\.com$/;
  const lookup = async (name: string) => [{ address: names.test(name) ? '127.0.0.1' : '192.0.2.1', family: 4 }];
  const hosts = [
    'open.spotify.com',
    'music.apple.com',
    'www.deezer.com',
    'deezer.com',
    'api.deezer.com',
    'link.deezer.com',
  ];
  const guard = new UrlGuard({ allowedHosts: hosts.map((host) => `${host}:${port}`), lookup });
  const shared = new SharedLinks({
    http: new HttpClient(guard),
    limit,
    find: async (words) => {
      asked.push(`find ${words}`);
      if (search) throw search;
      return { kind: 'track', track: track({ title: words }) };
    },
    list: async (words) => {
      asked.push(`list ${words}`);
      return list ? [track({ title: words })] : [];
    },
  });
  const open = (link: string) => shared.resolve(new URL(link.replace('.com/', `.com:${port}/`)), signal);
  return { services, asked, open };
}
const failure = (work: Promise<unknown>) =>
  work.then(
    () => 'no failure',
    (error: TenutoError) => error.say,
  );

describe('a link to a song is looked for by artist and title', () => {
  it.each([
    [`http://open.spotify.com/track/${LONG}?si=0123`, 'Ada Long "Note" & more'],
    [`http://open.spotify.com/intl-de/track/${LONG}`, 'Ada Long "Note" & more'],
    ['http://music.apple.com/us/song/third-song/3135556', 'Carol Third Song'],
    ['http://music.apple.com/us/album/notes/1558533900?i=3135557', 'Dan Fourth Song'],
    ['http://www.deezer.com/en/track/3135556', 'Carol Third Song'],
    ['http://deezer.com/track/3135556', 'Carol Third Song'],
    ['http://link.deezer.com/s/3135557', 'Dan Fourth Song'],
  ])('%s', async (link, words) => {
    const { open, asked } = await sharing();
    expect(await open(link)).toEqual({ kind: 'track', track: track({ title: words }) });
    expect(asked).toEqual([`find ${words}`]);
  });
});

describe('a list', () => {
  it.each([
    [
      'http://music.apple.com/us/album/notes/1558533900',
      'Notes',
      ['Ada Long "Note" & more', 'Carol Third Song', 'Dan Fourth Song'],
    ],
    ['http://www.deezer.com/playlist/302127', 'Discovery', ['Carol Third Song', 'Dan Fourth Song']],
  ])('is found song by song, the first one before all: %s', async (link, title, words) => {
    const { open, asked } = await sharing();
    const resolution = await open(link);
    expect(resolution).toMatchObject({ kind: 'playlist', title });
    if (resolution?.kind !== 'playlist') throw new Error('it is no list');
    expect(asked[0]).toBe(`find ${words[0]}`);
    expect((await tracksIn(resolution)).map((one) => one.title)).toEqual(words);
    expect(asked.slice(1)).toEqual(words.slice(1).map((one) => `list ${one}`));
  });

  it('counts what is not found, and ends at the limit', async () => {
    const { open, asked } = await sharing({ limit: 2, list: false });
    const resolution = await open('http://music.apple.com/us/album/notes/1558533900');
    if (resolution?.kind !== 'playlist') throw new Error('it is no list');
    const first = await resolution.chunks.next();
    const others: unknown[] = [];
    const rest = async () => {
      for (let next = await resolution.chunks.next(); next.done !== true; next = await resolution.chunks.next())
        others.push(next.value);
    };
    await expect(rest()).rejects.toMatchObject({ code: 'PLAYLIST_LIMIT', detail: '2' });
    const unplayable = [first.value, ...others].map((chunk) => (chunk as { unplayable: number }).unplayable);
    expect(unplayable.reduce((sum, one) => sum + one, 0)).toBe(1);
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['http://open.spotify.com/playlist/37i9dQZF1DXcBWIGoYBM5M', 'Spotify'],
    ['http://www.deezer.com/album/1', 'Deezer'],
  ])('whose songs nobody tells is refused in one line: %s', async (link, name) => {
    const { open, asked } = await sharing();
    const line = `${name} does not show publicly which tracks are in that. Share its tracks one by one.`;
    expect([await failure(open(link)), asked]).toEqual([line, []]);
  });
});

it.each([
  'http://open.spotify.com/artist/0gxyHStUsqpMadRV0Di1Qt',
  'http://music.apple.com/us/artist/ada/1',
  'http://www.deezer.com/profile/1',
  'http://example.com/track/3135556',
  `http://open.spotify.com.evil.example/track/${LONG}`,
])('leaves what it does not know to others: %s', async (link) => {
  const { open, services } = await sharing();
  expect([await open(link), services.requests]).toEqual([null, []]);
});

it.each([
  [`http://open.spotify.com/track/${'0'.repeat(22)}`, 'Spotify'],
  ['http://www.deezer.com/track/7', 'Deezer'],
  ['http://music.apple.com/us/song/gone/12345678', 'Apple Music'],
])('says that nothing is told about what is gone: %s', async (link, name) => {
  const { open } = await sharing();
  expect(await failure(open(link))).toBe(
    `${name} does not say what that link is about. Use the artist and the title instead.`,
  );
});

it('says what it is and that it may not search, where the operator does not allow it', async () => {
  const { open } = await sharing({ search: new TenutoError('SITE_NOT_ALLOWED') });
  expect(await failure(open('http://www.deezer.com/track/3135556'))).toBe(
    'That is **Third Song** by Carol, which I would look for on YouTube, and may not. The operator can allow it (EXTRACTORS).',
  );
});

it.each<[ServiceManner, string]>([
  [
    'too many requests',
    'I got nothing from api.deezer.com: the server says that there were too many requests. Try again in a minute.',
  ],
  ['server error', 'I got nothing from api.deezer.com: the server answered with error 500. Try again in a minute.'],
  ['web page', 'I got nothing from api.deezer.com: its answer makes no sense. Try again in a minute.'],
  [
    'redirect inside',
    'I got nothing from api.deezer.com: its address is not on the public Internet. Try again in a minute.',
  ],
  ['endless', 'I got nothing from api.deezer.com: its answer is too long. Try again in a minute.'],
])('ends in one line when the service is in trouble: %s', async (manner, line) => {
  const { open, services } = await sharing();
  services.misbehave(manner);
  expect(await failure(open('http://www.deezer.com/track/3135556'))).toBe(line);
});

describe('pages', () => {
  it.each<[string, string, Record<string, string>]>([
    ['both ways round', '<META content="A &amp; B" property="og:title">', { 'og:title': 'A & B' }],
    ['the first of each', '<meta name="a" content="1"><meta name="a" content="2">', { a: '1' }],
    ['no entity that is none', '<meta name="a" content="&nope; &#1114112; &#x41;">', { a: '&nope; A' }],
    ['plain lines', '<meta name="a" content="x\u202e\n&#8238;y">', { a: 'x y' }],
    ['nothing of a tag that never ends', '<meta name="a" content="x"', {}],
  ])('give of their tags %s', (_name, html, expected) => {
    expect(Object.fromEntries(metaOf(html.replace('META', 'meta')))).toEqual(expected);
  });

  it.each([
    '<script type="application/ld+json">{"@type":"MusicRecording","name":',
    '<script type="application/ld+json">[]</script>',
    '<script type="application/ld+json">{"@type":"MusicAlbum","name":7}</script>',
    '<script>{"@type":"MusicRecording","name":"x"}</script>',
  ])('whose data cannot be understood say nothing: %s', (html) => {
    expect(linkedMusic(html, null)).toBeNull();
  });

  it('are read in little time, however they are broken', () => {
    for (const part of [
      '<meta ',
      '<script type="application/ld+json">',
      '<meta name="a" content="',
      '<meta name="a" content="&#9999999;">',
    ]) {
      const html = part.repeat(4_000_000 / part.length);
      expect([metaOf(html).size <= 300, linkedMusic(html, null)]).toEqual([true, null]);
    }
  });
});
