import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Measurement } from './measurement.ts';
import { rounded } from './statistics.ts';

interface Wish {
  readonly measurements: readonly Measurement[];
  readonly json: boolean;
  readonly quick: boolean;
}

/**
 * Takes the measurements that the command line names, or all, and says what came out. Exit code 1 when one failed or
 * missed what it must show, 2 when the command line is not understood.
 */
export async function runMeasurements(known: readonly Measurement[]): Promise<void> {
  try {
    await bench(read(known));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
  }
}

function read(known: readonly Measurement[]): Wish {
  const options = { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const names = known.map(({ name }) => name);
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`There is no measurement "${unknown}"; there are: ${names.join(', ')}`);
  const measurements = known.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  return { ...values, measurements };
}

async function bench({ measurements, json, quick }: Wish): Promise<void> {
  const life = new AbortController();
  const stop = () => life.abort(new Error('interrupted'));
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const began = performance.now();
  const before = load();
  console.log(`Load of this machine before: ${before.join(' ')} on ${availableParallelism()} cores.`);

  const figures: Record<string, object> = {};
  const missed: string[] = [];
  const failure = await runAll();
  const after = load();
  console.log(`\nLoad of this machine after: ${after.join(' ')}.`);
  if (failure !== null) console.log(`\n${failure}`);
  for (const line of missed) console.log(`\nMissed: ${line}`);
  const ok = failure === null && missed.length === 0;
  process.exitCode = ok ? 0 : 1;
  const seconds = Math.round((performance.now() - began) / 1_000);
  const machine = { node: process.version, cores: availableParallelism(), load_before: before, load_after: after };
  if (json) console.log(JSON.stringify({ ok, failure, missed, quick, seconds, machine, ...figures }));

  async function runAll(): Promise<string | null> {
    for (const { name, title, run } of measurements) {
      console.log(`\n${name}: ${title}`);
      try {
        const say = (line: string) => console.log(`  · ${line}`);
        const { table, notes, figures: measured, missed: misses = [] } = await run({ quick, signal: life.signal, say });
        figures[name] = measured;
        missed.push(...misses);
        console.log(`\n${aligned(table)}\n\n${notes.map((note) => `  ${note}`).join('\n')}`);
      } catch (error) {
        return `${name} failed: ${explain(error)}`;
      }
    }
    return null;
  }
}

function load(): readonly number[] {
  return loadavg().map((value) => rounded(value, 2));
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${explain(error.cause)}\n${error.message}`;
}

function aligned(table: readonly (readonly string[])[]): string {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table.map((row) => `  ${row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')}`).join('\n');
}
