import { randomBytes } from 'node:crypto';
import { Events, type Client } from 'discord.js';
import type { Logger } from 'pino';
import type { Command, CommandContext, CommandServices, Reply } from '../commands/command.ts';
import { toTenutoError, TenutoError } from '../lib/errors.ts';
import { within } from '../lib/time.ts';
import { Answer, type Answerable } from './answer.ts';
import { complete } from './autocomplete.ts';
import { isDiscordFailure } from './discord-failure.ts';
import { guard, isDj, type Situation } from './guards.ts';
import { toRequest } from './requests.ts';

/** What somebody asked for, free of discord.js: made from a slash command or from the press of a button. */
export interface Request {
  /** For the log: `/play`, `button skip`. */
  readonly name: string;
  readonly command: Pick<Command, 'needs' | 'ephemeral' | 'run'>;
  /** Who is where, looked at when the guards are. */
  situation(): Situation;
  readonly context: Omit<CommandContext, 'signal' | 'progress' | 'isDj' | 'present'>;
  readonly answerable: Answerable;
}

export interface RouterParts {
  readonly services: CommandServices;
  /** Who may mend voice without "Manage Server": the name of a role, in any case. */
  readonly djRole: string;
  readonly log: Logger;
  /** Resolves when the bot has logged in; what is asked before that waits for it. */
  readonly ready: Promise<unknown>;
}

/** An interaction can be answered for 15 minutes; the last one is for saying that it took too long. */
const ANSWER_WITHIN_MS = 14 * 60_000;
const READY_WITHIN_MS = 10_000;
/** How long `close` waits for answers to be delivered: voice, positions and displays have to be left in time too. */
const CLOSE_WITHIN_MS = 1_000;

/**
 * Discord's codes for an answer that came too late or twice, or whose message was deleted: unknown interaction, already
 * acknowledged, unknown message, unknown webhook, invalid webhook token. Nobody is left to be told.
 */
const UNDELIVERABLE: ReadonlySet<unknown> = new Set([10062, 40060, 10008, 10015, 50027]);

/** Guards, defers, runs and answers each interaction. The one place where what commands throw is caught. */
export class Router {
  readonly #parts: RouterParts;
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(parts: RouterParts) {
    this.#parts = parts;
  }

  /** Routes what people do from now on, also before the client has logged in. */
  attach(client: Client): void {
    client.on(Events.InteractionCreate, (interaction) => {
      if (interaction.isAutocomplete()) return void complete(interaction, this.#parts.services, this.#parts.log);
      const request = toRequest(interaction, { djRole: this.#parts.djRole, settings: this.#parts.services.settings });
      if (request) void this.handle(request);
    });
  }

  /** Answers one request. Never rejects. */
  handle(request: Request): Promise<void> {
    const handling = this.#handle(request).finally(() => this.#running.delete(handling));
    this.#running.add(handling);
    return handling;
  }

  /** Ends what is running with the line that the bot restarts. Resolves when all of it has been answered, or after a second. */
  async close(): Promise<void> {
    this.#stop.abort(new TenutoError('STOPPING'));
    const late = () => new Error(`answers not delivered in time: ${this.#running.size}`);
    await within(CLOSE_WITHIN_MS, Promise.all(this.#running), late).catch((error: unknown) => {
      this.#parts.log.warn({ error }, 'not everybody was answered');
    });
  }

  async #handle(request: Request): Promise<void> {
    const { command } = request;
    const answer = new Answer(request.answerable, command.ephemeral === true);
    try {
      this.#stop.signal.throwIfAborted();
      const situation = request.situation();
      guard(command.needs, situation);
      await answer.defer();
      await within(READY_WITHIN_MS, this.#parts.ready, () => new TenutoError('STARTING'), this.#stop.signal);
      const { present } = situation;
      const context = { ...request.context, present, isDj: isDj(situation) };
      await answer.send(await this.#run(command, context, (reply) => answer.progress(reply)));
    } catch (thrown) {
      await this.#fail(request, answer, thrown);
    }
  }

  async #run(
    command: Request['command'],
    context: Omit<CommandContext, 'signal' | 'progress'>,
    progress: CommandContext['progress'],
  ): Promise<Reply> {
    const life = new AbortController();
    const stop = this.#stop.signal;
    const run = command.run(
      { ...context, progress, signal: AbortSignal.any([stop, life.signal]) },
      this.#parts.services,
    );
    try {
      return await within(ANSWER_WITHIN_MS, run, () => new TenutoError('TOOK_TOO_LONG'), stop);
    } catch (error) {
      // What the command began beside the part that failed ends too.
      life.abort(error);
      throw error;
    }
  }

  async #fail(request: Request, answer: Answer, thrown: unknown): Promise<void> {
    const log = this.#parts.log.child({ guildId: request.context.guildId, request: request.name });
    if (UNDELIVERABLE.has(codeOf(thrown))) {
      log.warn({ error: thrown }, 'answer came too late');
      return;
    }
    const error = isDiscordFailure(thrown)
      ? new TenutoError('DISCORD_FAILED', '', { cause: thrown })
      : toTenutoError(thrown);
    const incident = randomBytes(4).toString('hex');
    if (error.blame === 'bug') log.error({ error, incident }, 'request failed');
    else if (error.blame === 'outside') log.warn({ error }, 'request failed');
    else log.debug({ code: error.code }, 'request refused');
    const line = error.blame === 'bug' ? `${error.say} (Incident ${incident})` : error.say;
    await answer.fail(line).catch((failure: unknown) => log.warn({ error: failure }, 'failure could not be told'));
  }
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
}
