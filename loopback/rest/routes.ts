import { CHANNEL_ROUTES } from './channels.ts';
import { COMMAND_ROUTES } from './commands.ts';
import { GUILD_ROUTES } from './guilds.ts';
import { INTERACTION_ROUTES } from './interaction-routes.ts';
import type { AnyRoute } from './route.ts';
import { SELF_ROUTES } from './self.ts';

/** Every route that the double has. Another one is another row in one of these tables. */
export const ROUTES: readonly AnyRoute[] = [
  ...SELF_ROUTES,
  ...COMMAND_ROUTES,
  ...INTERACTION_ROUTES,
  ...CHANNEL_ROUTES,
  ...GUILD_ROUTES,
];

/** The parameters that give a bucket to each: https://discord.com/developers/docs/topics/rate-limits#rate-limits */
const MAJOR = ['channel', 'guild', 'token'] as const;

const PATTERNS = ROUTES.map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`),
}));

/** A route that a path fits, with the path's parameters decoded. */
export interface Match {
  readonly route: AnyRoute;
  readonly parameters: Readonly<Record<string, string>>;
  /** What its rate-limit bucket is divided by. */
  readonly major: string;
}

/** Finds the row of a request; the path is without `/api/v10`. */
export function findRoute(method: string, path: string): Match | null {
  for (const { route, pattern } of PATTERNS) {
    const groups = route.method === method ? (pattern.exec(path)?.groups ?? pattern.test(path)) : false;
    if (groups === false) continue;
    const parameters = groups === true ? {} : decoded(groups);
    if (parameters === null) return null;
    return { route, parameters, major: MAJOR.map((name) => parameters[name] ?? '').join(':') };
  }
  return null;
}

function decoded(groups: Record<string, string>): Record<string, string> | null {
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    return null;
  }
}
