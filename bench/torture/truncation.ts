import type { Case } from './case.ts';
import { demux } from './demuxing.ts';

/** What became of files that were cut off at each of their bytes. */
export interface CutCount {
  cuts: number;
  told: number;
  unnoticed: number;
  /** Packets that are not those of the file, up to where it was cut off. */
  wrong: number;
}

export function cutOff(cases: readonly Case[]): CutCount {
  const count: CutCount = { cuts: 0, told: 0, unnoticed: 0, wrong: 0 };
  for (const { container, bytes, packets } of cases) {
    const whole = Buffer.concat(packets ?? []);
    for (let length = 0; length < bytes.length; length += 1) {
      const { packets: heard, error } = demux(container, bytes.subarray(0, length), 1_000);
      const sound = Buffer.concat(heard);
      count.cuts += 1;
      if (error) count.told += 1;
      else count.unnoticed += 1;
      if (!whole.subarray(0, sound.length).equals(sound)) count.wrong += 1;
    }
  }
  return count;
}
