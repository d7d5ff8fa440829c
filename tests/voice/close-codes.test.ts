import { expect, it } from 'vitest';
import { classify, DOCUMENTED_CODES } from '../../src/voice/close-codes.ts';
import { networkFailure } from '../../src/voice/network-failures.ts';

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

it('calls fatal exactly what trying cannot help, and routine what belongs to Discord’s daily life', () => {
  const withSeverity = (severity: string) => DOCUMENTED_CODES.filter((code) => classify(code).severity === severity);
  expect(withSeverity('fatal')).toEqual([4012, 4016, 4017, 4020]);
  expect(withSeverity('routine')).toEqual([1000, 1001, 1012, 4014, 4022]);
});

it('joins again, but not at once, after a code that nobody documents', () => {
  expect(classify(4999)).toMatchObject({
    code: 4999,
    documented: false,
    remedy: 'rejoin-carefully',
    name: 'unknown close code',
  });
  expect(classify(1006).documented).toBe(true);
});

it.each([
  ['ECONNREFUSED', 'connection refused'],
  ['ENOTFOUND', 'name not found'],
  ['EAI_AGAIN', 'name not found'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'TLS failed'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'TLS failed'],
  ['CERT_HAS_EXPIRED', 'TLS failed'],
  ['ENETUNREACH', 'network unreachable'],
  ['ETIMEDOUT', 'connection timed out'],
  ['ECONNRESET', 'connection reset'],
])('says of %s: %s', (code, name) => {
  const failure = networkFailure(Object.assign(new Error('failed'), { code }));
  expect(failure).toMatchObject({ code: null, name, sentence: expect.stringContaining(`(${code})`) });
});

it('says nothing of errors that are not the network’s', () => {
  expect(networkFailure(new TypeError('no'))).toBeNull();
  expect(networkFailure(Object.assign(new Error('full'), { code: 'ENOSPC' }))).toBeNull();
  expect(networkFailure(null)).toBeNull();
});
