// First, so that @discordjs/voice finds a sodium-native that it can use.
import './voice/sodium-bridge.ts';
import { createApp } from './app.ts';
import { ConfigError, parseConfig } from './config.ts';
import { createLogger } from './telemetry/logger.ts';

/** Everything that stopping takes must be done by then; what is not is on disk already. */
const STOP_DEADLINE_MS = 4_500;

async function main(): Promise<void> {
  const config = parseConfig(process.env);
  const log = createLogger({ level: config.logLevel });
  const app = createApp(config, log, process.env);

  let stopping: Promise<void> | null = null;
  const stop = (why: string, exitCode: number): void => {
    if (stopping !== null) return;
    log.info({ why }, 'stopping');
    setTimeout(() => {
      log.error('stopping took too long');
      leave(exitCode === 0 ? 1 : exitCode);
    }, STOP_DEADLINE_MS).unref();
    stopping = app.stop().then(
      () => leave(exitCode),
      (error: unknown) => {
        log.error({ error }, 'stopping failed');
        leave(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM', 0));
  process.on('SIGINT', () => stop('SIGINT', 0));
  // After an unknown fault nothing in memory can be trusted; the record on disk can, and the next start goes on from it.
  process.on('uncaughtException', (error) => {
    log.fatal({ error }, 'unknown fault');
    stop('unknown fault', 1);
  });

  try {
    await app.start();
  } catch (error) {
    if (error instanceof ConfigError) complain(error);
    else log.fatal({ error }, 'could not start');
    stop('could not start', 1);
  }
}

function complain(error: ConfigError): void {
  process.stderr.write(`Tenuto cannot start:\n${error.problems.map((problem) => `  - ${problem}\n`).join('')}`);
}

/** The one way out of the process. */
function leave(exitCode: number): void {
  // oxlint-disable-next-line unicorn/no-process-exit -- sockets of the libraries may still be open, and nothing needs them.
  process.exit(exitCode);
}

main().catch((error: unknown) => {
  if (error instanceof ConfigError) complain(error);
  else process.stderr.write(`Tenuto cannot start: ${String(error)}\n`);
  leave(1);
});
