import type { Logger } from 'pino';
import type { App } from './app.ts';
import { scrub, scrubOf, type Scrub } from './telemetry/scrub.ts';

// Whose fault an exception is can only be told from its whole stack.
Error.stackTraceLimit = 50;

/** Everything that stopping takes must be done by then; what is not is on disk already. */
const STOP_DEADLINE_MS = 4_500;

interface Bot {
  readonly app: App;
  readonly log: Logger;
  /** Also for what is written past the log. */
  readonly scrub: Scrub;
}

/** Loads the bot. That takes most of a second, in which signals are heard already. */
async function load(): Promise<Bot> {
  const { parseConfig } = await import('./config.ts');
  const config = parseConfig(process.env);
  const { createLogger } = await import('./telemetry/logger.ts');
  const { token, storeUrl, alertWebhookUrl } = config;
  const scrub = scrubOf([token, storeUrl, alertWebhookUrl?.href ?? '']);
  const log = createLogger({ level: config.logLevel, scrub });
  // First, so that @discordjs/voice finds a sodium-native that it can use.
  await import('./voice/sodium-bridge.ts');
  const { createApp } = await import('./app.ts');
  return { app: createApp(config, log, process.env), log, scrub };
}

async function main(): Promise<void> {
  let bot: Bot | null = null;
  let stopping = false;

  const stop = (why: string, exitCode: 0 | 1): void => {
    if (stopping) return;
    stopping = true;
    if (bot === null) leave(exitCode);
    else void shutDown(bot, why, exitCode);
  };
  const fail = (what: string, error: unknown): void => {
    bot?.log.fatal({ error }, what);
    // Also for people, and where nothing is logged.
    process.stderr.write((bot?.scrub ?? scrub)(`Tenuto ${what}${inWords(error)}\n`));
    stop(what, 1);
  };
  process.on('SIGTERM', () => stop('SIGTERM', 0));
  process.on('SIGINT', () => stop('SIGINT', 0));
  // After an unknown fault nothing in memory can be trusted; the record on disk can, and the next start goes on from it.
  process.on('uncaughtException', (error) => {
    if (bot?.app.survives(error) !== true) fail('met an unknown fault', error);
  });

  try {
    bot = await load();
    await bot.app.start();
  } catch (error) {
    if (!stopping) fail('cannot start', error);
    return;
  }
  fail('cannot go on', await bot.app.lost);
}

async function shutDown({ app, log }: Bot, why: string, exitCode: 0 | 1): Promise<void> {
  log.info({ why }, 'stopping');
  setTimeout(() => {
    log.error('stopping took too long');
    leave(1);
  }, STOP_DEADLINE_MS).unref();
  try {
    await app.stop();
    leave(exitCode);
  } catch (error) {
    log.error({ error }, 'stopping failed');
    leave(1);
  }
}

/** What was thrown, for the end of a line: one reason behind a colon, several as a list. */
function inWords(thrown: unknown): string {
  const said = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  const [first, ...more] = said.split('\n');
  return more.length === 0 ? `: ${first}` : [':', first, ...more].join('\n  - ');
}

/** The one way out of the process. */
function leave(exitCode: 0 | 1): void {
  // oxlint-disable-next-line unicorn/no-process-exit -- sockets of the libraries may still be open, and nothing needs them.
  process.exit(exitCode);
}

void main();
