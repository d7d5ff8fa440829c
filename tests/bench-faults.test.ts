import { describe, expect, it } from 'vitest';
import { playScenario } from '../bench/faults/play-scenario.ts';
import { mostInAMinute } from '../bench/faults/rates.ts';
import { endsIn, playsOn, type Step } from '../bench/faults/scenario.ts';
import { SCENARIOS } from '../bench/faults/scenarios/index.ts';
import { filled } from '../bench/faults/steps.ts';
import { outcomeOf, shortfalls, type Result, type Situation } from '../bench/faults/verdict.ts';
import { Lane } from '../bench/lane.ts';
import { FAULTS } from '../loopback/fault-table.ts';

const PLAYING: Situation = {
  running: true,
  inGuild: true,
  audible: true,
  channel: 'lounge',
  silenced: false,
  lastText: null,
};

const HEARD: Result = {
  outcome: 'plays on',
  gapMs: 40,
  lost: 0,
  late: 1,
  repeated: 0,
  foreign: 0,
  op4: [0],
  op4AMinute: 2,
  messages: 0,
  texts: [],
  mostLive: 1,
  problems: [],
  unhandled: [],
};

describe('the table of faults', () => {
  const throwsOf = (step: Step) => ('fault' in step ? [step] : []);
  const ids = { guildId: '1', lounge: '2', studio: '3', music: '4' };

  it('has many rows, each with a name of its own', () => {
    expect(SCENARIOS.length).toBeGreaterThanOrEqual(60);
    expect(new Set(SCENARIOS.map(({ name }) => name)).size).toBe(SCENARIOS.length);
  });

  it.each(SCENARIOS)('$name: throws faults that the double has, with parameters that it takes', ({ steps }) => {
    for (const { fault, params } of steps.flatMap(throwsOf)) {
      expect(FAULTS[fault].params.safeParse(filled(params, ids)).error).toBeUndefined();
    }
  });

  it('meets most of what the double can do', () => {
    const thrown = new Set(SCENARIOS.flatMap(({ steps }) => steps.flatMap(throwsOf)).map(({ fault }) => fault));
    expect(thrown.size).toBeGreaterThanOrEqual(60);
  });
});

describe('the verdict', () => {
  it('tells from outside what became of the music', () => {
    const silent = { ...PLAYING, audible: false };
    expect(outcomeOf(PLAYING)).toBe('plays on');
    expect(outcomeOf({ ...PLAYING, channel: 'elsewhere' })).toBe('moved');
    expect(outcomeOf({ ...silent, running: false })).toBe('ends');
    expect(outcomeOf(silent)).toBe('silence');
    expect(outcomeOf({ ...silent, silenced: true, lastText: 'muted' })).toBe('silenced');
    expect(outcomeOf({ ...silent, lastText: 'next try <t:1:R>' })).toBe('waits');
    expect(outcomeOf({ ...silent, channel: null, lastText: 'Somebody disconnected me.' })).toBe('stays out');
    expect(outcomeOf({ ...silent, channel: null, lastText: 'I gave up.' })).toBe('gave up');
  });

  it('is good when everything is within what was specified, and names what is not', () => {
    expect(shortfalls(HEARD, playsOn(500, 1))).toEqual([]);
    expect(shortfalls({ ...HEARD, gapMs: 501, lost: 1, repeated: 2, op4: [0, 1] }, playsOn(500, 1))).toEqual([
      'gap above 500 ms',
      '1 frames lost',
      '2 frames repeated',
      '2 op 4 instead of 1',
    ]);
    expect(shortfalls(HEARD, endsIn('gave up', 1, /4012/))).toHaveLength(2);
    expect(shortfalls({ ...HEARD, op4AMinute: 6, mostLive: 2, unhandled: ['x'] }, playsOn(500, 1))).toHaveLength(3);
  });

  it('lets be told what could be heard, and nothing else', () => {
    const told = { ...HEARD, messages: 1, texts: ['back after 0.4 s'] };
    expect(shortfalls(told, playsOn(500, 1))).toEqual(['told what nobody could hear']);
    expect(shortfalls({ ...told, gapMs: 400 }, playsOn(500, 1))).toEqual([]);
  });

  it('counts the most in any minute', () => {
    expect(mostInAMinute([])).toBe(0);
    expect(mostInAMinute([0, 59_999, 60_000, 60_001])).toBe(3);
  });
});

it('plays a song through a fault, and finds it as specified', async () => {
  const scenario = SCENARIOS.find(({ name }) => name === 'closed with 4006');
  expect.assert(scenario);
  await using lane = await Lane.start();

  const result = await playScenario(lane, scenario);

  expect(result).toMatchObject({ outcome: 'plays on', lost: 0, repeated: 0, unhandled: [], problems: [] });
  expect(result.op4.length).toBeGreaterThan(0);
  const [life] = await lane.close();
  expect(life).toMatchObject({ exitCode: 0, asked: true, unhandled: [] });
});
