import type { Interactions } from '../interactions.ts';
import type { Gateway } from '../gateway/server.ts';
import type { World, WorldApplication } from '../world.ts';
import { ApiError, NotInTheDouble } from './errors.ts';
import { RateLimits, refusal } from './rate-limit.ts';
import type { RequestBody } from './body.ts';
import type { Answer, AnyRoute } from './route.ts';
import type { Found, Match } from './routes.ts';

/** A request that has arrived whole. */
export interface ApiRequest {
  /** `METHOD path`, for the list of problems. */
  readonly name: string;
  readonly found: Found;
  readonly authorization: string | undefined;
  readonly query: URLSearchParams;
  /** Throws when it cannot be parsed. */
  readonly body: () => RequestBody;
}

/** An answer with the headers of its rate limit. */
export interface Decision {
  readonly answer: Answer;
  readonly headers: Readonly<Record<string, string>>;
}

/** What Discord does with a request, in its order: route, authorization, rate limit, body, handler. */
export class Api {
  /** What was asked that Discord may have and the double has not, and the double's own errors. */
  readonly problems: string[] = [];
  readonly #world: World;
  readonly #interactions: Interactions;
  readonly #gateway: Pick<Gateway, 'url' | 'starts'>;
  readonly #limits: RateLimits;

  constructor(world: World, interactions: Interactions, gateway: Pick<Gateway, 'url' | 'starts'>, now: () => number) {
    this.#world = world;
    this.#interactions = interactions;
    this.#gateway = gateway;
    this.#limits = new RateLimits(now);
  }

  handle(request: ApiRequest): Decision {
    const { found, name } = request;
    if (typeof found === 'string') {
      this.problems.push(`unknown route: ${name}`);
      return { answer: refuse(new ApiError(found === 'no-path' ? 'general' : 'methodNotAllowed')), headers: {} };
    }
    let headers: Decision['headers'] = {};
    try {
      const { route, major } = found;
      const me = 'open' in route ? null : this.#authorized(request.authorization);
      const verdict = this.#limits.take(me?.id ?? null, bucketOf(route, major));
      headers = verdict.headers;
      return {
        answer: verdict.allowed
          ? this.#answer(found, request, me)
          : refusal(verdict.retryAfterMs, verdict.global ? 'global' : 'user'),
        headers,
      };
    } catch (error) {
      return { answer: this.#refusal(error, name), headers };
    }
  }

  #answer({ route, parameters }: Match, { query, body }: ApiRequest, me: WorldApplication | null): Answer {
    const here = { world: this.#world, interactions: this.#interactions, gateway: this.#gateway };
    const { json, files } = body();
    const call = { ...here, parameters, query, body: json, files };
    if ('open' in route) return route.handle(call);
    if (me === null) throw new ApiError('unauthorized');
    return route.handle(call, me);
  }

  #authorized(header = ''): WorldApplication {
    const token = /^Bot (.+)$/.exec(header)?.[1];
    for (const application of this.#world.applications.values()) if (application.token === token) return application;
    throw new ApiError('unauthorized');
  }

  #refusal(error: unknown, name: string): Answer {
    if (error instanceof ApiError) return refuse(error);
    if (error instanceof NotInTheDouble) {
      this.problems.push(`${name}: the double does not have ${error.message}`);
      return { status: 400, body: { message: `The double does not have ${error.message}`, code: 0 } };
    }
    this.problems.push(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return refuse(new ApiError('internal'));
  }
}

const bucketOf = ({ method, path, limit }: AnyRoute, major: string) =>
  limit && { limit, route: `${method} ${path}`, major };

const refuse = (error: ApiError): Answer => ({ status: error.status, body: error });
