import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFixtures } from '../../loopback/media.ts';
import { Subprocesses } from '../../src/lib/subprocess.ts';
import { runInjection, type InjectionFigures } from './injection.ts';
import { runSsrf, type SsrfFigures } from './ssrf.ts';

const MEDIA = join(import.meta.dirname, '../../data/loopback/media');

interface Security {
  readonly ssrf: SsrfFigures;
  readonly injection: InjectionFigures;
}

/** Both tables, by the programs that a bot uses. */
export async function runSecurity(): Promise<Security> {
  const fixtures = await makeFixtures(MEDIA, { seconds: 5 });
  const subprocesses = new Subprocesses(process.env);
  try {
    const ssrf = await runSsrf(await readFile(fixtures.pathOf('hls/song0.ts')), subprocesses);
    return { ssrf, injection: await runInjection(fixtures.pathOf('song.mp3'), subprocesses) };
  } finally {
    await subprocesses.closeAll();
  }
}

/** Nothing got in and nothing happened, where without a guard something would have. */
export const isSafe = ({ ssrf, injection }: Security): boolean =>
  ssrf.internal_hits === 0 &&
  ssrf.internal_hits_unguarded > 0 &&
  injection.effects === 0 &&
  injection.effects_unguarded > 0;
