import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { lrclib, type LrclibSong } from './services/lrclib.ts';
import { MANNERS, type ServiceManner } from './services/manners.ts';

export type { LrclibSong } from './services/lrclib.ts';
export type { ServiceManner } from './services/manners.ts';

const LOGGED = 2_000;

/** What the services know. */
export interface ServicesContent {
  readonly songs?: readonly LrclibSong[];
}

/** Services beside Discord that a bot may ask, all on one free port of 127.0.0.1, told apart by path. */
export interface MusicServices {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /** The last 2000 requests, oldest first. */
  readonly requests: readonly { readonly path: string; readonly userAgent: string | null }[];
  /** From now on every request is met in this way; null: answered again. */
  misbehave(manner: ServiceManner | null): void;
  close(): Promise<void>;
}

/** `inside`: where redirects to a private address lead. */
export async function startMusicServices(
  { songs = [] }: ServicesContent,
  inside = 'http://169.254.169.254/latest/meta-data/',
): Promise<MusicServices> {
  const requests: MusicServices['requests'][number][] = [];
  let manner: ServiceManner | null = null;
  const server = createServer((request, response) => {
    response.on('error', () => response.destroy());
    const path = request.url ?? '/';
    requests.push({ path, userAgent: request.headers['user-agent'] ?? null });
    if (requests.length > LOGGED) requests.shift();
    if (manner !== null) return void MANNERS[manner](response, inside);
    const url = URL.parse(path, 'http://127.0.0.1');
    const answer = (url && lrclib(songs, url)) ?? { status: 404, body: { message: 'Not Found' } };
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
