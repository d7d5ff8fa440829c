import { DiscordAPIError, HTTPError, RateLimitError, type REST } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Announcer } from '../../src/discord/announcer.ts';
import { createLogger } from '../../src/telemetry/logger.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const POST = '/channels/7/messages';
const PATCH = '/channels/7/messages/1';

const NO_MESSAGE = 10_008;
const NO_ACCESS = 50_001;

const refusal = (status: number, code = status === 403 ? NO_ACCESS : NO_MESSAGE) =>
  new DiscordAPIError({ code, message: 'no' }, code, status, 'PATCH', PATCH, {
    body: undefined,
    files: undefined,
  });
const down = (times: number) => Array.from({ length: times }, () => new Error('the network is down'));
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
  const say = (line: string) => {
    const posted = announcer.announce('G', '7', line);
    if (posted === null) throw new Error('not said');
    return posted;
  };
  return { announcer, say, requests, failures, lines };
}

describe('a notice', () => {
  it('is posted once, and then says the newest of what it was told, one request at a time and a second apart', async () => {
    const { say, requests } = scene();
    const posted = say('one');
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
    const { say, requests, failures } = scene();
    const posted = say('one');
    await vi.advanceTimersByTimeAsync(2_000);
    failures.push(rateLimited(3_000), new Error('the network is down'));
    posted.update('two');
    await vi.advanceTimersByTimeAsync(1_000);
    posted.update('three');
    await vi.advanceTimersByTimeAsync(20_000);
    expect(requests.slice(1)).toEqual([
      `2000 PATCH ${PATCH} two`,
      `5100 PATCH ${PATCH} three`,
      `15200 PATCH ${PATCH} three`,
    ]);
  });

  it('is left alone when somebody deleted it, without a word', async () => {
    const { say, requests, failures, lines } = scene();
    const posted = say('one');
    await vi.advanceTimersByTimeAsync(2_000);
    failures.push(refusal(404));
    posted.update('two');
    await vi.advanceTimersByTimeAsync(2_000);
    posted.update('three');
    await vi.advanceTimersByTimeAsync(20_000);
    expect(requests).toHaveLength(2);
    expect(lines).toEqual([]);
  });

  it.each([
    ['the network is down', () => new Error('getaddrinfo EAI_AGAIN discord.com')],
    ['Discord is not well', () => new HTTPError(503, 'Service Unavailable', 'POST', POST, {})],
    ['Discord has enough of it', () => rateLimited(5_000)],
  ])('is posted, with what is newest, when %s only for a while', async (_why, failure) => {
    const { say, requests, failures, lines } = scene();
    failures.push(failure(), failure(), failure());
    const posted = say('voice is lost');
    await vi.advanceTimersByTimeAsync(1_000);
    posted.update('joining again');
    await vi.advanceTimersByTimeAsync(9_000);
    posted.update('back after 0:09');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(requests.map((request) => request.replace(/^\d+ /, ''))).toEqual([
      `POST ${POST} voice is lost`,
      `POST ${POST} joining again`,
      `POST ${POST} back after 0:09`,
      `POST ${POST} back after 0:09`,
    ]);
    expect(lines).toEqual([]);
    expect(posted.gone.aborted).toBe(false);
  });

  it('waits longer each time, outlives an outage of eight minutes, and is then given up, which is logged once', async () => {
    const { say, requests, failures, lines } = scene();
    failures.push(...down(50));
    say('one');
    await vi.advanceTimersByTimeAsync(3 * HOUR);
    const times = requests.map((request) => Number.parseInt(request, 10));
    expect(times.slice(0, 5)).toEqual([0, 5_100, 15_200, 35_300, 65_400]);
    expect(times.at(-1)).toBeGreaterThan(8 * MINUTE);
    expect(requests).toHaveLength(20);
    expect(lines).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['that was never posted', 0, `POST ${POST}`],
    ['that was not brought up to date', 1, `PATCH ${PATCH}`],
  ])('%s is tried again when there is something newer to say, however late', async (_which, before, request) => {
    const { say, requests, failures, lines } = scene();
    if (before === 0) failures.push(...down(20));
    const posted = say('voice is lost');
    await vi.advanceTimersByTimeAsync(2_000);
    if (before === 1) failures.push(...down(20));
    posted.update('cooling down');
    await vi.advanceTimersByTimeAsync(3 * HOUR);
    expect(requests).toHaveLength(before + 20);
    posted.update('back after 3:00:02');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(requests.slice(before + 20)).toEqual([`10802000 ${request} back after 3:00:02`]);
    expect(lines).toHaveLength(1);
  });

  it.each([
    [403, 0],
    [404, 0],
    [404, 1],
  ])('that is refused with %i after %i requests is gone', async (status, before) => {
    const { say, requests, failures } = scene();
    if (before === 0) failures.push(refusal(status));
    const posted = say('one');
    await vi.advanceTimersByTimeAsync(2_000);
    if (before === 1) failures.push(refusal(status));
    expect(posted.gone.aborted).toBe(before === 0);
    posted.update('two');
    await vi.advanceTimersByTimeAsync(2_000);
    posted.update('three');
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(posted.gone.aborted).toBe(true);
    expect(requests).toHaveLength(before + 1);
  });

  it.each([
    ['forbidden', () => refusal(403)],
    ['refused without a reason', () => refusal(404, 0)],
  ])('whose change is %s for a while says the newest soon after', async (_why, failure) => {
    const { say, requests, failures, lines } = scene();
    const posted = say('joining again');
    await vi.advanceTimersByTimeAsync(2_000);
    failures.push(failure(), failure(), failure());
    posted.update('back after 0:02');
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(requests.slice(1)).toEqual(
      [2_000, 7_100, 17_200, 37_300].map((at) => `${at} PATCH ${PATCH} back after 0:02`),
    );
    expect(lines).toEqual([]);
  });

  it('whose change stays forbidden is tried five times for each thing to say, and stands', async () => {
    const { say, requests, failures, lines } = scene();
    const posted = say('joining again');
    await vi.advanceTimersByTimeAsync(2_000);
    failures.push(...Array.from({ length: 20 }, () => refusal(403)));
    posted.update('cooling down');
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(requests).toHaveLength(1 + 5);
    posted.update('back after 1:00:02');
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(requests).toHaveLength(1 + 10);
    expect(lines).toHaveLength(2);
    expect(posted.gone.aborted).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that waits for its next try has one more when the bot stops, and none later', async () => {
    const { announcer, say, requests, failures } = scene();
    failures.push(...down(9));
    const posted = say('one');
    await vi.advanceTimersByTimeAsync(1_000);
    const closing = announcer.close();
    await vi.advanceTimersByTimeAsync(500);
    await closing;
    posted.update('two');
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(requests).toEqual([`0 POST ${POST} one`, `1000 POST ${POST} one`]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is delivered when the bot stops, without waiting', async () => {
    const { announcer, say, requests } = scene();
    const posted = say('one');
    posted.update('the end');
    const closing = announcer.close();
    await vi.advanceTimersByTimeAsync(200);
    await closing;
    expect(announcer.announce('G', '7', 'too late')).toBeNull();
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
    if (failure) posted?.update('more');
    await vi.advanceTimersByTimeAsync(5_000);
  }
  expect(requests).toHaveLength(4);
  expect(lines).toHaveLength(2);
});

it('lets no more than ten lines wait for a channel', async () => {
  const { announcer, requests } = scene();
  for (let n = 0; n < 30; n += 1) announcer.announce('G', '7', `${n}`)?.update('x');
  announcer.announce('G', '8', 'elsewhere');
  await vi.advanceTimersByTimeAsync(50);
  expect(requests).toHaveLength(11);
  await vi.advanceTimersByTimeAsync(100);
  announcer.announce('G', '7', 'again');
  expect(requests).toHaveLength(12);
});

it('lets what waits for a network that is down count among the ten, until it is posted or given up', async () => {
  const { announcer, failures } = scene();
  failures.push(...down(20 * 10));
  for (let n = 0; n < 10; n += 1) announcer.announce('G', '7', `${n}`);
  await vi.advanceTimersByTimeAsync(8 * MINUTE);
  expect(announcer.announce('G', '7', 'one too many')).toBeNull();
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(announcer.announce('G', '7', 'again')).not.toBeNull();
});
