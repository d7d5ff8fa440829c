import { expect, it } from 'vitest';
import { segmentStep, type SegmentsSeen, type SegmentStep } from '../../src/player/segments-policy.ts';

const A = { startMs: 10_000, endMs: 20_000 };
const B = { startMs: 30_000, endMs: 40_000 };
const skip = (segment: typeof A): SegmentStep => ({ kind: 'skip', segment });
const wait = (ms: number): SegmentStep => ({ kind: 'wait', ms });

it.each<[string, Partial<SegmentsSeen>, SegmentStep]>([
  ['before the first one', { positionMs: 4_000 }, wait(6_000)],
  ['where one begins', { positionMs: 10_000 }, skip(A)],
  ['in the middle of one', { positionMs: 15_000 }, skip(A)],
  ['where one is as good as over', { positionMs: 19_800 }, wait(10_200)],
  ['where one was left, half a packet before its end', { positionMs: 19_990 }, wait(10_010)],
  ['behind all', { positionMs: 50_000 }, { kind: 'nothing' }],
  ['of a track without any', { segments: [] }, { kind: 'nothing' }],
  ['in one that was tried, and could not be left', { positionMs: 15_000, tried: A }, wait(15_000)],
  ['in one to which a person went', { positionMs: 15_000, soughtMs: 15_000 }, wait(15_000)],
  ['in the same one, some time later', { positionMs: 19_000, soughtMs: 12_000 }, wait(11_000)],
  ['in the next one, to which nobody went', { positionMs: 30_000, soughtMs: 15_000 }, skip(B)],
  ['in the same one, as the track began anew', { positionMs: 10_000, soughtMs: 15_000 }, skip(A)],
  ['in one that begins where a person went before it', { positionMs: 10_000, soughtMs: 9_000 }, skip(A)],
])('%s', (_name, seen, step) => {
  expect(segmentStep({ segments: [A, B], positionMs: 0, soughtMs: null, tried: null, ...seen })).toEqual(step);
});
