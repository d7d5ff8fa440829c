import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CannotSetUp, isExecutable, say, which } from './run.mjs';

/** Where Debian and Alpine keep the programs of a server, which are on nobody's PATH, each version in a folder. */
const HOMES = [
  { folder: '/usr/lib/postgresql', programs: 'bin' },
  { folder: '/usr/libexec', programs: '', name: /^postgresql/ },
];

/**
 * The folder of a PostgreSQL server's programs, or null: POSTGRES_BIN when that is set, else the one on PATH, else the
 * newest of the system's.
 */
export function postgresFolder(environment = process.env) {
  const given = environment.POSTGRES_BIN;
  const onPath = which('postgres', environment.PATH);
  const candidates = given ? [given] : [...(onPath ? [dirname(onPath)] : []), ...installed()];
  return candidates.find((folder) => ['initdb', 'postgres'].every((name) => isExecutable(join(folder, name)))) ?? null;
}

function installed() {
  return HOMES.flatMap(({ folder, programs, name = /^\d+$/ }) =>
    (existsSync(folder) ? readdirSync(folder) : [])
      .filter((version) => name.test(version))
      .sort((a, b) => Number(b.replace(/\D+/, '')) - Number(a.replace(/\D+/, '')))
      .map((version) => join(folder, version, programs)),
  );
}

/** The path of a PostgreSQL server for the tests, which start one of their own: the one that is here, else the system's package. */
export async function ensurePostgres(manager) {
  const found = postgresFolder();
  if (found) return join(found, 'postgres');
  say('postgresql: not here yet');
  await manager.install('postgresql');
  const folder = postgresFolder();
  if (folder) return join(folder, 'postgres');
  throw new CannotSetUp(
    'The PostgreSQL that was installed is not found. Set POSTGRES_BIN to the folder of its initdb.',
  );
}
