import { describe, expect, it } from 'vitest';
import {
  adding,
  emptying,
  ending,
  following,
  goingBack,
  jumping,
  moving,
  removing,
  replaying,
  shuffling,
  skipping,
  swapping,
  undoing,
  type Edit,
} from '../../src/player/queue-edits.ts';
import { applyOperation } from '../../src/queue/queue-operations.ts';
import { EMPTY_QUEUE, type Queue, type QueueEntry } from '../../src/queue/queue.ts';
import { entry } from '../commands/fixtures/music.ts';

const asked = (id: string, requestedBy: string, song = id): QueueEntry => ({
  ...entry(id, { identifier: song }),
  requestedBy,
});

/** Song 1 plays, 2 to 5 come: ada asked for 2 and 4, ben for 3 and 5; 5 is the same song as 2. */
const FOUR = [asked('2', 'ada'), asked('3', 'ben'), asked('4', 'ada'), asked('5', 'ben', '2')];
const PLAYING: Queue = { ...EMPTY_QUEUE, current: entry('1'), upcoming: FOUR, history: [entry('0')] };

/** What is answered, and what the queue is then. */
function done<T>(edit: Edit<T>, before = PLAYING) {
  const { operation, answer } = edit(before);
  const after = operation === null ? before : applyOperation(before, operation);
  return { answer: answer(after), after, ids: after.upcoming.map(({ id }) => id).join(' ') };
}

describe('places are those that people see, from 1', () => {
  it.each<[string, Edit<unknown>, string]>([
    ['jump', jumping(3), '5'],
    ['remove one', removing({ by: 'place', from: 2, to: 2 }), '2 4 5'],
    ['remove some in a row', removing({ by: 'place', from: 2, to: 3 }), '2 5'],
    ['remove some in a row, named backwards', removing({ by: 'place', from: 3, to: 2 }), '2 5'],
    ['move forward', moving(4, 1), '5 2 3 4'],
    ['move back', moving(1, 4), '3 4 5 2'],
    ['swap', swapping(1, 4), '5 3 4 2'],
    ['add next', adding([entry('6')], 1), '6 2 3 4 5'],
    ['add at a place', adding([entry('6')], 3), '2 3 6 4 5'],
    ['add beyond the end', adding([entry('6')], 99), '2 3 4 5 6'],
    ['add at the end', adding([entry('6')]), '2 3 4 5 6'],
  ])('%s', (_what, edit, ids) => {
    expect(done(edit).ids).toBe(ids);
  });

  it.each<[string, Edit<unknown>, string]>([
    ['jump', jumping(5), '5'],
    ['remove', removing({ by: 'place', from: 3, to: 7 }), '7'],
    ['remove', removing({ by: 'place', from: 0, to: 1 }), '0'],
    ['move', moving(9, 1), '9'],
    ['move', moving(1, 9), '9'],
    ['swap', swapping(1, 5), '5'],
  ])('%s: a place where nothing is, is named', (_what, edit, place) => {
    expect(() => edit(PLAYING)).toThrow(expect.objectContaining({ code: 'NO_SUCH_PLACE', detail: place }));
  });
});

it.each<[string, Edit<unknown>, string]>([
  ['skip', skipping(1), 'NOTHING_PLAYING'],
  ['replay', replaying, 'NOTHING_PLAYING'],
  ['stop', ending, 'NOTHING_PLAYING'],
  ['previous', goingBack, 'NOTHING_BEFORE'],
  ['undo', undoing, 'NOTHING_TO_UNDO'],
])('%s: an empty queue refuses', (_what, edit, code) => {
  expect(() => edit(EMPTY_QUEUE)).toThrow(expect.objectContaining({ code }));
});

it.each<[string, Edit<unknown>, unknown]>([
  ['remove by a user who asked for nothing', removing({ by: 'user', userId: 'eve' }), []],
  ['remove duplicates', removing({ by: 'duplicate' }), []],
  ['shuffle', shuffling(false), 0],
  ['clear', emptying, 0],
])('%s: what finds nothing to do writes nothing', (_what, edit, answer) => {
  const { operation, answer: answerOf } = edit(EMPTY_QUEUE);
  expect({ operation, answer: answerOf(EMPTY_QUEUE) }).toEqual({ operation: null, answer });
});

describe('the answer says what was done', () => {
  const idsOf = (entries: readonly QueueEntry[]) => entries.map(({ id }) => id);

  it('of removals: what is gone', () => {
    expect(idsOf(done(removing({ by: 'user', userId: 'ada' })).answer)).toEqual(['2', '4']);
    expect(idsOf(done(removing({ by: 'duplicate' })).answer)).toEqual(['5']);
    const again = { ...PLAYING, current: asked('1', 'ada', '3') };
    expect(idsOf(done(removing({ by: 'duplicate' }), again).answer)).toEqual(['3', '5']);
  });

  it('of additions: the place of the first, 0 when it plays', () => {
    expect(done(adding([entry('6'), entry('7')], 2)).answer.place).toBe(2);
    expect(done(adding([entry('6')], 99)).answer.place).toBe(5);
    expect(done(adding([entry('6'), entry('7')], 3), EMPTY_QUEUE).answer.place).toBe(0);
  });

  it('of what plays now: the entry', () => {
    expect(done(skipping(2)).answer?.id).toBe('3');
    expect(done(jumping(4)).answer.id).toBe('5');
    expect(done(goingBack).answer.id).toBe('0');
    expect(done(replaying).answer.id).toBe('1');
  });

  it('of an undo: what it took back', () => {
    expect(done(undoing, done(shuffling(true, 3)).after)).toMatchObject({ answer: 'shuffle', ids: '2 3 4 5' });
    expect(done(undoing, done(ending).after)).toMatchObject({ answer: 'clear', ids: '2 3 4 5' });
  });
});

it('one track alone is not shuffled, so that undo does not take something else back', () => {
  const cleared = done(removing({ by: 'place', from: 2, to: 4 })).after;
  expect(shuffling(false)(cleared)).toMatchObject({ operation: null });
  expect(done(shuffling(false), cleared).answer).toBe(0);
});

it('a fair shuffle lets those who asked take turns', () => {
  const order = done(shuffling(true)).after.upcoming.map(({ requestedBy }) => requestedBy);
  expect([order.slice(0, 2).sort(), order.slice(2).sort()]).toEqual([
    ['ada', 'ben'],
    ['ada', 'ben'],
  ]);
});

describe('more of a playlist', () => {
  const more = (...earlier: string[]) => following(new Set(earlier), [asked('6', 'cleo'), asked('7', 'cleo')]);

  it.each<[string, string[], string]>([
    ['behind the last of those that were added', ['1', '2', '3'], '2 3 6 7 4 5'],
    ['next, when the last of them plays', ['0', '1'], '6 7 2 3 4 5'],
    ['at the end, when none of them is there any more', ['0'], '2 3 4 5 6 7'],
  ])('comes %s', (_where, earlier, ids) => {
    expect(done(more(...earlier)).ids).toBe(ids);
  });

  it('plays when everything before it has ended', () => {
    expect(done(more('0'), { ...EMPTY_QUEUE, history: [entry('0')] }).after.current?.id).toBe('6');
  });

  it('is cut to the room that there is', () => {
    const edit = following(new Set(['1']), [asked('6', 'cleo'), asked('7', 'cleo')], () => 1);
    expect(done(edit).answer).toMatchObject({ entries: [{ id: '6' }], place: 1 });
  });
});
