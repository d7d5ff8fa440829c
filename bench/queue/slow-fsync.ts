import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Each flush of the disk takes this much longer: what a bad or busy disk does. */
export const FSYNC_MS = 50;

/** fsync(2) and fdatasync(2) that sleep first, for a program that is started with this in LD_PRELOAD. */
const SOURCE = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static int slowly(const char *name, int file) {
  struct timespec pause = {0, ${FSYNC_MS} * 1000000L};
  nanosleep(&pause, 0);
  return ((int (*)(int))dlsym(RTLD_NEXT, name))(file);
}
int fsync(int file) { return slowly("fsync", file); }
int fdatasync(int file) { return slowly("fdatasync", file); }
`;

/** Compiles the library into the folder and resolves with its path, or with null where there is no C compiler. */
export async function compileSlowFsync(folder: string): Promise<string | null> {
  const [source, library] = [join(folder, 'slow-fsync.c'), join(folder, 'slow-fsync.so')];
  await writeFile(source, SOURCE);
  const compiler = spawn('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl'], { stdio: 'ignore' });
  const [code] = (await once(compiler, 'close').catch(() => [null])) as [number | null];
  return code === 0 ? library : null;
}
