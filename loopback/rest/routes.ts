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

/** The row, or why there is none. */
export type Found = Match | 'no-path' | 'no-method';

/** Finds the row of a request; the path is without `/api/v10`. */
export function findRoute(method: string, path: string): Found {
  const fitting = PATTERNS.filter(({ pattern }) => pattern.test(path));
  const row = fitting.find(({ route }) => route.method === method);
  if (row === undefined) return fitting.length > 0 ? 'no-method' : 'no-path';
  const parameters = decoded(row.pattern.exec(path)?.groups ?? {});
  if (parameters === null) return 'no-path';
  return { route: row.route, parameters, major: MAJOR.map((name) => parameters[name] ?? '').join(':') };
}

function decoded(groups: Record<string, string>): Record<string, string> | null {
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    return null;
  }
}
