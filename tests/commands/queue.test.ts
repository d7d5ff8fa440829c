import { describe, expect, it } from 'vitest';
import { queue } from '../../src/commands/queue.ts';
import type { Playback } from '../../src/player/players.ts';
import { EMPTY_QUEUE } from '../../src/queue/queue.ts';
import { entry, playback } from './fixtures/music.ts';
import { context, services } from './fixtures/services.ts';

async function page(now: Playback, page?: number) {
  const reply = await queue.run(context(page === undefined ? {} : { page }), services({ playback: now }).services);
  if (typeof reply === 'string') throw new Error(`no embed but "${reply}"`);
  const embed = reply.embeds?.[0]?.toJSON();
  return { lines: (embed?.description ?? '').split('\n'), footer: embed?.footer?.text };
}

const many = (count: number) => Array.from({ length: count }, (_, index) => entry(`${index + 2}`));

describe('/queue', () => {
  it('says so when there is nothing', async () => {
    const { services: parts } = services({ playback: playback({ entry: null, status: 'idle' }) });
    expect(await queue.run(context(), parts)).toBe('The queue is empty. Use /play to add something.');
  });

  it('shows what plays on top, then ten entries a page', async () => {
    const { lines, footer } = await page(playback({ upcoming: many(25) }));
    expect(lines[0]).toBe('Now: **Song 1** 1:00 / 3:00 (<@42>)');
    expect(lines.slice(2)).toHaveLength(10);
    expect(lines[2]).toBe(String.raw`1\. Song 2 (3:00) <@42>`);
    expect(footer).toBe('Page 1/3 · 25 tracks to come · 1:15:00 long');
  });

  it.each([
    [3, 5, String.raw`21\. Song 22 (3:00) <@42>`],
    [99, 5, String.raw`21\. Song 22 (3:00) <@42>`],
    [0, 10, String.raw`1\. Song 2 (3:00) <@42>`],
  ])('shows page %d of 3', async (number, count, first) => {
    const { lines } = await page(playback({ upcoming: many(25) }), number);
    expect(lines.slice(2)).toHaveLength(count);
    expect(lines[2]).toBe(first);
  });

  it('tells of repetition, and of no total when one length is unknown', async () => {
    const upcoming = [entry('2', { durationMs: null }), entry('3', { live: true, durationMs: null })];
    const now = playback({ queue: { ...EMPTY_QUEUE, current: entry('1'), upcoming, loop: 'queue' } });
    const { lines, footer } = await page(now);
    expect(lines.slice(2)).toEqual([String.raw`1\. Song 2 (?) <@42>`, String.raw`2\. Song 3 (live) <@42>`]);
    expect(footer).toBe('Page 1/1 · 2 tracks to come · repeating the queue');
  });

  it('fits into an embed with the longest titles there are', async () => {
    const title = '*'.repeat(5_000);
    const upcoming = many(10).map(({ id }) => entry(id, { title, artist: title }));
    const { lines } = await page(playback({ entry: entry('1', { title, artist: title }), upcoming }));
    expect(lines.join('\n').length).toBeLessThan(4_096);
    expect(lines).toHaveLength(12);
  });
});
