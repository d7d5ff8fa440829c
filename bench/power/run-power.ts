import { createInterface } from 'node:readline';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { AdvancedQueueManager } from '../../src/queue/advanced-queue-manager.ts';
import { openStore } from '../../src/storage/index.ts';
import { sleep, within } from '../../src/lib/time.ts';
import { Dice } from '../chaos/dice.ts';
import { Disk } from './disk.ts';
import { Ledger } from './ledger.ts';
import type { Report } from './wishes.ts';

/** When SQLite waits for the disk: https://www.sqlite.org/pragma.html#pragma_synchronous */
export type Synchronous = 'FULL' | 'NORMAL';

export interface PowerOptions {
  readonly synchronous: Synchronous;
  readonly rounds: number;
  readonly guilds: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** What came of it, for programs. */
export interface PowerFigures {
  readonly rounds: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly wrong_states: number;
}

const WRITER = join(import.meta.dirname, 'writer.ts');
const SHORTEST_MS = 300;
const LONGEST_MS = 1_500;
const START_MS = 20_000;
const END_MS = 1_000;

/** Cuts the current again and again while a program writes; afterwards all that it said was durable must be there. Throws NoDisk. */
export async function runPower(options: PowerOptions): Promise<PowerFigures> {
  const { synchronous, rounds, guilds, seed, signal, say } = options;
  await using disk = await Disk.make();
  const file = join(disk.path, 'tenuto.sqlite');
  const dice = new Dice(seed);
  const ledgers = new Map(Array.from({ length: guilds }, (_, index) => [`${index}`, new Ledger()]));
  const figures = { rounds, acknowledged: 0, lost: 0, wrong_states: 0 };
  for (let round = 1; round <= rounds; round += 1) {
    signal.throwIfAborted();
    await write(disk, [file, synchronous, String(seed * 1_000 + round), String(guilds)], dice, ledgers);
    await disk.restart();
    const before = { ...figures };
    for (const ledger of ledgers.values()) figures.acknowledged += ledger.acknowledged;
    await compare(file, ledgers, figures);
    const [acknowledged, lost, wrong] = [
      figures.acknowledged - before.acknowledged,
      figures.lost - before.lost,
      figures.wrong_states - before.wrong_states,
    ];
    say(
      `${synchronous}, round ${round} of ${rounds}: ${acknowledged} acknowledged, ${lost} lost, ${wrong} wrong states`,
    );
  }
  return figures;
}

/** Lets the writer write, and cuts the current in the middle. */
async function write(
  disk: Disk,
  args: readonly string[],
  dice: Dice,
  ledgers: ReadonlyMap<string, Ledger>,
): Promise<void> {
  const writer = spawn(process.execPath, [WRITER, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(writer, 'exit');
  const complaints: string[] = [];
  createInterface({ input: writer.stderr }).on('line', (line) => complaints.push(line));
  const lines = createInterface({ input: writer.stdout });
  const closed = once(lines, 'close');
  const begun = once(lines, 'line');
  lines.on('line', (line) => {
    const report = JSON.parse(line) as Report;
    ledgers.get(report.guildId)?.take(report);
  });
  try {
    const early = exited.then(() => {
      throw new Error(`the writer ended early: ${complaints.join('\n')}`);
    });
    await within(START_MS, Promise.race([begun, early]), () => new Error('the writer did not begin'));
    early.catch(() => undefined);
    await sleep(dice.between(SHORTEST_MS, LONGEST_MS));
    await disk.cut();
    // It ends by itself when the disk fails; one that goes on has nothing more to say that could be true.
    await within(END_MS, exited, () => new Error('it goes on')).catch(() => undefined);
  } finally {
    writer.kill('SIGKILL');
    await exited;
    await closed;
  }
}

async function compare(
  file: string,
  ledgers: ReadonlyMap<string, Ledger>,
  figures: { lost: number; wrong_states: number },
) {
  const problem = () => void (figures.wrong_states += 1);
  const store = await openStore(`sqlite:${file}`, problem);
  try {
    const queues = new AdvancedQueueManager({ store });
    queues.on('set-aside', problem);
    await queues.load();
    for (const [guildId, ledger] of ledgers) {
      const verdict = ledger.compare({ queue: queues.queue(guildId), session: queues.session(guildId) });
      if (verdict.kind === 'lost') figures.lost += verdict.operations;
      if (verdict.kind === 'wrong') figures.wrong_states += 1;
    }
    await queues.close();
  } finally {
    await store.close();
  }
}
