import type { Finding, Prerequisites } from './check.ts';

/** From here on Node runs TypeScript without a flag and reads the CommonJS packages that we use. */
const OLDEST_NODE = [22, 19] as const;

/** Whether this Node can run the bot. */
export function node(_given?: Prerequisites, _instruments?: unknown, version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNewEnough = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  if (isNewEnough) return { verdict: 'ok', found: version };
  return { verdict: 'fail', found: `${version}, too old`, advice: 'npm start (it brings its own Node)' };
}

/** Whether the settings could be read. */
export function settings({ problems }: Prerequisites): Finding {
  if (problems.length === 0) return { verdict: 'ok', found: 'can be read' };
  return { verdict: 'fail', found: problems.join('; '), advice: 'correct it in .env' };
}

/** Whether there is a token and it looks like one. Only Discord can say whether it is valid. */
export function token({ token }: Prerequisites): Finding {
  const advice = 'in .env, set DISCORD_TOKEN to what https://discord.com/developers/applications shows under "Bot"';
  if (token === null) return { verdict: 'fail', found: 'missing', advice };
  const [first = '', ...rest] = token.split('.');
  const isWellFormed = rest.length === 2 && [first, ...rest].every((part) => /^[\w-]+$/.test(part));
  if (!isWellFormed) return { verdict: 'fail', found: 'present, but not a token: it has not three parts', advice };
  // Its first part is the id of the bot's user, which is public.
  const id = Buffer.from(first, 'base64url').toString('latin1');
  if (!/^\d{15,20}$/.test(id)) return { verdict: 'warn', found: 'present, but it names no bot', advice };
  return { verdict: 'ok', found: `present, of bot ${id}` };
}
