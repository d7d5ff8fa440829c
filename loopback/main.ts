/**
 * `npm run loopback`: Discord on 127.0.0.1 as a process of its own, until SIGINT or SIGTERM.
 *
 *   --port=N       the port of the control API (default: a free one)
 *   --data-dir=D   where the certificate authority is kept (default: data/loopback)
 *   --dave=0       no end-to-end encryption
 *   --modes=A,B    the transport encryptions that voice offers, in this order
 *   --json         the first line is one JSON object: { control, env, channels }
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { startControl } from './control/server.ts';
import { startLoopback, type Loopback } from './index.ts';
import { ENCRYPTION_MODES } from './voice/rtp.ts';

const Flags = z.object({
  port: z.coerce.number('--port takes a number').int().min(0).max(65_535).default(0),
  'data-dir': z.string().optional(),
  dave: z.enum(['0', '1'], '--dave is 0 or 1').default('1'),
  modes: z
    .string()
    .transform((list) => list.split(','))
    .pipe(z.array(z.enum(ENCRYPTION_MODES, `--modes takes ${ENCRYPTION_MODES.join(', ')}`)))
    .optional(),
  json: z.boolean().default(false),
});

type Settings = z.infer<typeof Flags>;

try {
  const options = {
    port: { type: 'string' },
    'data-dir': { type: 'string' },
    dave: { type: 'string' },
    modes: { type: 'string' },
    json: { type: 'boolean' },
  } as const;
  await serve(Flags.parse(parseArgs({ options }).values));
} catch (error) {
  console.error(error instanceof z.ZodError ? error.issues.map(({ message }) => message).join('\n') : String(error));
  process.exitCode = 2;
}

async function serve({ port, dave, modes, json, 'data-dir': dataDir }: Settings): Promise<void> {
  const loopback = await startLoopback({
    trust: false,
    ...(dataDir !== undefined && { dataDir }),
    voice: { dave: dave === '0' ? 'off' : 'required', ...(modes && { modes }) },
  });
  const closers = [() => loopback.close()];
  // Once is enough: when all is closed, nothing keeps the process alive.
  const stop = () => closers.splice(0).map((close) => void close());
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    const control = await startControl(loopback, port);
    closers.push(() => control.close());
    console.log(json ? JSON.stringify(facts(loopback, control.url)) : welcome(loopback, control.url));
  } catch (error) {
    stop();
    throw error;
  }
}

function facts({ env, guild }: Loopback, controlUrl: string): object {
  const channels = Object.fromEntries([...guild.channels.values()].map(({ name, id }) => [name, id]));
  return { control: controlUrl, env, channels };
}

function welcome({ env }: Loopback, controlUrl: string): string {
  const lines = Object.entries(env).map(([name, value]) => `  ${name}=${value}`);
  return `Discord is running on this machine, with one bot, one guild and nobody in it yet.

Point a client at it with these environment variables:

${lines.join('\n')}

discord.js:  new Client({ intents, rest: { api: process.env.DISCORD_API_URL } })
oceanic.js:  new Client({ auth: \`Bot \${token}\`, rest: { baseURL: \`\${process.env.DISCORD_API_URL}/v10\` } })
Tenuto:      the variables are all that it needs (npm start)

Act as people, throw faults, and read what was heard at ${controlUrl} :

  curl ${controlUrl}/
  curl -H 'content-type: application/json' -d '{"channel":"Lounge"}' ${controlUrl}/people/ada/join

Ctrl+C ends it.`;
}
