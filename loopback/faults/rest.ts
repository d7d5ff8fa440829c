import { z } from 'zod';
import { lasting, type Lift } from '../fault-row.ts';
import type { Decision } from '../rest/api.ts';
import { tooManyRequests } from '../rest/rate-limit.ts';
import type { Interferer, Rest } from '../rest/server.ts';
import { ms, times } from './parameters.ts';

/** Part of `METHOD /route/:name` as the log of requests shows it; left out, every request is meant. */
const route = z.string().optional();

/** What goes wrong with REST. */
export const REST_FAULTS = {
  'slow-rest': lasting(
    'REST answers `ms` milliseconds later.',
    z.strictObject({ ms, route }),
    ({ rest }, { ms, route }) => interfering(rest, route, { delayMs: ms }),
  ),
  'fail-rest': lasting(
    'REST answers with `status`, `times` times or until lifted; with 429 it asks for `retryAfterS` seconds, and `scope` (user, shared or global) says whose limit was met.',
    z.strictObject({
      status: z.number().int().min(400).max(599),
      times: times.optional(),
      route,
      retryAfterS: z.number().min(0).default(1),
      scope: z.enum(['user', 'shared', 'global']).default('user'),
    }),
    ({ rest }, { status, times, route, retryAfterS, scope }) => {
      const answer = status === 429 ? tooManyRequests(retryAfterS * 1_000, scope) : failure(status);
      return interfering(rest, route, { answer }, times);
    },
  ),
  'cut-rest': lasting(
    'REST connections are cut instead of answered, `times` times or until lifted.',
    z.strictObject({ times: times.optional(), route }),
    ({ rest }, { times, route }) => interfering(rest, route, { cut: true }, times),
  ),
} as const;

function interfering(
  rest: Rest,
  route: string | undefined,
  interference: NonNullable<ReturnType<Interferer>>,
  times = Infinity,
): Lift {
  let left = times;
  return rest.interfere((request) => {
    if (route !== undefined && !`${request.method} ${request.route}`.includes(route)) return null;
    return left-- > 0 ? interference : null;
  });
}

const failure = (status: number): Decision => ({
  headers: {},
  answer: { status, body: { message: `${status}: thrown by a fault`, code: 0 } },
});
