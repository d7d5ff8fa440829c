import { createReadStream, type Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseRange } from './media/byte-range.ts';
import { FaultyLinks } from './media/faulty-link.ts';
import { FIXTURES } from './media/fixtures.ts';
import { INPUT_FAULTS, type InputFault } from './media/input-faults.ts';
import { MISBEHAVIOUR } from './media/misbehaviour.ts';
import { feed, page } from './media/pages.ts';

export { makeFixtures, makeLibrary } from './media/fixtures.ts';
export type { Fixtures } from './media/fixtures.ts';
export { makeLists } from './media/lists.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.webm': 'audio/webm',
  '.opus': 'audio/ogg',
  '.mp3': 'audio/mpeg',
  '.m4a': 'audio/mp4',
  '.m4s': 'audio/mp4',
  '.flac': 'audio/flac',
  '.wav': 'audio/wav',
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.ts': 'video/mp2t',
};

const LOGGED = 2_000;
const REMEMBERED_LINKS = 2_000;

/** One request that the host has answered, or is answering. */
export interface MediaRequest {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly range: string | null;
  readonly userAgent: string | null;
}

/** A running host. */
export interface MediaHost {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /** The last 2000 requests, oldest first. */
  readonly requests: readonly MediaRequest[];
  /**
   * The address of a fixture (`song.webm`, `hls/song.m3u8`), of `feed.xml` (a playlist to yt-dlp, of so many tracks with
   * `?length=1000`), of `page.html` (a page in which yt-dlp finds the song), or of a row of `MISBEHAVIOUR` (`stall`, `redirect-loop`).
   */
  readonly urlOf: (name: string) => string;
  /**
   * A new link to a fixture, of which a row of `INPUT_FAULTS` keeps the reader away. `renewed`: the reader had one that has
   * expired.
   */
  readonly linkTo: (fault: InputFault, name: string, renewed?: boolean) => string;
  /** An address that never expires, and leads to a new link each time that it is asked for. */
  readonly permanent: (fault: InputFault, name: string) => string;
  /** Ends every connection, also those that are stalled on purpose. */
  close(): Promise<void>;
}

export interface MediaHostOptions {
  readonly directory: string;
  /** Where redirects to a private address lead; the metadata service of clouds unless told. */
  readonly internal?: string;
}

