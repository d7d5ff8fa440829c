import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FRESH, TestMachine, WITH_TOOLS } from './machine.ts';
import type { Behaviour } from './machine.ts';

const made: TestMachine[] = [];
afterEach(() => Promise.all(made.splice(0).map((machine) => machine.remove())));

async function machineWith(behaviour: Behaviour): Promise<TestMachine> {
  const machine = await TestMachine.make(behaviour);
  made.push(machine);
  return machine;
}

const without = (behaviour: Behaviour, ...names: readonly string[]): Behaviour =>
  Object.fromEntries(Object.entries(behaviour).filter(([name]) => !names.includes(name)));

describe('set-up on a fresh machine', () => {
  it('installs packages, Node, the codec, ffmpeg and yt-dlp, and then has nothing more to do', async () => {
    const machine = await machineWith(FRESH);
    const first = await machine.setUp();
    expect(first.code, first.said).toBe(0);
    expect(first.calls.filter((call) => call.startsWith('npm'))).toEqual([
      'npm ci --ignore-scripts --no-audit --no-fund',
      'npm rebuild node --ignore-scripts=false',
      'npm rebuild @discordjs/opus --ignore-scripts=false',
    ]);
    expect(installsOf(first.calls)).toEqual(['ffmpeg', 'yt-dlp']);
    expect(first.said).toMatch(/set up in \d+ s\n$/);

    expect(await machine.setUp()).toEqual({ code: 0, said: '', calls: [] });
    const stamp = JSON.parse(await readFile(join(machine.root, 'node_modules/.tenuto-setup.json'), 'utf8'));
    expect(stamp.seconds).toBeGreaterThan(0);
  });

  it('says in one line that GitHub cannot be reached, and does not ask it again on the same day', async () => {
    const machine = await machineWith(FRESH);
    const first = await machine.setUp();
    expect(first.said.match(/GitHub/g)).toHaveLength(1);
    await rm(join(machine.root, '../bin/yt-dlp'));
    const again = await machine.setUp();
    expect(installsOf(again.calls)).toEqual(['yt-dlp']);
    expect(again.calls).not.toContain('download');
  });

  it('updates the lists of apt first when it knows nothing', async () => {
    const machine = await machineWith({ ...FRESH, 'apt-cache': 'process.exit(100)' });
    const { calls } = await machine.setUp();
    expect(calls.find((call) => call.startsWith('apt-get'))).toBe('apt-get update');
  });

  it('updates the lists of apt and tries again when they were too old', async () => {
    const machine = await machineWith(FRESH);
    await machine.command(
      'apt-get',
      `if (words.includes('update')) fs.writeFileSync(bin + '/updated', '');
       else if (!fs.existsSync(bin + '/updated')) process.exitCode = 100;
       else if (words.includes('ffmpeg')) put(bin + '/ffmpeg', "console.log('libopus')");
       else put(bin + '/yt-dlp', "console.log('2023.03.04')");`,
    );
    expect((await machine.setUp()).code).toBe(0);
  });

  it('brings a compiler when there is none', async () => {
    const machine = await machineWith(without(FRESH, 'g++', 'python3'));
    const { calls } = await machine.setUp();
    expect(installsOf(calls)).toContain('g++ make python3');
  });

  it('uses what is there', async () => {
    const machine = await machineWith(WITH_TOOLS);
    const { code, calls } = await machine.setUp();
    expect(code).toBe(0);
    expect(installsOf(calls)).toEqual([]);
  });

  it('does not believe in an ffmpeg without libopus', async () => {
    const machine = await machineWith({ ...WITH_TOOLS, ffmpeg: `console.log(' A..... aac')` });
    const { calls } = await machine.setUp();
    expect(installsOf(calls)).toEqual(['ffmpeg']);
  });
});

