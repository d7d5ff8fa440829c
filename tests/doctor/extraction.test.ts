import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import type { Prerequisites } from '../../src/doctor/check.ts';
import { knownLinks, sites } from '../../src/doctor/extraction.ts';
import { Subprocesses } from '../../src/lib/subprocess.ts';
import { findYtDlp } from '../../src/sources/yt-dlp-binary.ts';
import { Metrics } from '../../src/telemetry/metrics.ts';

const given = (changes: Partial<Prerequisites>): Prerequisites => ({
  token: null,
  dataDir: '',
  storeUrl: '',
  ffmpegPath: '',
  ytDlpPaths: [],
  extractors: ['music'],
  metricsPort: null,
  problems: [],
  ...changes,
});

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

it('tells sites that yt-dlp does not know', async () => {
  const subprocesses = new Subprocesses(process.env);
  onTestFinished(() => subprocesses.closeAll());
  const instruments = { subprocesses, now: 0, ytDlp: () => findYtDlp(['yt-dlp'], subprocesses) };
  const look = (extractors: readonly string[]) => sites(given({ extractors }), instruments);
  expect(await look(['music', 'generic'])).toEqual({ verdict: 'ok', found: 'music, generic' });
  expect(await look(['vimeo', 'bbc*'])).toEqual({ verdict: 'ok', found: 'vimeo, bbc*' });
  expect(await look(['vimeo', 'yuotube'])).toMatchObject({ verdict: 'warn', found: 'yt-dlp knows no yuotube' });
  const without = { ...instruments, ytDlp: async () => null };
  expect(await sites(given({ extractors: ['vimeo'] }), without)).toMatchObject({ verdict: 'warn' });
});

it('tells how often a running bot knew where a track is', async () => {
  const extractCache = { hit: 70, miss: 20, refused: 10 };
  const nothing = { voices: [], outage: false, sends: 0, playing: 0, tracks: 0, children: 0, unsaved: 0 };
  const metrics = new Metrics(() => ({ ...nothing, writeFailures: 0, extractCache }));
  const port = await serve((_request, response) => void metrics.text().then((text) => response.end(text)));
  expect(await knownLinks(given({ metricsPort: port }))).toEqual({
    verdict: 'ok',
    found: '80 % of 100 (70 links, 10 refusals)',
  });
});

it.each<[string, RequestListener, string]>([
  ['nothing at all', () => undefined, 'no bot answers'],
  ['something else', (_request, response) => response.end('hello'), 'nothing'],
])('bears %s on that port', async (_what, listener, found) => {
  const port = await serve(listener);
  expect((await knownLinks(given({ metricsPort: port }))).found).toContain(found);
});

it('says where the figures come from when there is no port', async () => {
  expect((await knownLinks(given({}))).found).toContain('METRICS_PORT');
});