/** Serves the fixtures of a folder that `makeFixtures` made, on a free port of 127.0.0.1. */
export async function startMediaHost(options: MediaHostOptions): Promise<MediaHost> {
  const { directory, internal = 'http://169.254.169.254/latest/meta-data/' } = options;
  const song = await readFile(join(directory, 'song.webm'));
  const requests: MediaRequest[] = [];
  const server = createServer((request, response) => {
    if (requests.push(describe(request)) > LOGGED) requests.shift();
    response.on('error', () => response.destroy());
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const urlOf = (name: string) => `${url}/${name}`;
  const links = new Map<string, FaultyLinks>();
  const linkTo = (fault: string, name: string, renewed = false) => {
    const id = crypto.randomUUID();
    links.set(id, new FaultyLinks(INPUT_FAULTS[fault as InputFault], renewed));
    for (const oldest of links.keys()) if (links.size > REMEMBERED_LINKS) links.delete(oldest);
    return `${url}/links/${id}/${name}`;
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request);
    const misbehave = MISBEHAVIOUR[path];
    if (misbehave) return misbehave(request, response, { song, urlOf });
    const [, fault = '', wanted = ''] = /^\/permanent\/([^/]+)\/(.+)$/.exec(path) ?? [];
    if (fault in INPUT_FAULTS) return void response.writeHead(302, { location: linkTo(fault, wanted) }).end();
    const [, id = '', name = ''] = /^\/links\/([^/]+)\/(.+)$/.exec(path) ?? [];
    const file = await fileIn(directory, name);
    const link = file && links.get(id)?.to(name);
    if (link) {
      const good = { bytes: await readFile(file.path), type: contentTypeOf(name) };
      return link.answer(request, response, good, { internal, linkTo: (fault) => linkTo(fault, name) });
    }
    if (path === '/feed.xml')
      return send(response, 'application/rss+xml', feed('Tenuto Demo Radio', url, listings(urlOf, lengthIn(request))));
    if (path === '/page.html') return send(response, 'text/html; charset=utf-8', pageOfTheSong(urlOf));
    return sendFile(request, response, directory, path);
  }

  return {
    url,
    requests,
    urlOf,
    linkTo,
    permanent: (fault, name) => urlOf(`permanent/${encodeURIComponent(fault)}/${name}`),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const describe = (request: IncomingMessage): MediaRequest => ({
  at: Date.now(),
  method: request.method ?? '',
  path: pathOf(request),
  range: request.headers.range ?? null,
  userAgent: request.headers['user-agent'] ?? null,
});

/** The decoded path, or one that no file has. */
function pathOf(request: IncomingMessage): string {
  try {
    return decodeURIComponent(new URL(request.url ?? '/', 'http://127.0.0.1').pathname);
  } catch {
    return '/404';
  }
}

/** So many tracks: the three that there are, again and again, each at an address of its own. */
const listings = (urlOf: MediaHost['urlOf'], length: number) =>
  Array.from({ length }, (_, at) => {
    const path = LISTED[at % LISTED.length] ?? 'song.webm';
    const title = FIXTURES.find((recipe) => recipe.path === path)?.title ?? path;
    const again = at < LISTED.length ? '' : `${at + 1}`;
    return {
      title: `${title} ${again}`.trimEnd(),
      url: urlOf(again === '' ? path : `${path}?${again}`),
      contentType: contentTypeOf(path),
    };
  });
const LISTED = ['song.webm', 'second.webm', 'third.opus'];
const LONGEST_LIST = 5_000;

/** `?length=1000` of a request. */
function lengthIn(request: IncomingMessage): number {
  const { searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const length = Number(searchParams.get('length') ?? LISTED.length);
  return Number.isInteger(length) && length >= 0 ? Math.min(length, LONGEST_LIST) : LISTED.length;
}

const pageOfTheSong = (urlOf: MediaHost['urlOf']) =>
  page({ title: 'Long Note, the page', url: urlOf('song.webm'), contentType: contentTypeOf('song.webm') });

const contentTypeOf = (path: string): string => CONTENT_TYPES[extname(path)] ?? 'application/octet-stream';

function send(response: ServerResponse, contentType: string, body: string): void {
  response.writeHead(200, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }).end(body);
}

async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  directory: string,
  path: string,
): Promise<void> {
  const found = await fileIn(directory, path);
  if (!found) return MISBEHAVIOUR['/404']?.(request, response, { song: Buffer.alloc(0), urlOf: String });
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return void response.writeHead(405, { allow: 'GET, HEAD' }).end();

  const { size, mtime } = found.stats;
  const etag = `"${size.toString(16)}-${mtime.getTime().toString(16)}"`;
  const headers = {
    'accept-ranges': 'bytes',
    etag,
    'last-modified': mtime.toUTCString(),
    'content-type': contentTypeOf(path),
  };
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304, headers).end();

  const range = parseRange(isCurrent(request, etag) ? request.headers.range : undefined, size);
  if (range.kind === 'unsatisfiable') return void response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
  const [first, last] = range.kind === 'part' ? [range.first, range.last] : [0, size - 1];
  const status = range.kind === 'part' ? 206 : 200;
  const partial = range.kind === 'part' ? { 'content-range': `bytes ${first}-${last}/${size}` } : {};
  response.writeHead(status, { ...headers, ...partial, 'content-length': last - first + 1 });
  if (request.method === 'HEAD') return void response.end();
  await pipeline(createReadStream(found.path, { start: first, end: last }), response);
}

/** A file of the folder; null when there is none of that name. */
async function fileIn(
  directory: string,
  name: string,
): Promise<{ readonly path: string; readonly stats: Stats } | null> {
  const path = join(directory, name);
  const stats = path.startsWith(directory + sep) ? await stat(path).catch(() => null) : null;
  return stats?.isFile() === true ? { path, stats } : null;
}

/** Whether the client's part is of the file as it is now (If-Range, RFC 9110, 13.1.5). */
function isCurrent(request: IncomingMessage, etag: string): boolean {
  const condition = request.headers['if-range'];
  return condition === undefined || condition === etag;
}
