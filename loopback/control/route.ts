import { z } from 'zod';
import type { Loopback } from '../index.ts';
import type { Interaction } from '../people.ts';
import type { WorldGuild } from '../world.ts';

/** What a request cannot have, and why: the message is the answer's `error`. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What routes act upon. */
export interface Control {
  readonly loopback: Loopback;
  /** What people began through this API, newest last. */
  readonly interactions: Map<string, Interaction>;
}

export interface Request<Input> {
  /** The `:name` segments of the path. */
  readonly at: Readonly<Record<string, string>>;
  readonly input: Input;
  /** Aborted when the caller has gone away. */
  readonly signal: AbortSignal;
}

/** One row of the table of routes. What `run` returns is sent as JSON. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** One sentence for people. */
  readonly doc: string;
  /** Of the query (GET, DELETE) or of the JSON body (POST). */
  readonly schema: z.ZodType;
  readonly run: (control: Control, request: Request<unknown>) => unknown;
}

/** A row whose `run` gets its input judged and typed by `shape`. */
export function route<Shape extends z.ZodRawShape>(
  method: Route['method'],
  path: string,
  doc: string,
  shape: Shape,
  run: (control: Control, request: Request<z.output<z.ZodObject<Shape, z.core.$strict>>>) => unknown,
): Route {
  const schema = z.strictObject(shape);
  return {
    method,
    path,
    doc,
    schema,
    run: (control, request) => run(control, { ...request, input: schema.parse(request.input) }),
  };
}

/** Milliseconds that a request may wait. */
export const waitMs = z.coerce.number().int().min(0).max(120_000);
/** A guild by name or id; the first one when left out. */
export const guildName = z.string().optional();

/** The guild with that name or id. */
export function guildOf({ world, guild }: Loopback, nameOrId: string | undefined): WorldGuild {
  if (nameOrId === undefined) return guild;
  const found = world.guilds.get(nameOrId) ?? [...world.guilds.values()].find(({ name }) => name === nameOrId);
  if (!found) throw new Refusal(404, `there is no guild ${nameOrId}`);
  return found;
}

/** The id of a person who was named before, or of the bot. */
export function userOf({ people, application }: Loopback, name: string): string {
  if (name === 'bot') return application.bot.id;
  const id = people.get(name);
  if (id === undefined) throw new Refusal(404, `nobody is called ${name}`);
  return id;
}
