import type { Gateway } from '../gateway/server.ts';
import type { Interactions } from '../interactions.ts';
import type { World, WorldApplication } from '../world.ts';
import type { UploadedFile } from './body.ts';
import type { Limit } from './rate-limit.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Everything that a handler may know of a request. */
export interface Call<Name extends string = string> {
  readonly world: World;
  readonly interactions: Interactions;
  readonly gateway: Pick<Gateway, 'url' | 'starts'>;
  readonly parameters: Readonly<Record<Name, string>>;
  readonly query: URLSearchParams;
  /** Parsed, but not yet judged. */
  readonly body: unknown;
  readonly files: readonly UploadedFile[];
}

/** What goes back. Without a body it is sent without a content type. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const NOTHING: Answer = { status: 204 };

/** The parameters in a path: `:name` segments. */
type Names<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | Names<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

/** One row of the table of routes. */
export interface Route<Path extends string = string> {
  readonly method: Method;
  readonly path: Path;
  /** null: without a bucket of its own. */
  readonly limit: Limit | null;
  handle(call: Call<Names<Path>>, me: WorldApplication): Answer;
}

/** A route without an Authorization header, and so without the global rate limit: its authority is the token in its path. */
export interface OpenRoute<Path extends string = string> extends Omit<Route<Path>, 'handle'> {
  readonly open: true;
  handle(call: Call<Names<Path>>): Answer;
}

/** A row of either kind, whatever its path. */
export type AnyRoute = Route | OpenRoute;

/** A row for applications that authorize themselves. */
export const route = <Path extends string>(row: Route<Path>): AnyRoute => row;

/** A row for everybody, or for those who hold the token in its path. */
export const openRoute = <Path extends string>(row: Omit<OpenRoute<Path>, 'open'>): AnyRoute => ({
  ...row,
  open: true,
});
