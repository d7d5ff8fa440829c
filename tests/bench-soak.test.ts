import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Dice } from '../bench/chaos/dice.ts';
import type { Lane, Seat } from '../bench/lane.ts';
import { nodeOptionsOf, START_OPTIONS } from '../bench/node-options.ts';
import { collected } from '../bench/soak/collected.ts';
import { INSPECTED } from '../bench/soak/inspector.ts';
import { HURRY, hurry, live, TROUBLE } from '../bench/soak/life.ts';
import { isFlat, lowest, slopeOf } from '../bench/soak/slope.ts';

describe('the course of memory', () => {
  const sawtooth = Array.from({ length: 60 }, (_, x) => ({ x, y: 200 + (x % 7) * 5 }));

  it('is flat when it goes up and down', () => {
    expect(slopeOf(lowest(sawtooth, 6)).slope).toBeCloseTo(0, 1);
    expect(isFlat(slopeOf(sawtooth))).toBe(true);
  });

  it('is not when some of it stays', () => {
    const leaking = sawtooth.map(({ x, y }) => ({ x, y: y + 0.3 * x }));
    expect(slopeOf(lowest(leaking, 6)).slope).toBeCloseTo(0.3, 1);
    expect(isFlat(slopeOf(leaking))).toBe(false);
  });

  it('shows less the more each value depends on the one before', () => {
    const values = [-3, -2, -1, 0, 1, 2, 3];
    const drawn = (series: readonly number[]) => slopeOf(series.map((y, x) => ({ x, y })));
    const slow = drawn([...values, ...values.toReversed()]);
    const quick = drawn(values.flatMap((value) => [value, -value]));
    expect(slow.error).toBeGreaterThan(2 * quick.error);
  });

  it('is known to be flat of nothing', () => {
    expect(isFlat(slopeOf([]))).toBe(false);
  });
});

describe('the options of Node', () => {
  it("are those of the command line, without anybody's settings", () => {
    expect(nodeOptionsOf('node --one=1 --env-file-if-exists=.env --two src/main.ts')).toBe('--one=1 --two');
  });

  it('bound the young generation, which else grows to 128 MB of garbage', () => {
    expect(START_OPTIONS).toMatch(/^--max-semi-space-size=\d+$/);
  });
});

describe('life', () => {
  const EVENTS = 8_000;

  /** Lets chance do so much to a guild with a queue of three that goes round. */
  async function lived(act: typeof live) {
    const seen = { faults: 0, skips: 0, queued: 3 };
    const slash = (name: string, options?: { readonly position: number }) => {
      if (name === 'skip') seen.skips += 1;
      if (name === 'play') seen.queued += 1;
      // What plays has no number.
      if (name === 'remove' && (options?.position ?? 0) < seen.queued) seen.queued -= 1;
    };
    const lane = { loopback: { faults: { throw: () => (seen.faults += 1) } } } as unknown as Lane;
    const seat = { ada: { slash } } as unknown as Seat;
    const dice = new Dice(1);
    for (let event = 0; event < EVENTS; event += 1) await act(lane, [seat], dice);
    return seen;
  }

  it('makes no queue longer', async () => {
    const { queued, skips } = await lived(live);
    expect(skips).toBeGreaterThan(EVENTS / 20);
    expect(queued).toBeGreaterThanOrEqual(3);
    expect(queued).toBeLessThan(20);
  });

  it('lets people do more in a hurry, and things go wrong a little more often', async () => {
    const [ordinary, hurried] = [await lived(live), await lived(hurry)];
    expect(hurried.skips).toBeGreaterThan(ordinary.skips);
    expect((hurried.faults * HURRY) / ordinary.faults / TROUBLE).toBeCloseTo(1, 0);
  });
});

/** Keeps 8 MB a line, in the heap of the main thread, of a worker, or as bytes outside of both; or lets them go at once. */
const PROGRAM = `
  const { Worker } = require('node:worker_threads');
  const kept = [];
  const numbers = () => Array.from({ length: 1 << 20 }, (_, index) => index + 0.5);
  const worker = new Worker(
    "const kept = []; const port = require('node:worker_threads').parentPort;" +
    "port.on('message', () => { kept.push((" + numbers + ")()); port.postMessage(kept.length); });",
    { eval: true },
  );
  worker.on('message', () => console.log('done'));
  const acts = {
    heap: () => kept.push(numbers()),
    bytes: () => kept.push(Buffer.alloc(8 << 20, 1)),
    garbage: () => numbers(),
  };
  require('node:readline').createInterface(process.stdin).on('line', (line) => {
    if (line === 'worker') return worker.postMessage(0);
    acts[line]();
    console.log('done');
  });
`;

async function program() {
  const child = spawn(process.execPath, [INSPECTED, '-e', PROGRAM]);
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const said = createInterface(child.stdout);
  const [greeting] = (await once(createInterface(child.stderr), 'line')) as [string];
  const url = /ws:\S+/.exec(greeting)?.[0] ?? '';
  return {
    live: async () => {
      const inspected = { pid: child.pid ?? 0, inspectorUrl: url };
      const { liveMb } = await collected(inspected, AbortSignal.timeout(60_000), 10);
      return liveMb;
    },
    async told(line: string) {
      const done = once(said, 'line');
      child.stdin.write(`${line}\n`);
      await done;
    },
  };
}

describe('live memory', () => {
  it.each([
    ['heap', 8],
    ['worker', 8],
    ['bytes', 8],
    ['garbage', 0],
  ])(
    'grows, after %s, by %i MB',
    async (kind, grown) => {
      const { live, told } = await program();
      // The first time around, code is compiled.
      await told(kind);
      const before = await live();
      await told(kind);
      expect(Math.abs((await live()) - before - grown)).toBeLessThan(1.5);
    },
    60_000,
  );
});
