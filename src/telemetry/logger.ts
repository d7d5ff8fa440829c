import { pino, type DestinationStream, type Logger, type LevelWithSilent } from 'pino';
import { scrub, type Scrub } from './scrub.ts';

interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  readonly stack?: string;
  readonly cause?: unknown;
}

/** A chain of causes can be a circle. */
const DEEPEST_CAUSE = 4;

/** An error as it is logged: only what is named here, since libraries hang whole requests on theirs. */
function describe(thrown: unknown, depth = 0): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const { name, message, stack, cause } = thrown;
  const code =
    'code' in thrown && (typeof thrown.code === 'string' || typeof thrown.code === 'number') ? thrown.code : undefined;
  return {
    type: name,
    message,
    ...(code !== undefined && { code }),
    ...(stack !== undefined && { stack }),
    ...(cause !== undefined && depth < DEEPEST_CAUSE && { cause: describe(cause, depth + 1) }),
  } satisfies LoggedError;
}

/**
 * Writes JSON lines, by default to standard output, without tokens, voice keys, URL queries and command lines.
 * Put errors under `error`. error: gave up; warn: will be tried again; info: a transition; debug: the rest.
 */
export function createLogger(options: {
  readonly level: LevelWithSilent;
  readonly destination?: DestinationStream;
  /** What is taken out of each line; by default what looks like a secret. */
  readonly scrub?: Scrub;
}): Logger {
  const settings = {
    level: options.level,
    // Lines are shown to strangers when something is wrong, and the machine's name is none of their business.
    base: { pid: process.pid },
    errorKey: 'error',
    serializers: { error: (error: unknown) => describe(error), err: (error: unknown) => describe(error) },
    hooks: { streamWrite: options.scrub ?? scrub },
  };
  return options.destination ? pino(settings, options.destination) : pino(settings);
}
