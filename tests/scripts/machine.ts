import { spawn } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const REPOSITORY = join(import.meta.dirname, '../..');

/** What a run of set-up said and did. */
export interface Run {
  readonly code: number | null;
  readonly said: string;
  /** The commands that it ran on the machine, in their order. */
  readonly calls: readonly string[];
}

/** How the machine's commands behave; each is the source of a module that runs with `words`, `fs`, `put` and `root`. */
export type Behaviour = Readonly<Record<string, string>>;

const FFMPEG = `put(bin + '/ffmpeg', "console.log(' A..... libopus')")`;
const POSTGRES = `for (const name of ['initdb', 'postgres']) put(bin + '/' + name, '')`;
const YT_DLP = `put(bin + '/yt-dlp', "console.log('2023.03.04')")`;

/** A fresh machine whose package manager and registry work, and on which GitHub cannot be reached. */
export const FRESH: Behaviour = {
  npm: `
    if (words[0] === 'ci') {
      fs.rmSync(root + '/node_modules', { recursive: true, force: true });
      const packages = ['node', '@discordjs/opus', 'sodium-native', '@snazzah/davey', 'youtube-dl-exec/scripts'];
      for (const name of packages) fs.mkdirSync(root + '/node_modules/' + name, { recursive: true });
      fs.mkdirSync(root + '/node_modules/.bin');
      fs.writeFileSync(root + '/node_modules/sodium-native/index.js', 'exports.randombytes_buf = () => {};');
      fs.writeFileSync(root + '/node_modules/@snazzah/davey/index.js', 'exports.DAVE_PROTOCOL_VERSION = 1;');
      fs.writeFileSync(root + '/node_modules/youtube-dl-exec/scripts/postinstall.js', fs.readFileSync(bin + '/../download.js'));
      const lock = JSON.parse(fs.readFileSync(root + '/package-lock.json', 'utf8'));
      delete lock.packages['node_modules/for-another-platform'];
      fs.writeFileSync(root + '/node_modules/.package-lock.json', JSON.stringify(lock));
    }
    if (words[1] === 'node') fs.symlinkSync(process.execPath, root + '/node_modules/.bin/node');
    if (words[1] === '@discordjs/opus') {
      const opus = 'exports.OpusEncoder = class { encode() {} };';
      fs.writeFileSync(root + '/node_modules/@discordjs/opus/index.js', opus);
    }`,
  'apt-get': `
    if (words.includes('install') && words.includes('ffmpeg')) ${FFMPEG};
    if (words.includes('install') && words.includes('yt-dlp')) ${YT_DLP};
    if (words.includes('install') && words.includes('postgresql')) ${POSTGRES};`,
  'apt-cache': ``,
  sh: ``,
  sudo: `
    const [command, ...rest] = words.filter((word) => word !== '-n' && word !== 'env' && !word.includes('='));
    if (command !== 'true') process.exitCode = spawnSync(bin + '/' + command, rest, { stdio: 'inherit' }).status;`,
  'g++': ``,
  make: ``,
  python3: ``,
};

/** Commands by which a machine comes with a tool already on it. */
export const WITH_TOOLS: Behaviour = {
  ...FRESH,
  ffmpeg: `console.log(' A..... libopus')`,
  'yt-dlp': `console.log('2025.04.30')`,
};

/** A machine in a folder: a checkout of which only the set-up is real, and commands that only pretend. */
export class TestMachine {
  readonly root: string;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.root = join(folder, 'tenuto');
  }

  static async make(behaviour: Behaviour): Promise<TestMachine> {
    const machine = new TestMachine(await mkdtemp(join(tmpdir(), 'tenuto-machine-')));
    await mkdir(join(machine.root, 'scripts'), { recursive: true });
    await cp(join(REPOSITORY, 'scripts/setup.mjs'), join(machine.root, 'scripts/setup.mjs'));
    await cp(join(REPOSITORY, 'scripts/setup'), join(machine.root, 'scripts/setup'), { recursive: true });
    const installed = ['node', '@discordjs/opus', 'sodium-native', '@snazzah/davey', 'youtube-dl-exec'];
    const packages = Object.fromEntries(
      installed.map((name) => [`node_modules/${name}`, { version: process.versions.node }]),
    );
    const other = { 'node_modules/for-another-platform': { version: '1.0.0', optional: true } };
    const lock = { packages: { '': { name: 'tenuto' }, ...packages, ...other } };
    await writeFile(join(machine.root, 'package-lock.json'), JSON.stringify(lock));
    // A Node with its headers, as the official archives have them, so that nothing asks the network for them.
    await mkdir(join(machine.#folder, 'include/node'), { recursive: true });
    await writeFile(join(machine.#folder, 'include/node/node_api.h'), '');
    await mkdir(join(machine.#folder, 'bin'));
    await symlink(process.execPath, join(machine.#folder, 'bin/node'));
    await machine.download('process.exit(1)');
    for (const [name, source] of Object.entries(behaviour)) await machine.command(name, source);
    return machine;
  }

  /** Adds or replaces a command. */
  async command(name: string, source: string): Promise<void> {
    const path = join(this.#folder, 'bin', name);
    await writeFile(path, `#!${process.execPath}\n${this.#preamble(name)}\n${source}\n`);
    await chmod(path, 0o755);
  }

  /** What youtube-dl-exec's own download does from the next `npm ci` on. */
  async download(source: string): Promise<void> {
    await writeFile(join(this.#folder, 'download.js'), `${this.#preamble('download')}\n${source}`);
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Runs set-up as an npm script would. */
  async setUp(words: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): Promise<Run> {
    const before = (await this.#calls()).length;
    const path = [join(this.root, 'node_modules/.bin'), join(this.#folder, 'bin')].join(delimiter);
    const child = spawn(process.execPath, ['scripts/setup.mjs', ...words], {
      cwd: this.root,
      // Not the PostgreSQL that the real machine may have.
      env: { PATH: path, HOME: this.#folder, POSTGRES_BIN: join(this.#folder, 'bin'), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk));
    child.stderr.on('data', (chunk) => (said += chunk));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, said, calls: (await this.#calls()).slice(before) };
  }

  async #calls(): Promise<readonly string[]> {
    const log = await readFile(join(this.#folder, 'calls'), 'utf8').catch(() => '');
    return log.split('\n').filter((line) => line !== '' && !line.startsWith('sudo '));
  }

  #preamble(name: string): string {
    return `
      const fs = require('node:fs');
      const { spawnSync } = require('node:child_process');
      const words = process.argv.slice(2);
      const [root, bin] = ${JSON.stringify([this.root, join(this.#folder, 'bin')])};
      const put = (path, source) => fs.writeFileSync(path, '#!' + process.execPath + '\\n' + source + '\\n', { mode: 0o755 });
      fs.appendFileSync(bin + '/../calls', [${JSON.stringify(name)}, ...words].join(' ') + '\\n');`;
  }
}
