import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Notice } from '../../src/player/notice.ts';
import { SavingTeller } from '../../src/player/saving-teller.ts';

const NOW = 1_700_000_000_000;
const NOTE =
  '💾 I cannot save at the moment (the disk is full): the music goes on, but what has changed since <t:1700000000:R> would be lost if I restarted. The operator knows.';
const SAVED = '💾 Saved again; nothing was lost.';

beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => void vi.useRealTimers());

/** `messages`: per guild what is read there, one list of versions a message. */
function town() {
  const messages: Record<string, string[][]> = { a: [], b: [] };
  const facts = { trouble: null as { since: number; cause: string } | null };
  const announce = (guildId: string, notice: Notice) => {
    const line = typeof notice === 'string' ? notice : notice.line;
    const versions = [line];
    if (messages[guildId] === undefined) return null;
    messages[guildId].push(versions);
    const update = (next: Notice) => void versions.push(typeof next === 'string' ? next : next.line);
    return { update, gone: new AbortController().signal };
  };
  const teller = new SavingTeller({ players: { announce }, trouble: () => facts.trouble });
  const fail = () => (facts.trouble = { since: Date.now(), cause: 'the disk is full' });
  const mend = () => {
    facts.trouble = null;
    teller.saved();
  };
  return { messages, teller, fail, mend };
}

it('tells a guild once, when something changes there, and in the same message that it is saved after all', () => {
  const { messages, teller, fail, mend } = town();
  teller.changed('a');
  fail();
  expect(messages).toEqual({ a: [], b: [] });
  teller.changed('a');
  teller.changed('a');
  expect(messages).toEqual({ a: [[NOTE]], b: [] });
  mend();
  teller.changed('b');
  expect(messages).toEqual({ a: [[NOTE, SAVED]], b: [] });
});

it('tells it again when it happens again, and does not flood', () => {
  const { messages, teller, fail, mend } = town();
  for (let time = 0; time < 20; time += 1) {
    fail();
    teller.changed('a');
    mend();
    vi.advanceTimersByTime(1_000);
  }
  expect(messages['a']).toHaveLength(5);
  expect(messages['a']?.at(-1)?.at(-1)).toContain(SAVED);
});

it('tells a guild later to which nothing could be said at first', () => {
  const { messages, teller, fail } = town();
  fail();
  teller.changed('c');
  messages['c'] = [];
  teller.changed('c');
  expect(messages['c']).toEqual([[NOTE]]);
});
