import { CannotSetUp, must, run, step, which } from './run.mjs';

/** What the system's package managers call the things that are needed, and how they install them. */
const MANAGERS = [
  {
    command: 'apt-get',
    install: 'apt-get install -y --no-install-recommends',
    compiler: 'g++ make python3',
    headers: 'libnode-dev',
    // Debian's package makes a database and starts a server on port 5432. Nobody asked for that: the tests start their own.
    before: {
      postgresql: `f=/etc/postgresql-common/createcluster.conf; [ -e $f ] || { mkdir -p /etc/postgresql-common && printf '%s\\n' \
        '# Written by the set-up of Tenuto, whose tests start a server of their own. Remove this file to have one made.' \
        'create_main_cluster = false' > $f; }`,
    },
  },
  { command: 'brew', install: 'brew install', compiler: 'gcc make python3' },
  {
    command: 'dnf',
    install: 'dnf install -y',
    compiler: 'gcc-c++ make python3',
    headers: 'nodejs-devel',
    postgresql: 'postgresql-server',
  },
  { command: 'pacman', install: 'pacman -S --needed', compiler: 'gcc make python' },
  { command: 'apk', install: 'apk add', compiler: 'g++ make python3', headers: 'nodejs-dev' },
];

/** Something has to be installed by hand. */
export class Missing extends CannotSetUp {
  constructor(things, text) {
    super(text);
    this.things = things;
  }
}

/**
 * The system's own package manager. It is used without asking only where that is expected of a server: apt, as root or
 * with a sudo that asks for no password. Everywhere else the command to type is the answer.
 */
export class PackageManager {
  #row = MANAGERS.find(({ command }) => which(command) !== null) ?? null;
  #turn = Promise.resolve();

  /** Asks a person to install these things (`ffmpeg`, `yt-dlp`, `compiler`, `headers`, `postgresql`), with the command to type. */
  missing(...things) {
    const names = this.#names(things).join(' ');
    if (this.#row === null) return new Missing(things, `Please install, with your system's package manager:  ${names}`);
    return new Missing(things, `Please type:  ${this.#commandFor(names)}`);
  }

  /** Installs things, one call at a time. Throws `Missing` when that is not possible. */
  install(...things) {
    const turn = this.#turn.then(() => this.#install(things));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #install(things) {
    const prefix = this.#row?.command === 'apt-get' ? await asRoot() : null;
    if (prefix === null) throw this.missing(...things);
    const names = this.#names(things);
    const command = this.#commandFor(names.join(' '));

    await step(names.join(', '), 'installing with apt', async () => {
      if (!(await isKnown(names))) await this.#apt(prefix, command, ['update']);
      for (const script of things.flatMap((thing) => this.#row.before[thing] ?? [])) {
        await must(`what comes before "${command}"`, ...asCommand(prefix, ['sh', '-c', script]));
      }
      const args = ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '--no-install-recommends', ...names];
      const first = await run(...aptCall(prefix, args));
      if (first.ok) return;
      // Lists that are older than what the mirror still has lead to a 404.
      await this.#apt(prefix, command, ['update']);
      await this.#apt(prefix, command, args);
    });
  }

  async #apt(prefix, command, args) {
    await must(
      `apt-get ${args.includes('install') ? 'install' : 'update'} (you can also type "${command}" yourself)`,
      ...aptCall(prefix, args),
    );
  }

  #commandFor(names) {
    return `${this.#row.command === 'brew' ? '' : 'sudo '}${this.#row.install} ${names}`;
  }

  #names(things) {
    return things.flatMap((thing) => (this.#row?.[thing] ?? thing).split(' '));
  }
}

/** A machine that was never updated has no lists, and then apt knows no package. */
async function isKnown(names) {
  return (await run('apt-cache', ['show', '--no-all-versions', ...names])).ok;
}

const asCommand = (prefix, words) => {
  const [command, ...rest] = [...prefix, ...words];
  return [command, rest, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }];
};

const aptCall = (prefix, args) => asCommand(prefix, ['apt-get', ...args]);

/** What to put before a command so that it runs as root, or null when that would need a password. */
async function asRoot() {
  if (process.getuid?.() === 0) return [];
  // sudo drops the environment, so the setting travels as an argument.
  return (await run('sudo', ['-n', 'true'], { timeoutMs: 10_000 })).ok
    ? ['sudo', '-n', 'env', 'DEBIAN_FRONTEND=noninteractive']
    : null;
}
