/**
 * `node writer.ts <file> <FULL|NORMAL> <seed> <guilds>`: does to queues whatever can be done to them, all guilds at once, as fast as
 * the disk takes it, and says on its standard output what it is about to do and what is durable. Ends when the disk does.
 */
import { Worker } from 'node:worker_threads';
import { AdvancedQueueManager } from '../../src/queue/advanced-queue-manager.ts';
import { KeyvStore } from '../../src/storage/keyv-store.ts';
import { SqliteAdapter } from '../../src/storage/sqlite-adapter.ts';
import { sqliteDriver, startSqliteWorker } from '../../src/storage/sqlite-driver.ts';
import { Dice } from '../chaos/dice.ts';
import { drawWish, type Report } from './wishes.ts';

const [file = '', synchronous = 'FULL', seed = '1', guilds = '1'] = process.argv.slice(2);

const worker =
  synchronous === 'FULL'
    ? startSqliteWorker(file)
    : new Worker(new URL('./careless-worker.ts', import.meta.url), {
        workerData: { path: file, again: false },
        execArgv: [],
      });
const adapter = new SqliteAdapter(sqliteDriver(worker, (line) => console.error(line)));
await adapter.ready;
const queues = new AdvancedQueueManager({ store: new KeyvStore(adapter) });
queues.on('problem', () => undefined);
await queues.load();

// A pipe takes it at once: what was said is out when the next line runs.
const say = (report: Report) => process.stdout.write(`${JSON.stringify(report)}\n`);

async function live(guildId: string, dice: Dice): Promise<never> {
  for (let number = 1; ; number += 1) {
    const wish = drawWish(queues.queue(guildId), dice, `${seed}-${guildId}-${number}`);
    say({ guildId, wish });
    if ('operation' in wish) await queues.apply(guildId, wish.operation);
    else await queues.updateSession(guildId, wish.session);
    say({ guildId, done: true });
  }
}

const lives = Array.from({ length: Number(guilds) }, (_, index) =>
  live(`${index}`, new Dice(Number(seed) * 100 + index)),
);
await Promise.race(lives).catch(() => process.exit(0));
