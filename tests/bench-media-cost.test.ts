import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { longestGap, placesOf } from '../bench/media-cost/listening.ts';
import { missedOf, target } from '../bench/media-cost/target.ts';
import { ROWS } from '../bench/media-cost/ways.ts';
import type { HeardPacket } from '../loopback/ears.ts';

const BENCH = join(import.meta.dirname, '../bench/bench-media.ts');

describe('a target', () => {
  it('is missed at its limit, unless that is allowed, and where nothing was measured', () => {
    expect(target('gap', 40, 40, 'below').met).toBe(false);
    expect(target('gap', 39.9, 40, 'below').met).toBe(true);
    expect(target('CPU', 1, 1, 'or the same').met).toBe(true);
    expect(target('gap', Number.NaN, 40, 'below').met).toBe(false);
    expect(missedOf([target('gap', 50, 40, 'below'), target('CPU', 1, 1, 'or the same')])).toEqual(['gap: 50, not 40']);
  });
});

it('knows a packet by its bytes, and the longest time between two', () => {
  const song = ['a', 'b', 'c'].map((text) => Buffer.from(text));
  const place = placesOf(song);
  expect([place(Buffer.from('c')), place(Buffer.from('d'))]).toEqual([2, null]);
  const heard = [0, 20, 75, 90].map((at) => ({ at }) as HeardPacket);
  expect(longestGap(heard)).toBe(55);
});

it('measures everything, and says it in one line', async () => {
  const child = spawn(process.execPath, [BENCH, '--quick', '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGTERM'));
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  await once(child, 'close');
  const targets = (count: number) => Array.from({ length: count }, () => ({ met: expect.any(Boolean) }));
  const milliseconds = { median_ms: expect.any(Number) };
  // How good the figures are says more about what else the machine does just now.
  expect(JSON.parse(out.trim().split('\n').at(-1) ?? '')).toMatchObject({
    failure: null,
    quick: true,
    cost: {
      rows: ROWS.map(({ name, beside }) => ({
        name,
        ways: ['tenuto', ...beside].map((way) => ({ way, cpu_ms: expect.any(Number) })),
      })),
      targets: targets(2),
    },
    starts: { rows: Array.from({ length: 5 }, () => milliseconds), targets: targets(3) },
    changes: { rows: Array.from({ length: 6 }, () => ({ heard_ms: expect.any(Number) })), targets: targets(6) },
    // However slow the machine is: nothing is missing between two songs.
    tracks: { rows: [{ missing: 0 }, { missing: 0 }], targets: targets(2) },
  });
}, 400_000);
