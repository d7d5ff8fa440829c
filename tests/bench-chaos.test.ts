import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Dice } from '../bench/chaos/dice.ts';
import { drawParams, FAULT_NAMES, LEFT_OUT } from '../bench/chaos/fault-draw.ts';
import { Hearing } from '../bench/chaos/hearing.ts';
import { judgeTelling } from '../bench/chaos/incidents.ts';
import { judgeBlame, judgeOp4, mistakes, op4Peaks } from '../bench/chaos/invariants.ts';
import { LiveSessions } from '../bench/chaos/live-sessions.ts';
import { runSeeds } from '../bench/chaos/pool.ts';
import { summary } from '../bench/chaos/report.ts';
import { more } from '../bench/chaos/resources.ts';
import { inWords, scheduleOf } from '../bench/chaos/schedule.ts';
import { SongBook } from '../bench/chaos/song-book.ts';
import { Unhandled } from '../bench/chaos/unhandled.ts';
import { lowest, slopeOf } from '../bench/soak/slope.ts';
import type { HeardPacket } from '../loopback/ears.ts';
import { FAULTS } from '../loopback/fault-table.ts';

const SIZE = { minutes: 0.5, guilds: 3 };

describe('a schedule', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(scheduleOf(7, SIZE)).toEqual(scheduleOf(7, SIZE));
    expect(scheduleOf(8, SIZE)).not.toEqual(scheduleOf(7, SIZE));
  });

  it('lasts as long as it should, reaches every guild, and has both faults and deeds in it', () => {
    const steps = scheduleOf(3, SIZE);
    const lastsMs = steps.reduce((sum, { afterMs }) => sum + afterMs, 0);
    expect(lastsMs).toBeGreaterThanOrEqual(30_000);
    expect(lastsMs).toBeLessThan(33_000);
    expect(new Set(steps.map(({ guild }) => guild))).toEqual(new Set([0, 1, 2]));
    expect(new Set(steps.map(({ act }) => act.kind))).toEqual(new Set(['fault', 'deed']));
    for (const step of steps) expect(inWords(step)).toContain(`guild ${step.guild}`);
  });

  it('comes to every fault in time', () => {
    const seeds = Array.from({ length: 100 }, (_, seed) => scheduleOf(seed, SIZE));
    const thrown = seeds.flat().flatMap(({ act }) => (act.kind === 'fault' ? [act.name] : []));
    expect(new Set(thrown)).toEqual(new Set(FAULT_NAMES));
  });
});

describe('the parameters of a fault', () => {
  it.each(FAULT_NAMES)('of %s are what its row takes', (name) => {
    for (let seed = 0; seed < 50; seed += 1) FAULTS[name].params.parse(drawParams(name, new Dice(seed)));
  });

  it('are drawn for every fault of the table but those that say why not', () => {
    expect([...FAULT_NAMES, ...Object.keys(LEFT_OUT)].toSorted()).toEqual(Object.keys(FAULTS).toSorted());
  });
});

const FRAMES = 20;
const frame = (song: string, index: number) => Buffer.from(`${song} ${index}`);
const song = (name: string) => Array.from({ length: FRAMES }, (_, index) => frame(name, index));
const BOOK = new SongBook({ a: song('a'), b: song('b') });

/** An RTP stream that can be told to go on, to lose frames, and to begin anew. */
class Stream {
  readonly hearing: Hearing;
  swallowed = 0;
  #sequence = 65_530;
  #ssrc = 1;
  #at = performance.now();

  constructor() {
    this.hearing = new Hearing(BOOK, () => this.swallowed);
  }

  play(name: string, from: number, to: number): string[] {
    return this.hear(song(name).slice(from, to + 1));
  }

