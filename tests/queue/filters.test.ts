import { describe, expect, it } from 'vitest';
import { FILTERS, filterInWords, noFilters, readFilters, toggling, type Filter } from '../../src/queue/filters.ts';

const BASS: Filter = { name: 'bassboost', amount: 8 };
const SPEED: Filter = { name: 'speed', amount: 150 };
const EIGHT: Filter = { name: '8d', amount: null };

describe('a filter', () => {
  it.each<[string, readonly Filter[], string, number | null, readonly Filter[]]>([
    ['is turned on', [], '8d', null, [EIGHT]],
    ['is turned on as it usually is', [], 'bassboost', null, [BASS]],
    ['is turned on beside others', [EIGHT], 'speed', 150, [EIGHT, SPEED]],
    ['is turned off when it is on', [EIGHT, SPEED], '8d', null, [SPEED]],
    ['is turned off however it was set', [SPEED], 'speed', null, []],
    ['is set anew', [{ name: 'speed', amount: 75 }, EIGHT], 'speed', 150, [EIGHT, SPEED]],
  ])('%s', (_what, on, name, amount, after) => {
    expect(toggling(name, amount)(on)).toEqual(after);
  });

  it('changes nothing where it is as it was wanted', () => {
    const on = [SPEED, EIGHT];
    expect(toggling('speed', 150)(on)).toBe(on);
    const none: readonly Filter[] = [];
    expect(noFilters(none)).toBe(none);
  });

  it('is off with all others', () => {
    expect(noFilters([BASS, EIGHT])).toEqual([]);
  });

  it.each<[string, number | null]>([
    ['reverb', null],
    ['__proto__', null],
    ['constructor', null],
    ['', null],
    ['volume=10', null],
    ['8d', 3],
    ['speed', 49],
    ['speed', 201],
    ['speed', 100.5],
    ['speed', Number.NaN],
    ['speed', Number.POSITIVE_INFINITY],
    ['bassboost', 0],
    ['bassboost', -5],
  ])('cannot be %s with %s', (name, amount) => {
    expect(() => toggling(name, amount)([])).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  });

  it('is told by name, with its amount', () => {
    expect([BASS, SPEED, EIGHT].map(filterInWords)).toEqual(['Bass boost (8 dB)', 'Speed (150 %)', '8D']);
  });

  it('is one of no more than Discord has room for, with "off"', () => {
    expect(Object.keys(FILTERS).length + 1).toBeLessThanOrEqual(25);
  });
});

it.each<[string, unknown, readonly Filter[], readonly unknown[]]>([
  ['what is known', [BASS, EIGHT], [BASS, EIGHT], []],
  ['nothing', [], [], []],
  ['each once', [BASS, { name: 'bassboost', amount: 9 }], [BASS], [{ name: 'bassboost', amount: 9 }]],
  ['no other names', [{ name: 'reverb', amount: 1 }, EIGHT], [EIGHT], [{ name: 'reverb', amount: 1 }]],
  ['nothing out of bounds', [{ name: 'speed', amount: 900 }], [], [{ name: 'speed', amount: 900 }]],
  ['nothing without its amount', [{ name: 'speed', amount: null }], [], [{ name: 'speed', amount: null }]],
  ['no words for numbers', [{ name: 'speed', amount: '150' }], [], [{ name: 'speed', amount: '150' }]],
  ['nothing that is no filter', [7, null, 'speed'], [], [7, null, 'speed']],
  ['nothing that is no list', 'speed', [], ['speed']],
])('reads of a stored list %s', (_what, stored, filters, dropped) => {
  expect(readFilters(stored)).toEqual({ filters, dropped });
});
