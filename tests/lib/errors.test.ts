import { describe, expect, it } from 'vitest';
import { TenutoError, toTenutoError } from '../../src/lib/errors.ts';

describe('TenutoError', () => {
  it('says a line for the person, and is logged by its code', () => {
    const error = new TenutoError('NOT_IN_VOICE');
    expect(error.say).toBe('Join a voice channel first, then try again.');
    expect([error.blame, error.message, error.name]).toEqual(['user', 'NOT_IN_VOICE', 'TenutoError']);
  });

  it('puts the detail into its line as it is, also when that looks like a pattern of replaceAll', () => {
    const error = new TenutoError('BAD_QUERY', "$& and $' and {detail}");
    expect(error.say).toBe("I cannot use that: $& and $' and {detail}.");
    expect(error.message).toBe("BAD_QUERY: $& and $' and {detail}");
  });

  it('keeps the cause', () => {
    const cause = new Error('ENOSPC');
    expect(new TenutoError('STORAGE_FAILED', '', { cause }).cause).toBe(cause);
  });
});

describe('toTenutoError', () => {
  it('leaves ours alone', () => {
    const error = new TenutoError('NOTHING_FOUND');
    expect(toTenutoError(error)).toBe(error);
  });

  it.each([new Error('x'), 'a string', undefined, null])('takes anything else for a bug: %s', (thrown) => {
    const error = toTenutoError(thrown);
    expect([error.code, error.blame, error.cause]).toEqual(['UNEXPECTED', 'bug', thrown]);
    expect(error.say).not.toContain('undefined');
  });
});
