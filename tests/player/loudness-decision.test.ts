import { describe, expect, it } from 'vitest';
import { amplitudeOf, loudnessIn, normalisingDb } from '../../src/player/audio/loudness.ts';

describe('a track is changed by', () => {
  it.each([
    // LUFS, off, down, both
    [null, 0, 0, 0],
    [-14, 0, 0, 0],
    [-12.6, 0, 0, 0],
    [-12.4, 0, -1.6, -1.6],
    [-9, 0, -5, -5],
    [-1, 0, -12, -12],
    [3, 0, -12, -12],
    [-15.4, 0, 0, 0],
    [-16, 0, 0, 2],
    [-20, 0, 0, 6],
    [-45, 0, 0, 6],
  ])('%s LUFS: off %s, down %s, both %s dB', (lufs, off, down, both) => {
    const changes = (['off', 'down', 'both'] as const).map((mode) => normalisingDb(lufs, mode));
    for (const [index, wanted] of [off, down, both].entries()) expect(changes[index]).toBeCloseTo(wanted, 6);
  });

  it('a gain that doubles or halves the amplitude at 6 dB', () => {
    expect([amplitudeOf(0), amplitudeOf(-6.0206), amplitudeOf(6.0206)]).toEqual([
      1,
      expect.closeTo(0.5, 4),
      expect.closeTo(2, 4),
    ]);
  });
});

describe('the loudness in what ffmpeg says', () => {
  const summary = (lufs: string) =>
    `[Parsed_ebur128_0 @ 0x5636d2e3f600] Summary:\n\n  Integrated loudness:\n    I:         ${lufs} LUFS\n    Threshold: -31.8 LUFS\n`;
  const tags = (...lines: string[]) => `    Metadata:\n${lines.map((line) => `      ${line}\n`).join('')}`;

  it.each([
    ['what was measured', summary('-9.3'), -9.3],
    ['nothing, as all is silent', summary('-70.0'), null],
    ['nothing, as it ended before that', 'Conversion failed!', null],
    [
      'the ReplayGain of the whole track before the measurement',
      tags('REPLAYGAIN_TRACK_GAIN: -7.03 dB') + summary('-9'),
      -10.97,
    ],
    ['R128 before ReplayGain', tags('R128_TRACK_GAIN : -2304', 'REPLAYGAIN_TRACK_GAIN: -7 dB') + summary('-9.0'), -14],
    ['the measurement where the tag is nonsense', tags('REPLAYGAIN_TRACK_GAIN: loud') + summary('-9.0'), -9],
    ['the measurement where the tag cannot be', tags('R128_TRACK_GAIN: 30000') + summary('-9.0'), -9],
    [
      'the last one, as a title may look like one',
      tags('title: Integrated loudness: I: -50.0 LUFS') + summary('-9.0'),
      -9,
    ],
  ])('is %s', (_name, said, lufs) => {
    const found = loudnessIn(said);
    expect(found === null ? null : Math.round(found * 100) / 100).toBe(lufs);
  });
});
