import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * Reads which process groups live, one line each, until the other end of its input is gone: then it ends those that are left.
 * Signals are for the bot, so that whoever ends both does not end the one that must be last.
 */
const SCRIPT = `
trap '' HUP INT TERM PIPE
groups=' '
while read -r change group; do
  case $change in
    +) groups="$groups$group " ;;
    -) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group"; done`;

/**
 * Ends what this process has started when this process ends, also by kill -9: a tiny shell of its own session that outlives us
 * by a moment. Where no shell can be started nothing is guarded, which `npm run doctor` tells.
 */
export class OrphanGuard {
  readonly #groups = new Set<number>();
  #shell: ChildProcess | null = null;

  /** The leader of a process group lives. Costs one small write; the first time also the start of the shell. */
  add(pid: number): void {
    this.#groups.add(pid);
    // One that was killed is replaced by the next child that comes, and told of all.
    if (this.#shell) this.#tell(`+ ${pid}\n`);
    else this.#start();
  }

  /** The whole group is gone. */
  remove(pid: number): void {
    this.#groups.delete(pid);
    this.#tell(`- ${pid}\n`);
  }

  /** Lets the shell go, as the end of this process would: groups that are still there are ended. */
  close(): void {
    this.#shell?.stdin?.end();
    this.#shell = null;
  }

  #start(): void {
    if (process.platform === 'win32') return;
    const shell: ChildProcess = spawn('/bin/sh', ['-c', SCRIPT], {
      cwd: '/',
      env: {},
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    this.#shell = shell;
    const gone = () => {
      if (this.#shell === shell) this.#shell = null;
    };
    shell.on('error', gone);
    shell.on('exit', gone);
    shell.stdin?.on('error', gone);
    // It waits for us, and we never for it.
    shell.unref();
    if (shell.stdin instanceof Socket) shell.stdin.unref();
    this.#tell(Array.from(this.#groups, (pid) => `+ ${pid}\n`).join(''));
  }

  #tell(lines: string): void {
    this.#shell?.stdin?.write(lines);
  }
}
