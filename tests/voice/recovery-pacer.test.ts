import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Town } from './town.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

describe('while voice is well', () => {
  it('a guild goes at once', () => {
    const town = new Town();
    expect(town.ask('a')).toBe(0);
    expect(town.guilds).toEqual(['a']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('guilds beyond the limit of a minute go when there is room again, in the order of asking', () => {
    const town = new Town({ recoverySendsPerMinute: 3 });
    const waits = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((guild) => town.ask(guild));
    expect(waits).toEqual([0, 0, 0, MINUTE, MINUTE, MINUTE, 2 * MINUTE]);
    expect(town.guilds).toEqual(['a', 'b', 'c']);
    vi.advanceTimersByTime(MINUTE - 1);
    expect(town.guilds).toHaveLength(3);
    vi.advanceTimersByTime(MINUTE + 1);
    expect(town.guilds).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    expect(town.times).toEqual([0, 0, 0, MINUTE, MINUTE, MINUTE, 2 * MINUTE]);
  });

  it('no more go in one second than may', () => {
    const town = new Town({ recoverySendsPerSecond: 2 });
    const seconds = [0, 0, 1, 1, 2].map((after) => after * SECOND);
    expect(['a', 'b', 'c', 'd', 'e'].map((guild) => town.ask(guild))).toEqual(seconds);
    vi.advanceTimersByTime(2 * SECOND);
    expect(town.times).toEqual(seconds);
  });

  it('a guild that will send two payloads takes two places, and nobody overtakes it', () => {
    const town = new Town({ recoverySendsPerMinute: 3 });
    town.ask('a', { sends: 2 });
    expect(town.ask('b', { sends: 2 })).toBe(MINUTE);
    expect(town.ask('c')).toBe(MINUTE);
    expect(town.guilds).toEqual(['a']);
    vi.advanceTimersByTime(MINUTE);
    expect(town.guilds).toEqual(['a', 'b', 'c']);
  });

  it('a person goes at once, always, and what they send is counted', () => {
    const town = new Town({ recoverySendsPerMinute: 2 });
    town.ask('a');
    expect(['b', 'c', 'd'].map((guild) => town.ask(guild, { urgent: true }))).toEqual([0, 0, 0]);
    expect(town.guilds).toEqual(['a', 'b', 'c', 'd']);
    vi.advanceTimersByTime(30 * SECOND);
    expect(town.ask('e')).toBe(30 * SECOND);
  });

  it('a guild for which a person has come goes at once, and the others keep their order', () => {
    const town = new Town({ recoverySendsPerMinute: 1 });
    for (const guild of ['a', 'b', 'c', 'd']) town.ask(guild);
    town.pacer.hurry('c');
    expect(town.guilds).toEqual(['a', 'c']);
    vi.advanceTimersByTime(3 * MINUTE);
    expect(town.guilds).toEqual(['a', 'c', 'b', 'd']);
    town.pacer.hurry('c');
    expect(town.guilds).toHaveLength(4);
  });

  it('a guild whose life ends is forgotten without trace', () => {
    const town = new Town({ recoverySendsPerMinute: 1 });
    const lives = ['b', 'c'].map(() => new AbortController());
    town.ask('a');
    for (const [index, life] of lives.entries()) town.ask(`waits ${index}`, { life: life.signal });
    lives[0]?.abort();
    expect(town.ask('d')).toBe(2 * MINUTE);
    vi.advanceTimersByTime(MINUTE);
    expect(town.guilds).toEqual(['a', 'waits 1']);
    const last = new AbortController();
    town.ask('e', { life: last.signal });
    vi.advanceTimersByTime(MINUTE);
    last.abort();
    expect(vi.getTimerCount()).toBe(0);
    expect(town.ask('f', { life: last.signal })).toBeNull();
    vi.advanceTimersByTime(10 * MINUTE);
    expect(town.guilds).toEqual(['a', 'waits 1', 'd']);
  });

  it('a guild that went and asks again is not forgotten when its earlier life ends', () => {
    const town = new Town({ recoverySendsPerMinute: 1 });
    const earlier = new AbortController();
    town.ask('a', { life: earlier.signal });
    town.ask('a');
    earlier.abort();
    vi.advanceTimersByTime(MINUTE);
    expect(town.guilds).toEqual(['a', 'a']);
  });

  it('a guild that asks again has one turn, not two', () => {
    const town = new Town({ recoverySendsPerMinute: 1 });
    for (const guild of ['a', 'b', 'c', 'b']) town.ask(guild);
    vi.advanceTimersByTime(10 * MINUTE);
    expect(town.guilds).toEqual(['a', 'c', 'b']);
  });
});

describe('a global outage', () => {
  it('is when ten different guilds fail within ten seconds', () => {
    const { pacer } = new Town();
    for (let n = 0; n < 9; n += 1) pacer.failed(String(n));
    for (let n = 0; n < 50; n += 1) pacer.failed('0');
    expect(pacer.outage).toBe(false);
    vi.advanceTimersByTime(10 * SECOND);
    pacer.failed('9');
    expect(pacer.outage).toBe(false);
    for (let n = 10; n < 19; n += 1) pacer.failed(String(n));
    expect(pacer.outage).toBe(true);
  });

  it('is none when what failed came back', () => {
    const { pacer } = new Town();
    for (let n = 0; n < 100; n += 1) {
      pacer.failed(String(n));
      expect(pacer.outage).toBe(false);
      pacer.succeeded(String(n));
    }
  });

  it('makes all wait without an end that could be told, also those whose turn was near', () => {
    const town = new Town({ recoverySendsPerMinute: 1 });
    town.ask('before');
    expect(town.ask('near')).toBe(MINUTE);
    for (let n = 0; n < 10; n += 1) town.pacer.failed(String(n));
    expect(town.ask('0')).toBeNull();
    expect(town.guilds).toEqual(['before']);
  });

  it('lets one guild probe at a time: after a second, then after twice as long each time, up to 10 s', () => {
    const town = new Town();
    town.onGo = (guild) => {
      town.pacer.failed(guild);
      town.ask(guild);
    };
    town.strike(50);
    vi.advanceTimersByTime(MINUTE);
    expect(town.times).toEqual([1, 3, 7, 15, 25, 35, 45, 55].map((seconds) => seconds * SECOND));
  });

  it('spreads its probes by up to 30 %', () => {
    const first = [0, 1].map((random) => {
      const town = new Town({}, () => random);
      const began = Date.now();
      town.strike(10);
      vi.advanceTimersByTime(2 * SECOND);
      return (town.times[0] ?? 0) - began;
    });
    expect(first).toEqual([700, 1_300]);
  });

  it('lets another guild probe each time, so that one that is broken for itself keeps nobody waiting', () => {
    const town = new Town();
    town.onGo = (guild) => {
      town.pacer.failed(guild);
      town.ask(guild);
    };
    town.strike(10);
    vi.advanceTimersByTime(3 * MINUTE);
    expect(town.guilds.slice(0, 11)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '0']);
  });

  it('has one probe at a time, however long it takes, up to its deadline', () => {
    const town = new Town({ probeDeadlineMs: 15 * SECOND });
    town.strike(10);
    vi.advanceTimersByTime(SECOND + 15 * SECOND + 2 * SECOND - 1);
    expect(town.guilds).toEqual(['0']);
    vi.advanceTimersByTime(1);
    expect(town.guilds).toEqual(['0', '1']);
    // What the first one finds out so late is no news.
    town.pacer.failed('0');
    vi.advanceTimersByTime(5 * SECOND);
    expect(town.guilds).toEqual(['0', '1']);
    town.pacer.failed('1');
    vi.advanceTimersByTime(4 * SECOND);
    expect(town.guilds).toEqual(['0', '1', '2']);
  });

  it('ends with the first success, and all that wait go in order', () => {
    const town = new Town();
    town.strike(12);
    vi.advanceTimersByTime(SECOND);
    town.pacer.succeeded('0');
    expect(town.pacer.outage).toBe(false);
    expect(town.guilds).toEqual(Array.from({ length: 12 }, (_, index) => String(index)));
    expect(vi.getTimerCount()).toBe(0);
    town.pacer.failed('lonely');
    expect(town.pacer.outage).toBe(false);
  });

  it('ends also when a person comes and is heard, whose join never waits', () => {
    const town = new Town();
    town.strike(12);
    expect(town.ask('newcomer', { urgent: true })).toBe(0);
    town.pacer.hurry('7');
    expect(town.guilds).toEqual(['newcomer', '7']);
    town.pacer.succeeded('newcomer');
    expect(town.guilds).toHaveLength(13);
  });

  it('begins again when those that were let go fail in numbers', () => {
    const town = new Town();
    town.onGo = (guild) => {
      if (guild !== '0') town.pacer.failed(guild);
    };
    town.strike(100);
    vi.advanceTimersByTime(SECOND);
    town.pacer.succeeded('0');
    expect(town.pacer.outage).toBe(true);
    expect(town.guilds).toHaveLength(11);
  });

  it('does not let the last guild wait for ever', () => {
    const town = new Town();
    const lives = Array.from({ length: 10 }, () => new AbortController());
    for (const index of lives.keys()) town.pacer.failed(String(index));
    for (const [index, life] of lives.entries()) town.ask(String(index), { life: life.signal });
    for (const life of lives.slice(0, 9)) life.abort();
    vi.advanceTimersByTime(SECOND);
    expect(town.guilds).toEqual(['9']);
    town.pacer.failed('9');
    town.ask('9');
    vi.advanceTimersByTime(2 * SECOND);
    expect(town.guilds).toEqual(['9', '9']);
  });

  it('leaves no timer when nobody waits, and keeps whoever asks much later waiting no longer', () => {
    const town = new Town();
    town.strike(10);
    expect(vi.getTimerCount()).toBe(1);
    for (let n = 0; n < 10; n += 1) town.pacer.hurry(String(n));
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(60 * MINUTE);
    expect(town.ask('a')).toBe(0);
  });
});