describe('set-up and yt-dlp', () => {
  const DOWNLOAD = `fs.writeFileSync(process.env.YOUTUBE_DL_DIR + '/yt-dlp', '#!' + process.execPath + '\\nconsole.log("2026.11.10")');`;

  it("prefers youtube-dl-exec's own download where that works", async () => {
    const machine = await machineWith(WITH_TOOLS);
    await machine.download(DOWNLOAD);
    const { said } = await machine.setUp();
    expect(said).toContain('yt-dlp: 2026.11.10 downloaded');
    expect(await readdir(join(machine.root, 'node_modules/youtube-dl-exec/bin'))).toEqual(['yt-dlp']);
  });

  it('does not keep a download that does not start', async () => {
    const machine = await machineWith(WITH_TOOLS);
    await machine.download(DOWNLOAD.replace('console.log', 'throw '));
    const { code, said } = await machine.setUp();
    expect(code).toBe(0);
    expect(said).toContain('does not start here');
    expect(await readdir(join(machine.root, 'node_modules/youtube-dl-exec'))).toEqual(['scripts']);
  });

  it('downloads again with --update', async () => {
    const machine = await machineWith(WITH_TOOLS);
    await machine.download(DOWNLOAD);
    await machine.setUp();
    expect((await machine.setUp(['--update'])).calls).toContain('download');
  });

  it.each(['YTDLP_PATH="{path}" # mine', "export YTDLP_PATH='{path}'", ' YTDLP_PATH = {path} '])(
    'takes the one of .env: %s',
    async (line) => {
      const machine = await machineWith({ ...WITH_TOOLS, mine: `console.log('2026.11.11')` });
      const path = join(machine.root, '../bin/mine');
      await writeFile(
        join(machine.root, '.env'),
        `DISCORD_TOKEN=x\n# YTDLP_PATH=/no\n${line.replace('{path}', path)}\n`,
      );
      const { code, said, calls } = await machine.setUp();
      expect(code, said).toBe(0);
      expect(calls).toContain('mine --version');
      expect(calls).not.toContain('download');
    },
  );

  it('looks again when the configured path has changed', async () => {
    const machine = await machineWith(WITH_TOOLS);
    await machine.setUp();
    const { code, said } = await machine.setUp([], { YTDLP_PATH: '/nowhere/yt-dlp' });
    expect(code).toBe(1);
    expect(said).toContain('YTDLP_PATH is /nowhere/yt-dlp, which does not start');
  });
});

describe('set-up where something cannot be had', () => {
  it('says what to type when apt fails, and that it failed', async () => {
    const machine = await machineWith({ ...FRESH, 'apt-get': `console.error('E: no network'); process.exit(100)` });
    const { code, said } = await machine.setUp();
    expect(code).toBe(1);
    expect(said).toContain('E: no network');
    expect(said).toContain('sudo apt-get install -y --no-install-recommends ffmpeg');
  });

  it.each([
    ['brew', 'Please type:  brew install ffmpeg'],
    ['dnf', 'Please type:  sudo dnf install -y ffmpeg'],
    ['pacman', 'Please type:  sudo pacman -S --needed ffmpeg'],
    ['apk', 'Please type:  sudo apk add ffmpeg'],
    ['none', "Please install, with your system's package manager:  ffmpeg"],
  ])('says what to type where there is %s', async (manager, text) => {
    const machine = await machineWith({ ...without(FRESH, 'apt-get'), [manager]: '' });
    const { code, said, calls } = await machine.setUp();
    expect(code).toBe(1);
    expect(said).toContain(text);
    expect(calls.filter((call) => call.startsWith(manager))).toEqual([]);
  });

  it('asks for all of it in one command', async () => {
    const machine = await machineWith({ ...without(FRESH, 'apt-get', 'g++'), dnf: '' });
    const { code, said } = await machine.setUp();
    expect(code).toBe(1);
    expect(said).toContain('Please type:  sudo dnf install -y gcc-c++ make python3 ffmpeg yt-dlp\n');
  });

  it('lets the bot start without tools, tells it once, and looks again when asked for more', async () => {
    const machine = await machineWith(without(FRESH, 'apt-get'));
    const first = await machine.setUp(['--for=start']);
    expect(first.code).toBe(0);
    expect(first.said).toMatch(/ffmpeg: Please install/);
    expect(first.said).toMatch(/yt-dlp: Please install/);
    expect(await machine.setUp(['--for=start'])).toEqual({ code: 0, said: '', calls: [] });
    expect((await machine.setUp()).code).toBe(1);
  });

  it('brings only packages for the doctor', async () => {
    const machine = await machineWith(without(FRESH, 'apt-get'));
    const { code, said } = await machine.setUp(['--for=doctor']);
    expect(code).toBe(0);
    expect(said).not.toMatch(/ffmpeg|yt-dlp/);
  });

  it('shows what npm said when it failed', async () => {
    const machine = await machineWith({ ...WITH_TOOLS, npm: `console.error('npm error network'); process.exit(1)` });
    const { code, said } = await machine.setUp();
    expect(code).toBe(1);
    expect(said).toContain('npm error network');
  });
});

