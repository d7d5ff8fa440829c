import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { CannotSetUp, must, run, step, which } from './run.mjs';

/** Native parts that have to load under the Node that runs Tenuto, each with a line that fails when it does not work. */
const NATIVE = {
  '@discordjs/opus': `new (require('@discordjs/opus').OpusEncoder)(48000, 2).encode(Buffer.alloc(3840))`,
  'sodium-native': `require('sodium-native').randombytes_buf(Buffer.alloc(8))`,
  '@snazzah/davey': `if (!(require('@snazzah/davey').DAVE_PROTOCOL_VERSION > 0)) throw new Error('no DAVE')`,
};

/** The Node that package.json asks for, as the package `node` brings it. */
export const nodeOf = (root) => join(root, 'node_modules/.bin', process.platform === 'win32' ? 'node.cmd' : 'node');

/** Makes node_modules be what package-lock.json says, with native parts that load. Does nothing that is done already. */
export async function ensurePackages(root, manager) {
  if (!isAsLocked(root)) {
    // No install scripts here: which of them npm runs, and under which Node, depends on its version. The two that are
    // needed run below, and youtube-dl-exec's, which fails where GitHub cannot be reached, is tried by yt-dlp.mjs.
    await step('npm packages', 'installing, about a minute', () =>
      npm(root, ['ci', '--ignore-scripts', '--no-audit', '--no-fund']),
    );
  }
  if (!(await isRightNode(root))) {
    await step('Node for Tenuto', 'installing', () => npm(root, ['rebuild', 'node', '--ignore-scripts=false']));
    if (!(await isRightNode(root)))
      throw new CannotSetUp(`${nodeOf(root)} does not run here. Tenuto needs Node 24 for this system.`);
  }
  if (!(await loads(root, '@discordjs/opus')).ok) await buildOpus(root, manager);
  for (const name of Object.keys(NATIVE)) {
    const { ok, text } = await loads(root, name);
    if (!ok) throw new CannotSetUp(`${name} does not load:\n${text}\nPlease remove node_modules and try again.`);
  }
}

/** Whether npm has installed exactly what the lock file says, as its own record of node_modules has it. */
function isAsLocked(root) {
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages ?? {};
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages ?? {};
  return Object.entries(locked).every(([path, { version, optional, link }]) => {
    if (path === '' || link) return true;
    const is = installed[path];
    // Parts for other platforms are in the lock file, and nowhere else.
    return is ? is.version === version && existsSync(join(root, path)) : optional === true;
  });
}

async function isRightNode(root) {
  const { packages = {} } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const { ok, text } = await run(nodeOf(root), ['--version'], { timeoutMs: 20_000 });
  return ok && text.trim() === `v${packages['node_modules/node']?.version}`;
}

const loads = (root, name) => run(nodeOf(root), ['-e', NATIVE[name]], { cwd: root, timeoutMs: 30_000 });

/** Compiles @discordjs/opus for the Node that will load it, not for the one that npm may be running under. */
async function buildOpus(root, manager) {
  const missing = [
    ...(['g++', 'make', 'python3'].some((tool) => which(tool) === null) ? ['compiler'] : []),
    ...(homeOfHeaders() || (await canReach('https://nodejs.org/dist/index.json')) ? [] : ['headers']),
  ];
  if (missing.length > 0) await manager.install(...missing);
  const env = { ...environment(), PATH: `${dirname(nodeOf(root))}${delimiter}${environment().PATH}` };
  // Without a home, node-gyp downloads the headers.
  const nodedir = homeOfHeaders();
  await step('@discordjs/opus', 'building, half a minute', () =>
    npm(
      root,
      ['rebuild', '@discordjs/opus', '--ignore-scripts=false'],
      nodedir ? { ...env, npm_config_nodedir: nodedir } : env,
    ),
  );
}

/** Where Node's C headers are, if they are. @discordjs/opus uses Node-API only, which is the same in all of them. */
function homeOfHeaders() {
  const nodes = [process.execPath, which('node', environment().PATH)].filter((node) => node !== null);
  const homes = [...nodes.map((node) => dirname(dirname(node))), '/usr/local', '/usr'];
  return homes.find((home) => existsSync(join(home, 'include/node/node_api.h')));
}

async function canReach(url) {
  return fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(8_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** What npm gets: not the Node inside node_modules, which `npm ci` removes, and nothing of the npm that started us. */
function environment() {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^npm_(lifecycle|package|command|execpath|node_execpath|config_local_prefix)/.test(name),
  );
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.replaceAll('\\', '/').endsWith('node_modules/.bin'));
  return {
    ...Object.fromEntries(inherited),
    PATH: path.join(delimiter),
    YOUTUBE_DL_SKIP_DOWNLOAD: '1',
    YOUTUBE_DL_SKIP_PYTHON_CHECK: '1',
  };
}

async function npm(root, args, env = environment()) {
  await must(`npm ${args[0]}`, 'npm', args, { cwd: root, env });
}
