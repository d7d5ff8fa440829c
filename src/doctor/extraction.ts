import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { within } from '../lib/time.ts';
import { unmatched } from '../sources/extractors.ts';
import { readAll } from '../sources/stream-reading.ts';
import type { Finding, Instruments, Prerequisites } from './check.ts';
import { ask } from './tools.ts';

const METRICS_MS = 3_000;
const MOST_BYTES = 1024 * 1024;

/** Whether yt-dlp knows the sites that the operator has named. */
export async function sites({ extractors }: Prerequisites, instruments: Instruments): Promise<Finding> {
  const found = extractors.join(', ');
  // What stands for several is known to have members in every yt-dlp.
  if (unmatched(extractors, []).length === 0) return { verdict: 'ok', found };
  const newest = await instruments.ytDlp();
  const list = newest && (await ask(newest.path, ['--ignore-config', '--list-extractors'], instruments));
  if (!list) return { verdict: 'warn', found: `${found}; yt-dlp cannot be asked whether it knows them` };
  const unknown = unmatched(extractors, list.split('\n'));
  if (unknown.length === 0) return { verdict: 'ok', found };
  const advice = '"yt-dlp --list-extractors" shows the names for EXTRACTORS';
  return { verdict: 'warn', found: `yt-dlp knows no ${unknown.join(', ')}`, advice };
}

/** How often the bot that runs knew where the bytes of a track are, without asking a site. Only it can say. */
export async function knownLinks({ metricsPort }: Prerequisites): Promise<Finding> {
  if (metricsPort === null || metricsPort === 0) return ok('counted by a bot that runs with METRICS_PORT');
  const text = await metricsAt(metricsPort);
  if (text === null) return ok(`no bot answers on port ${metricsPort}`);
  const [hit = 0, miss = 0, refused = 0] = ['hit', 'miss', 'refused'].map((result) =>
    Number(new RegExp(`^extract_cache_total\\{result="${result}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0),
  );
  const all = hit + miss + refused;
  if (all === 0) return ok('nothing was looked up yet');
  return ok(`${Math.round((100 * (hit + refused)) / all)} % of ${all} (${hit} links, ${refused} refusals)`);
}

const ok = (found: string): Finding => ({ verdict: 'ok', found });

async function metricsAt(port: number): Promise<string | null> {
  const life = new AbortController();
  const request = get({ host: '127.0.0.1', port, path: '/metrics', agent: false, signal: life.signal });
  // Also said when it is called off, and then nobody waits for it.
  request.on('error', () => undefined);
  const read = async () => {
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    return await readAll(answer, MOST_BYTES, () => new Error('those are no metrics'));
  };
  try {
    return (await within(METRICS_MS, read(), () => new Error('late'))).toString('utf8');
  } catch {
    return null;
  } finally {
    life.abort();
  }
}
