import { Routes } from 'discord-api-types/v10';
import { describe, expect, it } from 'vitest';
import { RateLimits } from '../../loopback/rest/rate-limit.ts';
import { settleWithRest } from './rest-town.ts';

describe('rate limits', () => {
  it('count down in headers and end in a 429 that says how long to wait', async () => {
    let now = 1_000_000;
    const { server, application, text } = await settleWithRest(() => now);
    const send = (): Promise<Response> =>
      fetch(`${server.url}/v10${Routes.channelMessages(text.id)}`, {
        method: 'POST',
        headers: { authorization: `Bot ${application.token}`, 'content-type': 'application/json' },
        body: '{"content":"hello"}',
      });
    const first = await send();
    expect(first.status).toBe(200);
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'x-ratelimit-limit': '5',
      'x-ratelimit-remaining': '4',
      'x-ratelimit-reset': '1005.000',
      'x-ratelimit-reset-after': '5.000',
      'x-ratelimit-bucket': expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    now += 1_500;
    const statuses = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await send()).status);
    expect(statuses).toEqual([200, 200, 200, 200]);
    const refused = await send();
    expect(refused.status).toBe(429);
    expect(await refused.json()).toEqual({ message: 'You are being rate limited.', retry_after: 3.5, global: false });
    expect(Object.fromEntries(refused.headers)).toMatchObject({
      'retry-after': '4',
      'x-ratelimit-scope': 'user',
      'x-ratelimit-remaining': '0',
    });
    now += 3_500;
    expect((await send()).status).toBe(200);
  });

  it('are obeyed by a client that reads the headers', async () => {
    const { rest, text, world, guild } = await settleWithRest();
    const other = world.addChannel(guild.id, 'other', 0);
    for (let n = 0; n < 5; n += 1) await rest.post(Routes.channelMessages(text.id), { body: { content: 'a' } });
    const sixth = rest.post(Routes.channelMessages(text.id), { body: { content: 'too many' } });
    await expect(sixth).rejects.toMatchObject({ name: expect.stringContaining('RateLimitError'), limit: 5 });
    await rest.post(Routes.channelMessages(other.id), { body: { content: 'another channel is another bucket' } });
  });

  it('allow fifty requests a second over all routes, save those of interactions', () => {
    let now = 0;
    const limits = new RateLimits(() => now);
    const allowed = (who: string | null): boolean => limits.take(who, null).allowed;
    expect(Array.from({ length: 50 }, () => allowed('bot'))).not.toContain(false);
    expect(limits.take('bot', null)).toMatchObject({
      allowed: false,
      global: true,
      headers: { 'x-ratelimit-global': 'true', 'x-ratelimit-scope': 'global', 'retry-after': '1' },
    });
    expect(allowed('another bot')).toBe(true);
    expect(allowed(null)).toBe(true);
    now = 1_000;
    expect(allowed('bot')).toBe(true);
  });
});