describe('set-up for the tests', () => {
  it('brings PostgreSQL, once, after it has seen to it that the package starts no server', async () => {
    const machine = await machineWith(FRESH);
    const { code, said, calls } = await machine.setUp(['--for=test']);
    expect(code, said).toBe(0);
    expect(installsOf(calls)).toEqual(['ffmpeg', 'yt-dlp', 'postgresql']);
    const order = calls.filter((call) => call.startsWith('sh -c') || call.endsWith(' postgresql'));
    expect(order.map((call) => call.split(' ')[0])).toEqual(['apt-cache', 'sh', 'apt-get']);
    expect(await machine.setUp(['--for=test'])).toEqual({ code: 0, said: '', calls: [] });
  });

  it('brings no PostgreSQL for anything else', async () => {
    const machine = await machineWith(FRESH);
    expect(installsOf((await machine.setUp()).calls)).not.toContain('postgresql');
  });

  it('goes on without PostgreSQL where it cannot be had and says so once, but not in continuous integration', async () => {
    const machine = await machineWith(without(WITH_TOOLS, 'apt-get'));
    const { code, said } = await machine.setUp(['--for=test']);
    expect(code, said).toBe(0);
    expect(said).toContain("postgresql: Please install, with your system's package manager:  postgresql");
    expect(await machine.setUp(['--for=test'])).toEqual({ code: 0, said: '', calls: [] });
    expect((await machine.setUp(['--for=test'], { CI: 'true' })).code).toBe(1);
  });
});

describe('set-up and other set-ups', () => {
  const ciOf = (calls: readonly string[]) => calls.filter((call) => call.startsWith('npm ci'));

  it('does the work once when two run at the same time', async () => {
    const machine = await machineWith(WITH_TOOLS);
    const [one, two] = await Promise.all([machine.setUp(), machine.setUp()]);
    expect([one.code, two.code]).toEqual([0, 0]);
    expect(ciOf([...new Set([...one.calls, ...two.calls])])).toHaveLength(1);
    expect(await readdir(join(machine.root, 'data'))).toEqual([]);
  });

  it('goes on where the one before was killed', async () => {
    const machine = await machineWith(WITH_TOOLS);
    const gone = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(gone, 'exit');
    await mkdir(join(machine.root, 'data'));
    await writeFile(join(machine.root, 'data/.setup.lock'), String(gone.pid));
    expect((await machine.setUp()).code).toBe(0);
  });

  it('leaves packages alone that npm has installed as locked', async () => {
    const machine = await machineWith(WITH_TOOLS);
    await machine.setUp();
    await writeFile(join(machine.root, 'node_modules/.tenuto-setup.json'), 'not JSON');
    expect(ciOf((await machine.setUp()).calls)).toEqual([]);
  });

  it('installs again when the lock file has changed', async () => {
    const machine = await machineWith(WITH_TOOLS);
    await machine.setUp();
    const lock = JSON.parse(await readFile(join(machine.root, 'package-lock.json'), 'utf8'));
    lock.packages['node_modules/sodium-native'].version = '99.0.0';
    await writeFile(join(machine.root, 'package-lock.json'), JSON.stringify(lock));
    expect(ciOf((await machine.setUp()).calls)).toHaveLength(1);
  });
});

/** What apt was asked to install, call by call. */
function installsOf(calls: readonly string[]): readonly string[] {
  const marker = '--no-install-recommends ';
  return calls
    .filter((call) => call.startsWith('apt-get') && call.includes(marker))
    .map((call) => call.split(marker)[1] ?? '');
}
