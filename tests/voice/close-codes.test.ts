import { expect, it } from 'vitest';
import { classify, DOCUMENTED_CODES } from '../../src/voice/close-codes.ts';

const DISCORD = [4001, 4002, 4003, 4004, 4005, 4006, 4009, 4011, 4012, 4014, 4015, 4016, 4017, 4020, 4021, 4022];

it('has a row for every code that Discord documents, and the WebSocket codes', () => {
  expect(DOCUMENTED_CODES.filter((code) => code >= 4_000)).toEqual(DISCORD);
  expect(DOCUMENTED_CODES).toEqual(expect.arrayContaining([1000, 1001, 1005, 1006, 1011]));
});

it('knows which codes trying cannot help, which are ambiguous, and which ask for silence', () => {
  const withRemedy = (remedy: string) => DISCORD.filter((code) => classify(code).remedy === remedy);
  expect(withRemedy('give-up')).toEqual([4012, 4016, 4017, 4020]);
  expect(withRemedy('evidence')).toEqual([4014, 4022]);
  expect(withRemedy('cool-down')).toEqual([4021]);
  expect(withRemedy('resume')).toEqual([4015]);
});

it('joins again, carefully, after a code that nobody documents', () => {
  expect(classify(4999)).toMatchObject({
    code: 4999,
    documented: false,
    remedy: 'rejoin',
    name: 'unknown close code 4999',
  });
  expect(classify(1006).documented).toBe(true);
});
