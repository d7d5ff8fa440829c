import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { guildInContext } from './guild-context.ts';
import { SlidingWindow } from './sliding-window.ts';

/** Packages of which only voice keeps state, and state that ends with a guild's connection. */
const LIBRARIES = new Set(['@discordjs/voice', '@snazzah/davey', 'ws', 'sodium-native']);
/** Ours, but only the doors that the library's calls pass through: nothing of ours is left half done when they are cut off. */
const SEAMS = new Set(['adapter-gate.ts', 'frame-tap.ts', 'guild-context.ts', 'network-guard.ts'].map(besideThis));
/** The one timer of all audio players in @discordjs/voice 0.19.2: an exception in it stops all music, and nothing starts it again. */
const CLOCK = /\b(audioCycleStep|prepareNextAudioFrame)\b/;
const FRAME = /^\s+at (?:(?<caller>.*) \()?(?<place>.*?)(?::\d+:\d+)?\)?$/;
const NOWHERE = /^(node:|<anonymous>$|native$|index \d+$)/;
const PER_MINUTE = 5;

interface Frame {
  readonly caller: string;
  /** The package; `seam` for our doors, `ours` for the rest of us and for what nobody can name. */
  readonly origin: string;
}

/**
 * Whether an uncaught error is the voice library's own: thrown by it, while no code of ours waited for it to return, and not
 * in the clock of all players. `forGuild`: it happened in what was done for a guild's voice.
 */
export function isLibraryFault(error: unknown, forGuild: boolean): boolean {
  const frames = framesOf(error);
  const [innermost] = frames;
  if (innermost === undefined || !LIBRARIES.has(innermost.origin)) return false;
  if (frames.some(({ caller, origin }) => origin === 'ours' || CLOCK.test(caller))) return false;
  // The main gateway uses `ws` too.
  return forGuild || frames.some(({ origin }) => origin === '@discordjs/voice');
}

export interface LibraryFaultsParts {
  /** Makes voice anew: the guild's, or everybody's when nobody knows whose it is. */
  readonly rebuild: (guildId: string | null) => void;
  /** A fault was survived. */
  readonly survived: () => void;
  readonly log: Logger;
  readonly now?: () => number;
}

/** The last resort: an exception that nothing caught, and after which the process can go on nevertheless. */
export class LibraryFaults {
  readonly #parts: LibraryFaultsParts;
  readonly #now: () => number;
  readonly #recent = new SlidingWindow(PER_MINUTE, 60_000);

  constructor(parts: LibraryFaultsParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
  }

  /** To be asked in the handler of the exception. True: voice is being made anew. False: nothing can be trusted any more. */
  survives(error: unknown): boolean {
    const guildId = guildInContext();
    if (!isLibraryFault(error, guildId !== null) || this.#recent.waitMs(1, this.#now()) > 0) return false;
    this.#recent.note(this.#now());
    const { log, rebuild, survived } = this.#parts;
    log.error(
      { error, ...(guildId !== null && { guild_id: guildId }) },
      'the voice library failed; voice is made anew',
    );
    survived();
    try {
      rebuild(guildId);
      return true;
    } catch (error) {
      log.error({ error }, 'voice could not be made anew');
      return false;
    }
  }
}

/** The frames of a stack, the innermost first, without node's; none when they cannot be trusted to be all. */
function framesOf(error: unknown): readonly Frame[] {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return [];
  const lines = error.stack.split('\n').filter((line) => FRAME.test(line));
  // A message can hold what the network said, also something that looks like frames.
  const forged = error.message.split('\n').some((line) => FRAME.test(line));
  if (forged || lines.length >= Error.stackTraceLimit) return [];
  return lines.flatMap((line) => {
    const { caller = '', place = '' } = FRAME.exec(line)?.groups ?? {};
    return NOWHERE.test(place) ? [] : { caller, origin: originOf(place) };
  });
}

function originOf(place: string): string {
  const where = place.replace(/^async /, '');
  const path = where.startsWith('file:///') ? fileURLToPath(where) : where;
  if (SEAMS.has(path)) return 'seam';
  const [, ...inside] = path.split(`${sep}node_modules${sep}`);
  const [scope = '', name = ''] = inside.at(-1)?.split(sep) ?? [];
  if (scope === '') return 'ours';
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}

function besideThis(file: string): string {
  return join(import.meta.dirname, file);
}