  hear(frames: readonly Buffer[]): string[] {
    return this.hearing.take(frames.map((opus) => this.#packet(opus)));
  }

  lose(packets: number): void {
    this.#sequence += packets;
  }

  rejoin(): void {
    this.#ssrc += 1;
    this.#sequence = 17;
  }

  #packet(opus: Buffer): HeardPacket {
    this.#sequence += 1;
    this.#at += 20;
    const { hearing: _, ...rest } = { hearing: null, timestamp: 0, userId: 'bot', dave: true };
    return { ...rest, opus, at: this.#at, ssrc: this.#ssrc, sequence: this.#sequence % 65_536 };
  }
}

describe('what is heard', () => {
  it('is right when a song goes on, ends, and another one begins', () => {
    const stream = new Stream();
    expect([...stream.play('a', 0, 19), ...stream.play('b', 0, 19), ...stream.play('b', 0, 5)]).toEqual([]);
    expect(stream.hearing.frames).toBe(46);
  });

  it('is right when the network lost exactly what is missing', () => {
    const stream = new Stream();
    stream.play('a', 0, 5);
    stream.lose(4);
    expect(stream.play('a', 10, 15)).toEqual([]);
    stream.rejoin();
    stream.swallowed = 1;
    expect(stream.play('a', 19, 19)).toEqual([]);
  });

  it('is wrong when a frame is left out that was not lost', () => {
    const stream = new Stream();
    stream.play('a', 0, 5);
    expect(stream.play('a', 7, 8)).toEqual([expect.stringContaining('frame 5 of a was followed by frame 7 of a')]);
    stream.rejoin();
    expect(stream.play('a', 13, 13)).toEqual([expect.stringContaining('frame 8 of a was followed by frame 13 of a')]);
  });

  it('is wrong when a frame is heard again', () => {
    const stream = new Stream();
    stream.play('a', 0, 9);
    expect(stream.play('a', 9, 9)).toEqual([expect.stringContaining('frame 9 of a was followed by frame 9 of a')]);
    stream.rejoin();
    expect(stream.play('a', 4, 4)).toHaveLength(1);
  });

  it('is wrong when another song begins that nobody asked for', () => {
    const stream = new Stream();
    stream.play('a', 0, 9);
    expect(stream.play('b', 0, 3)).toEqual([expect.stringContaining('frame 9 of a was followed by frame 0 of b')]);
  });

  it('is right when somebody asked for another song, once, from its beginning', () => {
    const stream = new Stream();
    stream.play('a', 0, 9);
    stream.hearing.expectCut();
    expect(stream.play('b', 0, 3)).toEqual([]);
    stream.hearing.expectCut();
    expect(stream.play('a', 5, 6)).toEqual([expect.stringContaining('did not start at its beginning')]);
    stream.hearing.expectCut()();
    expect(stream.play('b', 0, 0)).toHaveLength(1);
  });

  it('is wrong when the first that is heard is the middle of a song', () => {
    expect(new Stream().play('a', 7, 9)).toEqual([expect.stringContaining('frame 7 of a')]);
  });

  it('is of no song when the loudness was changed, and goes on where it must be afterwards', () => {
    const stream = new Stream();
    stream.play('a', 0, 4);
    expect(stream.hear([Buffer.from('?')])).toEqual(['a frame was heard that is of no song']);
    stream.hearing.expectOtherLoudness();
    expect(stream.hear([Buffer.from('?'), Buffer.from('?')])).toEqual([]);
    expect(stream.play('a', 8, 10)).toEqual([]);
    stream.hear([Buffer.from('?')]);
    expect(stream.play('a', 11, 11)).toHaveLength(1);
  });

  it('may have been overtaken or doubled on its way', () => {
    const stream = new Stream();
    stream.play('a', 0, 4);
    stream.lose(-1);
    expect(stream.play('a', 4, 4)).toEqual([]);
  });
});

describe('op 4', () => {
  const sent = (moments: readonly number[], guild_id: string) => moments.map((at) => ({ op: 4, at, d: { guild_id } }));
  const every10s = (count: number) => Array.from({ length: count }, (_, index) => index * 10_000);

  it('is all right up to five a guild and sixty a shard in any minute', () => {
    expect(judgeOp4(op4Peaks(sent([0, 1, 2, 3, 4, 60_000], 'a')))).toEqual([]);
    const guilds = Array.from({ length: 12 }, (_, guild) => sent([0, 1, 2, 3, 4], `${guild}`)).flat();
    expect(op4Peaks(guilds)).toEqual({ guild: 5, shard: 60 });
    expect(judgeOp4(op4Peaks(guilds))).toEqual([]);
  });

  it('is too much with one more, wherever the minute begins', () => {
    expect(judgeOp4(op4Peaks(sent(every10s(6), 'a')))).toEqual(['6 op 4 in a minute for one guild']);
    expect(judgeOp4(op4Peaks(sent([0, 59_000, 59_100, 59_200, 59_300, 59_400], 'a')))).toHaveLength(1);
    const guilds = Array.from({ length: 61 }, (_, guild) => sent([guild], `${guild}`)).flat();
    expect(judgeOp4(op4Peaks(guilds))).toEqual(['61 op 4 in a minute on one shard']);
  });
});

describe('live voice connections', () => {
  it('may be two only for as long as the close of the first is on its way', () => {
    const sessions = new LiveSessions();
    const take = (what: 'identified' | 'resumed' | 'closed', at: number) => sessions.take({ what, guildId: 'a', at });
    take('identified', 0);
    take('identified', 1_000);
    expect(sessions.judge(1_500)).toEqual([]);
    expect(sessions.judge(3_500)).toEqual(['2 live voice connections in guild a']);
    take('closed', 4_000);
    expect(sessions.judge(9_000)).toEqual([]);
  });
});

describe('the process', () => {
  it('is seen to fail where nobody handles it', () => {
    const subject = new EventEmitter();
    const unhandled = new Unhandled((error) => error === 'known', subject);
    subject.emit('uncaughtException', 'known');
    subject.emit('uncaughtException', 'nobody cares');
    subject.emit('uncaughtException', new Error('thrown'));
    subject.emit('warning', Object.assign(new Error('too many'), { name: 'MaxListenersExceededWarning' }));
    expect(unhandled.found.map((line) => line.split('\n')[0])).toEqual([
      'unhandled: nobody cares',
      'unhandled: Error: thrown',
      'unhandled: too many',
    ]);
    expect(unhandled.survived).toBe(1);
    unhandled.close();
    expect(subject.eventNames()).toEqual([]);
  });

  it('is seen to hold more than before', () => {
    const before = { Timeout: 1, children: 0 };
    expect(more(before, { Timeout: 1, children: 0 })).toEqual([]);
    expect(more(before, { Timeout: 3, children: 1, UDPWrap: 1 })).toEqual([
      'Timeout: 1 before, 3 now',
      'children: 0 before, 1 now',
      'UDPWrap: 0 before, 1 now',
    ]);
  });
});

describe('incidents', () => {
  const incidents = (...results: readonly string[]) =>
    new Map(results.map((result, index) => [`id${index}`, { guildId: 'a', result }]));

  it('are told well in at most one message each, and not at all in other guilds', () => {
    expect(judgeTelling('a', incidents('rejoined', 'left'), ['🔌 Lost: back after 2 s.', 'hello'])).toEqual([]);
    expect(judgeTelling('b', incidents('open'), [])).toEqual([]);
  });

  it('must be over, told once, and not be told as going on', () => {
    expect(judgeTelling('a', incidents('open'), [])).toEqual(['guild a: incident id0 is still open']);
    expect(judgeTelling('a', incidents('resumed'), ['🔌 Lost.', '🔌 Lost.'])).toEqual([
      'guild a: 2 messages about 1 incidents',
    ]);
    expect(judgeTelling('a', incidents('resumed'), ['🔌 Lost: retrying soon.'])).toEqual([
      'guild a: somebody still reads "🔌 Lost: retrying soon."',
    ]);
  });
});

describe('blame', () => {
  const told = ['👋 Somebody disconnected me. The queue is kept: /resume goes on.'];

  it('for a kick needs one', () => {
    expect(judgeBlame(told, ['kick {}'])).toEqual([]);
    expect(judgeBlame(told, ['close-voice {"code":4014}'])).toEqual([]);
    expect(judgeBlame(['🔌 Lost.'], [])).toEqual([]);
    expect(judgeBlame(told, ['close-gateway {"code":4005}'])).toHaveLength(1);
  });

  it('by the double counts, but for what the library does by itself', () => {
    expect(mistakes(['gateway: closed with 4005 (Already authenticated.)'])).toEqual([]);
    expect(mistakes(['gateway: closed with 4003 (Not authenticated.)'])).toHaveLength(1);
  });
});

it('plays a short seed to the bot, which passes', { timeout: 180_000 }, async () => {
  const said: string[] = [];
  const results = await runSeeds({ seed: 2, seeds: 1, minutes: 0.05, guilds: 2, atOnce: 1 }, (line) => said.push(line));
  expect(summary(results, 1), said.join('\n')).toMatchObject({ seeds: 1, passed: 1, failed_seeds: [], leaks: 0 });
  expect(results[0]?.frames).toBeGreaterThan(500);
});

describe('the slope of memory', () => {
  const line = (slope: number, noise: number) =>
    Array.from({ length: 30 }, (_, x) => ({ x, y: 100 + slope * x + noise * Math.sin(x * 7) }));

  it('is found through noise, and how sure it is', () => {
    expect(slopeOf(line(2, 0))).toEqual({ slope: expect.closeTo(2), error: expect.closeTo(0) });
    const { slope, error } = slopeOf(line(2, 5));
    expect(Math.abs(slope - 2)).toBeLessThan(2 * error);
    expect(slopeOf([{ x: 0, y: 1 }]).slope).toBeNaN();
  });

  it('is drawn through what the garbage collector left', () => {
    const points = [5, 3, 4, 9, 7, 8, 1].map((y, x) => ({ x, y }));
    expect(lowest(points, 3)).toEqual([
      { x: 1, y: 3 },
      { x: 4, y: 7 },
    ]);
  });
});
