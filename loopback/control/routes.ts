import { FAULT_ROUTES } from './faults.ts';
import { LOOK_ROUTES } from './look.ts';
import { PEOPLE_ROUTES } from './people.ts';
import { Refusal, route, type Route } from './route.ts';
import { WAIT_ROUTES } from './wait.ts';

const INDEX = route('GET', '/', 'This table.', {}, () => ({
  routes: ROUTES.map(({ method, path, doc }) => ({ method, path, doc })),
}));

/** The whole control API. */
export const ROUTES: readonly Route[] = [INDEX, ...LOOK_ROUTES, ...PEOPLE_ROUTES, ...FAULT_ROUTES, ...WAIT_ROUTES];

/** The route of a request and the `:name` segments of its path, or null. */
export function findRoute(method: string, path: string): { route: Route; at: Record<string, string> } | null {
  const segments = path.split('/');
  for (const route of ROUTES) {
    const at = route.method === method ? match(route.path.split('/'), segments) : null;
    if (at) return { route, at };
  }
  return null;
}

function match(pattern: readonly string[], segments: readonly string[]): Record<string, string> | null {
  if (pattern.length !== segments.length) return null;
  const at: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (expected.startsWith(':')) at[expected.slice(1)] = decode(segment);
    else if (expected !== segment) return null;
  }
  return at;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Refusal(400, `${segment} is not well encoded`);
  }
}
