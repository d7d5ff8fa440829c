import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { lrclib, type LrclibSong } from './services/lrclib.ts';
import { MANNERS, type ServiceManner } from './services/manners.ts';
import { sponsorBlock, type ToldSegment } from './services/sponsorblock.ts';
import { sharedPage, type SharedContent } from './services/shared-pages.ts';

export type { LrclibSong } from './services/lrclib.ts';
export type { ServiceManner } from './services/manners.ts';
export type { ToldSegment } from './services/sponsorblock.ts';
export type { SharedContent } from './services/shared-pages.ts';

const LOGGED = 2_000;

/** What the services know. */
export interface ServicesContent {
  readonly songs?: readonly LrclibSong[];
  /** What SponsorBlock was told. */
  readonly segments?: readonly ToldSegment[];
  /** Of Spotify, Apple Music and Deezer. */
  readonly shared?: SharedContent;
}

/** Services beside Discord that a bot may ask, all on one free port of 127.0.0.1, told apart by the name in Host and by path. */
export interface MusicServices {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /** The last 2000 requests, oldest first. */
  readonly requests: readonly { readonly host: string; readonly path: string; readonly userAgent: string | null }[];
  /** From now on every request is met in this way; null: answered again. */
  misbehave(manner: ServiceManner | null): void;
  close(): Promise<void>;
}

/** `inside`: where redirects to a private address lead. */
export async function startMusicServices(
  { songs = [], segments = [], shared = { songs: [], lists: [] } }: ServicesContent,
  inside = 'http://169.254.169.254/latest/meta-data/',
): Promise<MusicServices> {
  const requests: MusicServices['requests'][number][] = [];
  let manner: ServiceManner | null = null;
  const server = createServer((request, response) => {
    response.on('error', () => response.destroy());
    const path = request.url ?? '/';
    const { host = '' } = request.headers;
    requests.push({ host, path, userAgent: request.headers['user-agent'] ?? null });
    if (requests.length > LOGGED) requests.shift();
    if (manner !== null) return void MANNERS[manner](response, inside);
    const url = URL.parse(path, 'http://127.0.0.1');
    const page = url && sharedPage(shared, host, url);
    if (page) {
      const headers = {
        ...(page.type && { 'content-type': page.type }),
        ...(page.location && { location: page.location }),
      };
      return void response.writeHead(page.status, headers).end(page.body);
    }
    const answer = (url && (lrclib(songs, url) ?? sponsorBlock(segments, url))) ?? {
      status: 404,
      body: { message: 'Not Found' },
    };
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    misbehave: (next) => (manner = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
