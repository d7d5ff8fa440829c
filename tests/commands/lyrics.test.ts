import { describe, expect, it } from 'vitest';
import { lyrics } from '../../src/commands/lyrics.ts';
import { sponsorblock } from '../../src/commands/sponsorblock.ts';
import { lyricsPages, sungAt } from '../../src/commands/words/lyrics.ts';
import { playback } from './fixtures/music.ts';
import { context, services } from './fixtures/services.ts';

const FOUND = { title: 'Long Note', artist: 'Ada', instrumental: false, lines: ['One'], timed: null };
const TIMED = ['a', 'b', '', 'd', 'e', 'f', 'g', 'h'].map((text, n) => ({ atMs: (n + 1) * 1_000, text }));

describe('pages of lyrics', () => {
  it('begin with words, and end before Discord would cut them', () => {
    const pages = lyricsPages(['', ...Array.from({ length: 100 }, () => ['*'.repeat(90), '']).flat()]);
    expect(pages.length).toBeGreaterThan(4);
    for (const page of pages) expect([page.length <= 3_500, page.startsWith('\\*')]).toEqual([true, true]);
  });

  it.each([[[]], [['']], [['', ' ']]])('are one where there is nothing: %j', (lines) => {
    expect(lyricsPages(lines)).toEqual(['']);
  });
});

it.each([
  [0, 'a\nb\n♪\nd\ne'],
  [1_000, '**▶ a**\nb\n♪\nd\ne'],
  [3_999, 'a\nb\n**▶ ♪**\nd\ne\nf\ng'],
  [60_000, 'f\ng\n**▶ h**'],
])('at %i ms the line that is sung is marked', (positionMs, shown) => {
  expect(sungAt(TIMED, positionMs)).toBe(shown);
});

it('says what nobody sings', async () => {
  const { services: parts, asked } = services({ lyrics: { ...FOUND, instrumental: true } });
  expect(await lyrics.run(context(), parts)).toBe('**Long Note** by Ada is instrumental: nobody sings.');
  expect(asked).toEqual(['lyrics Song 1 42']);
});

it('asks with the words of a person, also where nothing plays', async () => {
  const { services: parts, asked } = services({ lyrics: FOUND, playback: playback({ entry: null }) });
  await lyrics.run(context({ query: ' long\u200b note ' }), parts);
  expect(asked).toEqual(['lyrics long note 42']);
  await expect(lyrics.run(context(), parts)).rejects.toMatchObject({ code: 'BAD_OPTION' });
});

it('lets segments be switched on only where somebody knows them, and off everywhere', async () => {
  const { services: parts, asked } = services({ noSponsorBlock: true });
  await expect(sponsorblock.run(context({ on: true }), parts)).rejects.toMatchObject({ code: 'SPONSORBLOCK_OFF' });
  await sponsorblock.run(context({ on: false }), parts);
  expect(asked).toEqual(['setSponsorblock G false']);
});
