import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sleep } from '../../src/lib/time.ts';

const run = promisify(execFile);

const SIZE = 128 * 1024 * 1024;
const UNMOUNT_TRIES = 50;
const UNMOUNT_AGAIN_MS = 100;
/**
 * EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH (fs/ext4/ext4.h of Linux): from that moment nothing is written any more, neither
 * data nor journal, as if the current were gone. Node has no ioctl; Python has.
 */
const SHUT_DOWN = `import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack('I', 2))`;

/** This machine does not let us make a disk of our own; says why. */
export class NoDisk extends Error {
  override readonly name = 'NoDisk';
}

/** An ext4 file system of its own in a file, whose current can be cut. Linux only, and for root only. Disposing unmounts and deletes it. */
export class Disk implements AsyncDisposable {
  /** Where it is mounted. */
  readonly path: string;
  readonly #device: string;
  readonly #ends: AsyncDisposableStack;

  private constructor(path: string, device: string, ends: AsyncDisposableStack) {
    this.path = path;
    this.#device = device;
    this.#ends = ends;
  }

  /** Throws NoDisk where that cannot be done. */
  static async make(): Promise<Disk> {
    if (process.platform !== 'linux') throw new NoDisk('it needs Linux');
    if (process.getuid?.() !== 0) throw new NoDisk('it needs root: to mount a file system of its own');
    await using ends = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), 'tenuto-power-'));
    ends.defer(() => rm(folder, { recursive: true, force: true }));
    const image = join(folder, 'disk');
    const path = join(folder, 'mounted');
    try {
      await run('python3', ['-c', 'import fcntl']);
      await mkdir(path);
      await writeFile(image, '');
      await truncate(image, SIZE);
      await run('mkfs.ext4', ['-q', '-F', image]);
      const { stdout } = await run('losetup', ['--find', '--show', image]);
      const device = stdout.trim();
      ends.defer(async () => void (await run('losetup', ['--detach', device])));
      await run('mount', ['-t', 'ext4', device, path]);
      ends.defer(() => unmount(path));
      return new Disk(path, device, ends.move());
    } catch (error) {
      throw new NoDisk(error instanceof Error ? error.message.trim() : String(error), { cause: error });
    }
  }

  /** The current is gone. */
  async cut(): Promise<void> {
    await run('python3', ['-c', SHUT_DOWN, this.path]);
  }

  /** The current is back, and the file system has mended itself from its journal. Nobody may have a file of it open. */
  async restart(): Promise<void> {
    await unmount(this.path);
    await run('mount', ['-t', 'ext4', this.#device, this.path]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ends.disposeAsync();
  }
}

/** A process that has just ended may hold it for a moment longer. */
async function unmount(path: string): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      await run('umount', [path]);
      return;
    } catch (error) {
      if (error instanceof Error && error.message.includes('not mounted')) return;
      if (tried === UNMOUNT_TRIES) throw error;
      await sleep(UNMOUNT_AGAIN_MS);
    }
  }
}
