import { parseConfig, ConfigError } from '../src/config.ts';
import type { Config } from '../src/config.ts';
import type { Prerequisites } from '../src/doctor/check.ts';
import { renderReport, runDoctor } from '../src/doctor/run-doctor.ts';
import { Subprocesses } from '../src/lib/subprocess.ts';
import { ytDlpCandidates } from '../src/sources/yt-dlp-program.ts';

/** The token has a check of its own, so that everything else can be looked at before there is one. */
const PLACEHOLDER = 'MTIzNDU2Nzg5MDEyMzQ1Njc4OQ.AAAAAA.a-placeholder-that-nobody-logs-in-with';

const subprocesses = new Subprocesses(process.env);
const report = await runDoctor(prerequisites(), { subprocesses, now: Date.now() });
console.log(renderReport(report));
if (process.argv.includes('--json')) console.log(JSON.stringify(report));
process.exitCode = report.canStart ? 0 : 1;

function prerequisites(): Prerequisites {
  const { config, problems } = readSettings(process.env);
  return {
    token: process.env['DISCORD_TOKEN']?.trim() || null,
    dataDir: config.dataDir,
    storeUrl: config.storeUrl,
    ffmpegPath: config.ffmpegPath,
    ytDlpPaths: ytDlpCandidates(config.ytDlpPath, config.dataDir),
    extractors: config.extractors,
    metricsPort: config.metricsPort,
    problems,
  };
}

/** The settings, or what is wrong with them beside the defaults. */
function readSettings(environment: NodeJS.ProcessEnv): { config: Config; problems: readonly string[] } {
  try {
    return { config: parseConfig({ ...environment, DISCORD_TOKEN: PLACEHOLDER }), problems: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { config: parseConfig({ DISCORD_TOKEN: PLACEHOLDER }), problems: error.problems };
  }
}
