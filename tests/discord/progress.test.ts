import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Answer } from '../../src/discord/answer.ts';
import { answerable } from './fixtures/answerable.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function asked(failing: Parameters<typeof answerable>[0] = {}) {
  const { to, calls } = answerable(failing);
  return { answer: new Answer(to, false), calls, to };
}

it('is shown when it takes a while, the newest of what came meanwhile', async () => {
  const { answer, calls } = asked();
  answer.progress('1');
  answer.progress('2');
  await vi.advanceTimersByTimeAsync(1_499);
  expect(calls).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(calls).toEqual(['editReply: 2']);
  for (const line of ['3', '4']) {
    await vi.advanceTimersByTimeAsync(100);
    answer.progress(line);
  }
  await vi.advanceTimersByTimeAsync(2_000);
  expect(calls).toEqual(['editReply: 2', 'editReply: 4']);
});

it('is not shown any more once there is an answer', async () => {
  const { answer, calls } = asked();
  answer.progress('1');
  await answer.send('done');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(calls).toEqual(['editReply: done']);
});

it('is over before the answer begins, because two edits at once may arrive in any order', async () => {
  const { answer, calls, to } = asked();
  const slow = Promise.withResolvers<void>();
  const edit = to.editReply.bind(to);
  to.editReply = async (message) => {
    if (message.content === '1') await slow.promise;
    return await edit(message);
  };
  answer.progress('1');
  await vi.advanceTimersByTimeAsync(1_500);
  const sent = answer.send('done');
  await vi.advanceTimersByTimeAsync(100);
  expect(calls).toEqual([]);
  slow.resolve();
  await sent;
  expect(calls).toEqual(['editReply: 1', 'editReply: done']);
});

it('fails without a word, as the answer will tell', async () => {
  const { answer } = asked({ editReply: new Error('gone') });
  answer.progress('1');
  await vi.advanceTimersByTimeAsync(1_500);
  await expect(answer.send('done')).rejects.toThrow('gone');
});
