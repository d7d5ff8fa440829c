/** Something that a site sends, in which `%` is the address of the host inside. */
interface Page {
  readonly type: string;
  readonly body: string;
}

const M3U8 = 'application/vnd.apple.mpegurl';
const HEAD = '#EXTM3U\n#EXT-X-TARGETDURATION:3\n';
const SONG = '#EXTINF:3,\n/song.ts\n';
const END = '#EXT-X-ENDLIST\n';
const list = (body: string): Page => ({ type: M3U8, body });
const html = (body: string): Page => ({ type: 'text/html', body: `<html>${body}</html>` });

/** HLS lists that name the host inside in one of the ways in which a list can name something. */
export const LISTS: Readonly<Record<string, Page>> = {
  segment: list(`${HEAD}${SONG}#EXTINF:3,\n%\n${END}`),
  'only-segment': list(`${HEAD}#EXTINF:3,\n%\n${END}`),
  key: list(`${HEAD}#EXT-X-KEY:METHOD=AES-128,URI="%"\n${SONG}${END}`),
  'unquoted-key': list(`${HEAD}#EXT-X-KEY:METHOD=AES-128,URI=%\n${SONG}${END}`),
  map: list(`${HEAD}#EXT-X-MAP:URI="%"\n${SONG}${END}`),
  variant: list('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=64000\n%\n#EXT-X-STREAM-INF:BANDWIDTH=1\n/list/segment\n'),
  rendition: list(
    '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="a",DEFAULT=YES,URI="%"\n#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"\n/list/segment\n',
  ),
  redirected: list(`${HEAD}#EXTINF:3,\n/to?%\n${END}`),
  'behind-ID3': list(`ID3\u0004\0\0\0\0\0\0${HEAD}#EXTINF:3,\n%\n${END}`),
  'list-as-a-segment': list(`${HEAD}#EXTINF:3,\n/list/segment\n${END}`),
  'in-a-comment': list(`${HEAD}#EXT-X-SESSION-KEY:METHOD=AES-128,URI="%"\n${SONG}${END}`),
};

/** What other players take for lists: none of it is read by us. */
export const OTHER_LISTS: Readonly<Record<string, Page>> = {
  'list.m3u': { type: 'audio/x-mpegurl', body: '#EXTM3U\n#EXTINF:3,x\n%\n' },
  'list.pls': { type: 'audio/x-scpls', body: '[playlist]\nFile1=%\nNumberOfEntries=1\n' },
  'list.asx': { type: 'video/x-ms-asf', body: '<asx version="3.0"><entry><ref href="%"/></entry></asx>' },
  'list.xspf': {
    type: 'application/xspf+xml',
    body: '<playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track><location>%</location></track></trackList></playlist>',
  },
  'list.smil': { type: 'application/smil+xml', body: '<smil><body><video src="%"/></body></smil>' },
  'list.mpd': {
    type: 'application/dash+xml',
    body: '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT3S"><Period><AdaptationSet mimeType="audio/mp4"><Representation id="a" bandwidth="1"><BaseURL>%</BaseURL></Representation></AdaptationSet></Period></MPD>',
  },
  'list.ffconcat': { type: 'text/plain', body: "ffconcat version 1.0\nfile '%'\n" },
};

/** Pages from which an extractor goes on by itself. */
export const PAGES: Readonly<Record<string, Page>> = {
  refresh: html('<head><meta http-equiv="refresh" content="0; url=%"></head>'),
  'og-video': html('<head><title>x</title><meta property="og:video" content="%.m3u8"></head>'),
  list: html('<body><audio><source src="/list/segment.m3u8" type="application/x-mpegurl"></audio></body>'),
  'inner-list': html('<body><video><source src="%.m3u8" type="application/x-mpegurl"></video></body>'),
  embed: html('<body><iframe src="%embed.html"></iframe></body>'),
  feed: {
    type: 'application/rss+xml',
    body: '<rss version="2.0"><channel><title>x</title><link>x</link><item><title>a</title><link>%</link></item></channel></rss>',
  },
};
