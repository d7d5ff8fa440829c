import { ComponentType } from 'discord.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DisplayMessage } from '../../src/now-playing/display-channel.ts';
import { render } from '../../src/now-playing/render.ts';
import type { Playback } from '../../src/player/players.ts';
import type { VoiceState } from '../../src/voice/voice-state.ts';
import { entry, playback } from '../commands/fixtures/music.ts';

const show = (fields: Parameters<typeof playback>[0], voice: VoiceState['status'] = 'ready') =>
  render(playback(fields), { voice });
const labels = ({ components }: DisplayMessage) =>
  components.flatMap((row) => row.components.map((button) => ('custom_id' in button ? button.custom_id : '?')));

describe('render', () => {
  it('shows the track, where it is, who asked for it and what comes next', () => {
    const now = entry('1', {
      title: 'Blue *Train*',
      artist: 'John Coltrane',
      link: 'https://example.com/1',
      thumbnail: 'https://example.com/1.jpg',
    });
    const message = show({ entry: now, volume: 80, upcoming: [entry('2'), entry('3')] });
    expect(message.embeds).toEqual([
      {
        author: { name: 'Now playing' },
        title: String.raw`Blue \*Train\*`,
        url: 'https://example.com/1',
        description: 'John Coltrane\n▬▬▬▬▬🔘▬▬▬▬▬▬▬▬▬▬ [1:00 / 3:00]\nAsked for by <@42>',
        thumbnail: { url: 'https://example.com/1.jpg' },
        footer: { text: 'Next: Song 2 · 2 to come · Volume 80 %' },
      },
    ]);
    expect(message.components[0]?.type).toBe(ComponentType.ActionRow);
    expect(labels(message)).toEqual(['np:pause:1', 'np:skip:1', 'np:stop:1']);
  });

  it.each<[Playback['status'], VoiceState['status'], string]>([
    ['playing', 'ready', 'Now playing'],
    ['playing', 'joining', 'Connecting'],
    ['playing', 'resuming', 'Voice was lost, coming back'],
    ['waiting-for-voice', 'recovering', 'Voice was lost, coming back'],
    ['waiting-for-voice', 'deciding', 'Voice was lost, coming back'],
    ['waiting-for-voice', 'cooling-down', 'Voice keeps failing, waiting to try again'],
    ['waiting-for-voice', 'failed', 'Voice could not be mended'],
    ['paused', 'ready', 'Paused'],
    ['paused', 'recovering', 'Paused'],
    ['loading', 'ready', 'Loading'],
    ['away', 'idle', 'Not in a voice channel, /resume goes on'],
    ['waiting-for-voice', 'ready', 'Connecting'],
    ['waiting-for-listeners', 'ready', 'Waiting for somebody to listen'],
  ])('says what is true: %s, voice %s', (status, voice, heading) => {
    expect(show({ status }, voice).embeds[0]?.author?.name).toBe(heading);
  });

  it.each([
    ['paused', '77', 'Asked for by <@42>, paused by <@77>'],
    ['paused', null, 'Asked for by <@42>'],
    ['playing', '77', 'Asked for by <@42>'],
  ] as const)('says who paused it, while it is: %s, by %s', (status, pausedBy, line) => {
    expect(show({ status, pausedBy }, 'ready').embeds[0]?.description?.split('\n').at(-1)).toBe(line);
  });

  it.each(['paused', 'away'] as const)('offers to resume, and not to pause, what is %s', (status) => {
    expect(labels(show({ status }, 'idle'))).toEqual(['np:resume:1', 'np:skip:1', 'np:stop:1']);
  });

  it('has no buttons for nothing, nor while the bot is offline', () => {
    expect(show({ entry: null, status: 'idle' })).toEqual({
      embeds: [{ description: 'Nothing is playing. Use /play to start something.' }],
      components: [],
    });
    const offline = render(playback(), { voice: 'idle', online: false });
    expect([offline.embeds[0]?.author?.name, offline.components]).toEqual(['Offline, the queue is kept', []]);
  });

  it.each([
    [{ durationMs: null, live: true }, '🔴 LIVE 1:00'],
    [{ durationMs: null }, '▬ [1:00]'],
    [{ durationMs: 30_000 }, '🔘 [0:30 / 0:30]'],
  ])('knows its way without a length: %j', (fields, end) => {
    expect(show({ entry: entry('1', fields) }).embeds[0]?.description?.split('\n')[0]).toMatch(
      new RegExp(`${end.replaceAll(/[[\]]/g, String.raw`\$&`)}$`),
    );
  });

  it.each(['javascript:alert(1)', 'file:///etc/passwd', 'not a link', `https://example.com/${'x'.repeat(2_048)}`])(
    'does not link to %s',
    (link) => {
      const [embed] = show({ entry: entry('1', { link, thumbnail: link }) }).embeds;
      expect(embed).not.toHaveProperty('url');
      expect(embed).not.toHaveProperty('thumbnail');
    },
  );

  it('keeps Discord’s limits and says nothing invisible, whatever a track calls itself', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 2_000 }),
      fc.constant('*'.repeat(3_000)),
      fc.constant('\u200b'),
    );
    fc.assert(
      fc.property(
        text,
        fc.option(text),
        fc.option(fc.double()),
        fc.double(),
        (title, artist, durationMs, positionMs) => {
          const track = { title, artist, durationMs };
          const { embeds } = show({ entry: entry('1', track), positionMs, upcoming: [entry('2', track)] });
          expect(embeds[0]?.title?.length).toBeGreaterThan(0);
          expect(embeds[0]?.title?.length).toBeLessThanOrEqual(256);
          expect(embeds[0]?.description?.length).toBeLessThan(4_096);
          expect(embeds[0]?.footer?.text.length).toBeLessThan(2_048);
        },
      ),
    );
  });
});
