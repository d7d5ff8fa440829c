import { expect, it } from 'vitest';
import { blockedIn } from '../../src/settings/blocked-words.ts';

it.each<[string, string, string | null]>([
  ['All about that Bass', 'ass', null],
  ['what an ASS', 'ass', 'ass'],
  ['ass-hat', 'ass', 'ass'],
  ['Baby Shark (Official)', 'baby shark', 'baby shark'],
  ['baby   -   shark', 'baby shark', 'baby shark'],
  ['a\u200bss', 'ass', 'ass'],
  ['ＡＳＳ', 'ass', 'ass'],
  ['これは禁止です', '禁止', '禁止'],
  ['https://example.com/ass.mp3', 'ass', 'ass'],
  ['anything', '...', null],
  ['', 'ass', null],
])('in "%s", "%s" is found as %s', (text, word, found) => {
  expect(blockedIn(text, [word])).toBe(found);
});
