import { expect, it } from 'vitest';
import { parsePlace } from '../../src/lib/place.ts';

it.each([
  ['90', 'beginning', 90],
  ['0', 'beginning', 0],
  ['90s', 'beginning', 90],
  ['1:30', 'beginning', 90],
  ['01:30', 'beginning', 90],
  ['90:00', 'beginning', 5_400],
  ['1:02:03', 'beginning', 3_723],
  ['1m30s', 'beginning', 90],
  ['1m 30s', 'beginning', 90],
  ['1m30', 'beginning', 90],
  ['2 min', 'beginning', 120],
  ['1h', 'beginning', 3_600],
  ['1h2m3s', 'beginning', 3_723],
  [' 1:30 ', 'beginning', 90],
  ['1M30S', 'beginning', 90],
  ['+30', 'here', 30],
  ['-10', 'here', -10],
  ['+1:30', 'here', 90],
  ['- 1m', 'here', -60],
] as const)('"%s" is from the %s %i seconds', (text, from, seconds) => {
  expect(parsePlace(text)).toEqual({ from, ms: seconds * 1_000 });
});

it.each([
  '',
  ' ',
  '+',
  '-',
  '1:3',
  '1:60',
  '1:60:00',
  '1:2:03',
  ':30',
  '1:',
  '1:30:',
  '30s1m',
  'm',
  'h',
  '1.5',
  '1e3',
  '0x10',
  '++1',
  '+-1',
  'Infinity',
  'NaN',
  '١:٣٠',
  '9999999',
  '1m30s; rm',
  '-ss 10',
])('"%s" is no place', (text) => {
  expect(parsePlace(text)).toBeNull();
});
