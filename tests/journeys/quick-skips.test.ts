import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { Supervised, type Holdings } from '../../bench/supervised.ts';
import type { SeenMessage } from '../../loopback/people.ts';
import { ask, setStage } from './stage.ts';

const SKIPS = 100;
const LONGEST_MS = 180_000;
/** Long enough that a skip comes in the middle of it. */
const SLOW_MS = 500;
const SETTLED = { timeout: 30_000, interval: 200 };

/** Addresses that lead somewhere else, which takes a while from when they are told to be slow. */
async function slowRedirects(to: string) {
  let slow = false;
  const server = createServer((_request, response) => {
    setTimeout(() => response.writeHead(302, { location: to }).end(), slow ? SLOW_MS : 0);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/slow.mp3`, slowDown: () => (slow = true) };
}

/** What there is more of than before. What is due at once is gone when the next look comes. */
const more = (before: Holdings, now: Holdings) =>
  Object.entries(now).flatMap(([kind, count]) => {
    const was = before[kind] ?? 0;
    return kind !== 'Immediate' && count > was ? [`${kind}: ${was} before, ${count} now`] : [];
  });

it.each([
  ['all at once', (skip: () => Promise<SeenMessage>) => Promise.all(Array.from({ length: SKIPS }, skip))],
  [
    'each as soon as the one before is answered',
    async (skip: () => Promise<SeenMessage>) => {
      const answers: SeenMessage[] = [];
      for (let count = 0; count < SKIPS; count += 1) answers.push(await skip());
      return answers;
    },
  ],
] as const)(
  'leaves nothing behind after a hundred skips, %s',
  async (_how, skipAll) => {
    const stage = await setStage();
    const { loopback, media } = stage;
    const env = { ...loopback.env, DATA_DIR: stage.dataDir, ALLOW_PRIVATE_HOSTS: '127.0.0.1', LOG_LEVEL: 'info' };
    const bot = await Supervised.start('src/main.ts', env, (line) => line.includes('"msg":"ready"'));
    onTestFinished(() => bot.end().then(() => undefined));
    const [first, last] = [await stage.song('song.webm'), await stage.song('second.webm')];
    const slow = await slowRedirects(media.urlOf('song.mp3'));
    const ada = loopback.user('ada');
    ada.join('Lounge');

    const skipped = [media.urlOf('song.mp3'), slow.url, media.urlOf('song.m4a')];
    // What is made for the first such track, and kept, is no leak.
    await ask(ada, 'play', { query: media.urlOf('song.mp3') });
    await loopback.ears('ada').waitFor(50, 20_000);
    await ask(ada, 'play', { query: first.url });
    await ask(ada, 'skip');
    for (let n = 1; n < SKIPS; n += 1) await ask(ada, 'play', { query: skipped[n % skipped.length] ?? '' });
    await ask(ada, 'play', { query: last.url });
    await ask(ada, 'play', { query: media.urlOf('third.opus') });
    await expect.poll(() => stage.match('ada', first).matched.length, SETTLED).toBeGreaterThan(50);
    const before = await bot.holdings();
    slow.slowDown();

    const answers = await skipAll(() => ask(ada, 'skip'));
    const heardBefore = loopback.heard('ada').length;
    expect(answers.filter(({ content }) => content.includes('Second Wind'))).toHaveLength(1);
    await expect.poll(() => stage.match('ada', last).matched.length, SETTLED).toBeGreaterThan(50);

    const { matched, gaps, repeats } = stage.match('ada', last);
    expect([matched[0]?.index, gaps, repeats]).toEqual([0, [], []]);
    const since = new Set(loopback.heard('ada').slice(heardBefore));
    expect(stage.match('ada', first).matched.filter(({ packet }) => since.has(packet))).toEqual([]);
    const [queue] = (await ask(ada, 'queue')).embeds;
    expect(queue?.description).toContain('Second Wind');
    expect(queue?.description?.match(/Third Time/g)).toHaveLength(1);
    expect(queue?.description).not.toContain('Long Note');
    expect(ada.sees().filter(({ content }) => /^(⏳|⚠️)/u.test(content))).toEqual([]);

    await expect.poll(async () => more(before, await bot.holdings()), SETTLED).toEqual([]);
    expect((await bot.holdings())['children']).toBe(0);
    await ask(ada, 'stop');
    await expect.poll(async () => more(before, await bot.holdings()), SETTLED).toEqual([]);
    expect((await bot.end()).unhandled).toEqual([]);
  },
  LONGEST_MS,
);
