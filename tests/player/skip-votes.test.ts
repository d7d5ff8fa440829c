import { expect, it } from 'vitest';
import { SkipVotes } from '../../src/player/skip-votes.ts';

const FIVE = ['a', 'b', 'c', 'd', 'e'];

it.each([
  [1, 50, 1],
  [2, 50, 1],
  [3, 50, 2],
  [5, 50, 3],
  [5, 1, 1],
  [5, 66, 4],
  [5, 100, 5],
])('of %i listeners at %i percent, %i must want it', (listeners, ratio, needed) => {
  expect(new SkipVotes().cast('G', '1', 'a', FIVE.slice(0, listeners), ratio).needed).toBe(needed);
});

it('counts everybody once, and passes with the last that is needed', () => {
  const votes = new SkipVotes();
  const cast = (who: string) => votes.cast('G', '1', who, FIVE, 50);
  expect(cast('a')).toEqual({ votes: 1, needed: 3, passed: false });
  expect(cast('a')).toEqual({ votes: 1, needed: 3, passed: false });
  expect(cast('b')).toEqual({ votes: 2, needed: 3, passed: false });
  expect(cast('c')).toEqual({ votes: 3, needed: 3, passed: true });
});

it('takes the vote of somebody who has left back', () => {
  const votes = new SkipVotes();
  votes.cast('G', '1', 'a', FIVE, 50);
  expect(votes.cast('G', '1', 'b', ['b', 'c', 'd', 'e'], 50)).toEqual({ votes: 1, needed: 2, passed: false });
  expect(votes.cast('G', '1', 'b', FIVE, 50).votes).toBe(1);
});

it('counts no vote of somebody who is not there', () => {
  expect(new SkipVotes().cast('G', '1', 'x', FIVE, 1)).toEqual({ votes: 0, needed: 1, passed: false });
});

it('begins anew for another entry, another guild, and after it has passed', () => {
  const votes = new SkipVotes();
  votes.cast('G', '1', 'a', FIVE, 40);
  expect(votes.cast('G', '2', 'b', FIVE, 40).votes).toBe(1);
  expect(votes.cast('H', '2', 'a', FIVE, 40).votes).toBe(1);
  expect(votes.cast('G', '2', 'a', FIVE, 40).passed).toBe(true);
  expect(votes.cast('G', '2', 'c', FIVE, 40).votes).toBe(1);
});
