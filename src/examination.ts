import type { Logger } from 'pino';
import { ConfigError, type Config } from './config.ts';
import type { Check } from './doctor/check.ts';
import { CHECKS } from './doctor/checks.ts';
import { database } from './doctor/database.ts';
import { runDoctor, type Tools } from './doctor/run-doctor.ts';
import { ytDlpCandidates } from './sources/yt-dlp-program.ts';

/** Runs the doctor's checks of one severity and tells what is not well. Rejects when something required is missing. */
export async function examine(
  severity: Check['severity'],
  config: Config,
  log: Logger,
  tools: Omit<Tools, 'now'>,
): Promise<void> {
  const given = { ...config, ytDlpPaths: ytDlpCandidates(config.ytDlpPath, config.dataDir), problems: [] };
  // What there is to say of the database is said when it is opened, a moment later.
  const checks = CHECKS.filter((check) => check.severity === severity && check.run !== database);
  const { canStart, rows } = await runDoctor(given, { ...tools, now: Date.now() }, checks);
  const ill = rows.filter(({ verdict }) => verdict !== 'ok');
  for (const { name, verdict, found, advice } of ill) log.warn({ name, verdict, found, advice }, 'doctor');
  const missing = ill.filter(({ verdict }) => verdict === 'fail');
  if (!canStart) throw new ConfigError(missing.map(({ name, found, advice }) => `${name}: ${found} (${advice})`));
}
