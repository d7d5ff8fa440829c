import { describe, expect, it } from 'vitest';
import { SiteBreaker, type SiteTrouble } from '../../src/sources/site-breaker.ts';
import { failureOf, type FailureClass } from '../../src/sources/yt-dlp-errors.ts';

const MINUTE = 60_000;

/** A breaker with a clock, and what its operator is told. */
function breaker() {
  const clock = { now: 1_000_000 };
  const told: SiteTrouble[] = [];
  const made = new SiteBreaker({ trouble: (trouble) => told.push(trouble), now: () => clock.now });
  const asked: string[] = [];
  const fails = (site: string, of: FailureClass) =>
    made
      .ask(site, async () => {
        asked.push(site);
        throw made.failed(site, failureOf(of, ''));
      })
      .catch((error: unknown) => error);
  const works = (site: string) =>
    made.ask(site, async () => {
      asked.push(site);
      made.answered(site);
    });
  return { clock, told, asked, made, fails, works };
}

describe('SiteBreaker', () => {
  it('leaves a site alone after one word that it blocks us, and says when to come back', async () => {
    const { clock, asked, fails, works } = breaker();
    expect(await fails('a', 'bot-check')).toMatchObject({ code: 'SITE_BLOCKED', retryAt: clock.now + 15_000 });
    await expect(works('a')).rejects.toMatchObject({ code: 'SITE_BLOCKED', retryAt: clock.now + 15_000 });
    await works('b');
    expect(asked).toEqual(['a', 'b']);
  });

  it('lets one look when it is time, and everybody when that one had an answer', async () => {
    const { clock, made, fails, works } = breaker();
    await fails('a', 'bot-check');
    clock.now += 15_000;
    const look = Promise.withResolvers<void>();
    const looking = made.ask('a', () => look.promise);
    await expect(works('a')).rejects.toMatchObject({ retryAt: clock.now + 5_000 });
    made.answered('a');
    look.resolve();
    await looking;
    await works('a');
    await works('a');
  });

  it('gives a site that says we ask too much more rest, and no more than the longest', async () => {
    const { clock, fails } = breaker();
    const waits: number[] = [];
    for (let look = 0; look < 7; look += 1) {
      const error = (await fails('a', 'rate-limit')) as { retryAt: number };
      waits.push(error.retryAt - clock.now);
      clock.now = error.retryAt;
    }
    expect(waits).toEqual([2, 2, 2, 2, 5, 10, 10].map((minutes) => minutes * MINUTE));
  });

  it('waits longer after each look that failed, ten minutes at the most', async () => {
    const { clock, fails } = breaker();
    const waits: number[] = [];
    for (let look = 0; look < 7; look += 1) {
      const error = (await fails('a', 'bot-check')) as { retryAt: number };
      waits.push(error.retryAt - clock.now);
      clock.now = error.retryAt;
    }
    expect(waits).toEqual([0.25, 0.5, 1, 2, 5, 10, 10].map((minutes) => minutes * MINUTE));
  });

  it('lets the next one look when the one who looked gave up', async () => {
    const { clock, made, fails, works } = breaker();
    await fails('a', 'bot-check');
    clock.now += 15_000;
    await expect(made.ask('a', () => Promise.reject(new Error('left')))).rejects.toThrow('left');
    await works('a');
  });

  it('counts two that fail at the same time once', async () => {
    const { clock, made } = breaker();
    for (let n = 0; n < 2; n += 1) made.failed('a', failureOf('bot-check', ''));
    expect(made.failed('a', failureOf('bot-check', '')).retryAt).toBe(clock.now + 15_000);
  });

  it('takes three answers in a row that make no sense for a site that has changed, with an answer between them not', async () => {
    const { fails, works } = breaker();
    const codes: unknown[] = [];
    for (let n = 0; n < 3; n += 1) codes.push(((await fails('a', 'extractor-bug')) as { code: string }).code);
    expect(codes).toEqual(['TRACK_UNAVAILABLE', 'TRACK_UNAVAILABLE', 'SITE_BLOCKED']);
    await fails('b', 'extractor-bug');
    await fails('b', 'extractor-bug');
    await fails('b', 'private');
    expect(await fails('b', 'extractor-bug')).toMatchObject({ code: 'TRACK_UNAVAILABLE' });
    await works('b');
  });

  it('never blames a site for a track', async () => {
    const { asked, fails } = breaker();
    for (let n = 0; n < 20; n += 1) await fails('a', 'private');
    expect(asked).toHaveLength(20);
  });

  it('tells the operator once, and again after the site had answered', async () => {
    const { clock, told, fails, works } = breaker();
    await fails('a', 'bot-check');
    clock.now += 15_000;
    await fails('a', 'bot-check');
    expect(told).toMatchObject([{ site: 'a', class: 'bot-check', hint: expect.stringContaining('sign-in') }]);
    clock.now += MINUTE;
    await works('a');
    await fails('a', 'bot-check');
    expect(told).toHaveLength(2);
  });
});
