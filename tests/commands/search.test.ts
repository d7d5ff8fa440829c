import { describe, expect, it } from 'vitest';
import { move } from '../../src/commands/move.ts';
import { play } from '../../src/commands/play.ts';
import { search } from '../../src/commands/search.ts';
import { EMPTY_QUEUE } from '../../src/queue/queue.ts';
import { entry, playback, track } from './fixtures/music.ts';
import { context, services, type Script } from './fixtures/services.ts';

const typing = (text: string) => ({
  guildId: 'G',
  userId: '42',
  text,
  option: 'query',
  subcommand: null,
  string: () => null,
});

describe('/search', () => {
  const run = (script: Script, options: Readonly<Record<string, string | boolean>> = {}) =>
    search.run(context({ words: 'blue', ...options }), services(script).services);

  it('offers what was found, with artist and length', async () => {
    const found = [
      track({ artist: 'Coltrane' }),
      track({ identifier: 'b', title: 'x'.repeat(300), live: true, durationMs: null }),
      track({ identifier: 'c'.repeat(101) }),
    ];
    expect(await run({ found }, { next: true })).toEqual({
      content: 'Choose what to play:',
      menu: {
        next: true,
        options: [
          { label: 'Blue Train', value: 'https://example.com/watch/1', description: 'Coltrane · 3:00' },
          { label: `${'x'.repeat(99)}…`, value: 'b', description: 'live' },
        ],
      },
    });
  });

  it('says so when there is nothing', async () => {
    await expect(run({ found: [] })).rejects.toMatchObject({ code: 'NOTHING_FOUND' });
  });
});

describe('what /play suggests', () => {
  it('is what this guild has heard, the latest first, and what goes with what is typed', () => {
    const queue = { ...EMPTY_QUEUE, history: [entry('1', { identifier: 'a' }), entry('2', { identifier: 'b' })] };
    const found = [track({ identifier: 'c', artist: 'Coltrane', title: '👍🏽'.repeat(40) })];
    const { services: parts, asked } = services({ playback: playback({ queue }), found });
    const choices = play.complete?.(typing('blu'), parts) ?? [];
    expect(choices.map(({ value }) => value)).toEqual(['b', 'a', 'c']);
    expect(choices.map(({ name }) => name).slice(0, 2)).toEqual(['Song 2 (3:00)', 'Song 1 (3:00)']);
    // Cut between thumbs, not between a thumb and its colour.
    expect(choices[2]?.name).toMatch(/^(👍🏽)+… \(3:00\)$/u);
    expect(choices[2]?.name.length).toBeLessThanOrEqual(100);
    expect(asked).toEqual(['suggest blu to G 42']);
  });
});

describe('a position', () => {
  const upcoming = Array.from({ length: 40 }, (_, n) => entry(`${n + 2}`, n === 30 ? { title: 'Naima' } : {}));
  const complete = (text: string) =>
    move.complete?.(typing(text), services({ playback: playback({ upcoming }) }).services) ?? [];

  it.each<[string, number[]]>([
    ['31', [30, 31]],
    [' 40 ', [39, 40]],
    ['NAI', [31]],
    ['xyzzy', []],
  ])('is completed by its number or by a part of the title: %j', (text, places) => {
    // The 30th is called "Song 31".
    expect(complete(text).map(({ value }) => value)).toEqual(places);
  });

  it('is one of the next 25 at first', () => {
    const all = complete('');
    expect(all).toHaveLength(25);
    expect(all[0]).toEqual({ name: '1. Song 2 (3:00)', value: 1 });
  });
});
