import { DiscordAPIError, RateLimitError, type REST } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Announcer } from '../../src/discord/announcer.ts';
import { createLogger } from '../../src/telemetry/logger.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const POST = '/channels/7/messages';
const PATCH = '/channels/7/messages/1';

const refusal = (status: number) =>
  new DiscordAPIError({ code: 10_008, message: 'no' }, 10_008, status, 'PATCH', PATCH, {
    body: undefined,
    files: undefined,
  });
const rateLimited = (retryAfter: number) =>
  new RateLimitError({
    timeToReset: retryAfter,
    limit: 5,
    method: 'PATCH',
    hash: '',
    url: '',
    route: '',
    majorParameter: '7',
    global: false,
    retryAfter,
    sublimitTimeout: 0,
    scope: 'user',
  });

interface SentBody {
  readonly content: string;
  readonly components: readonly object[];
}

/** An announcer before a Discord that takes 100 ms, and throws what `failures` holds first. */
function scene() {
  const requests: string[] = [];
  const failures: Error[] = [];
  const lines: string[] = [];
  const begun = Date.now();
  const take =
    (method: string) =>
    async (route: string, { body }: { readonly body: SentBody }) => {
      const { content, components } = body;
      const buttons = components.length > 0 ? ' [Resume]' : '';
      requests.push(`${Date.now() - begun} ${method} ${route} ${content}${buttons}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
      const failure = failures.shift();
      if (failure) throw failure;
      return { id: '1' };
    };
  const rest = { post: take('POST'), patch: take('PATCH') } as unknown as Pick<REST, 'post' | 'patch'>;
  const log = createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const announcer = new Announcer(rest, log);
  return { announcer, requests, failures, lines };
}

describe('a notice', () => {
  it('is posted once, and then says the newest of what it was told, one request at a time and a second apart', async () => {
    const { announcer, requests } = scene();
    const posted = announcer.announce('G', '7', 'one');
    posted.update('two');
    await vi.advanceTimersByTimeAsync(50);
    posted.update('three');
    await vi.advanceTimersByTimeAsync(1_100);
    posted.update('four');
    posted.update({ line: 'five', actions: ['resume'] });
    await vi.advanceTimersByTimeAsync(10_000);
    posted.update({ line: 'five', actions: ['resume'] });
    await vi.advanceTimersByTimeAsync(10_000);
    posted.update('six');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(requests).toEqual([
      `0 POST ${POST} one`,
      `1100 PATCH ${PATCH} three`,
      `2200 PATCH ${PATCH} five [Resume]`,
      `21150 PATCH ${PATCH} six`,
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('arrives after as long as Discord asks for, with what is newest then', async () => {
    const { announcer, requests, failures } = scene();
    const posted = announcer.announce('G', '7', 'one');
    await vi.advanceTimersByTimeAsync(2_000);
    failures.push(rateLimited(3_000), new Error('the network is down'));
    posted.update('two');
    await vi.advanceTimersByTimeAsync(1_000);
    posted.update('three');
    await vi.advanceTimersByTimeAsync(20_000);
    expect(requests.slice(1)).toEqual([
      `2000 PATCH ${PATCH} two`,
      `5100 PATCH ${PATCH} three`,
      `10200 PATCH ${PATCH} three`,
    ]);
  });

  it('is left alone when somebody deleted it, without a word', async () => {
    const { announcer, requests, failures, lines } = scene();
    const posted = announcer.announce('G', '7', 'one');
    await vi.advanceTimersByTimeAsync(2_000);
    failures.push(refusal(404));
    posted.update('two');
    await vi.advanceTimersByTimeAsync(2_000);
    posted.update('three');
    await vi.advanceTimersByTimeAsync(20_000);
    expect(requests).toHaveLength(2);
    expect(lines).toEqual([]);
  });

  it('is given up after five tries, which is logged', async () => {
    const { announcer, requests, failures, lines } = scene();
    const posted = announcer.announce('G', '7', 'one');
    await vi.advanceTimersByTimeAsync(2_000);
    failures.push(...Array.from({ length: 9 }, () => new Error('the network is down')));
    posted.update('two');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(requests).toHaveLength(6);
    expect(lines).toHaveLength(1);
  });

  it('is delivered when the bot stops, without waiting', async () => {
    const { announcer, requests } = scene();
    const posted = announcer.announce('G', '7', 'one');
    posted.update('the end');
    const closing = announcer.close();
    await vi.advanceTimersByTimeAsync(200);
    await closing;
    announcer.announce('G', '7', 'too late');
    expect(requests).toEqual([`0 POST ${POST} one`, `100 PATCH ${PATCH} the end`]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('says once that a channel is gone or forbidden, and again after it was there', async () => {
  const { announcer, failures, lines, requests } = scene();
  for (const failure of [refusal(403), refusal(403), null, refusal(404)]) {
    if (failure) failures.push(failure);
    const posted = announcer.announce('G', '7', 'hello');
    await vi.advanceTimersByTimeAsync(5_000);
    if (failure) posted.update('more');
    await vi.advanceTimersByTimeAsync(5_000);
  }
  expect(requests).toHaveLength(4);
  expect(lines).toHaveLength(2);
});

it('lets no more than ten lines wait for a channel', async () => {
  const { announcer, requests } = scene();
  for (let n = 0; n < 30; n += 1) announcer.announce('G', '7', `${n}`).update('x');
  announcer.announce('G', '8', 'elsewhere');
  await vi.advanceTimersByTimeAsync(50);
  expect(requests).toHaveLength(11);
  await vi.advanceTimersByTimeAsync(100);
  announcer.announce('G', '7', 'again');
  expect(requests).toHaveLength(12);
});
