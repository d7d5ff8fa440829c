import { expect, it } from 'vitest';
import { menuRows, optionsOf } from '../../src/discord/menus.ts';

const option = (value: string) => ({ label: value, value, description: 'x' });

it('is a row of its own with each value once, as many as Discord takes', () => {
  const options = [option('a'), option('a'), ...Array.from({ length: 40 }, (_, n) => option(`${n}`))];
  const [row] = menuRows({ next: false, options });
  expect(row?.components[0]?.options).toHaveLength(25);
  expect(new Set(row?.components[0]?.options.map(({ value }) => value)).size).toBe(25);
  expect(menuRows(undefined)).toEqual([]);
});

it.each([true, false])('knows all that /play has to be told, in its id and value: next %j', (next) => {
  const id = menuRows({ next, options: [option('a')] })[0]?.components[0]?.custom_id ?? '';
  const options = optionsOf(id, 'a');
  expect([options?.string('query'), options?.boolean('next'), options?.string('position')]).toEqual(['a', next, null]);
});

it('is not ours when its id is another', () => {
  expect([optionsOf('choose:first', 'a'), optionsOf('do:resume', 'a')]).toEqual([null, null]);
});
