import { ComponentType } from 'discord.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DisplayMessage } from '../../src/now-playing/display-channel.ts';
import { render, renderOffline } from '../../src/now-playing/render.ts';
import type { Playback } from '../../src/player/players.ts';
import { EMPTY_QUEUE } from '../../src/queue/queue.ts';
import type { Verdict } from '../../src/voice/verdicts.ts';
import type { VoiceState } from '../../src/voice/voice-state.ts';
import { entry, playback } from '../commands/fixtures/music.ts';

const show = (
  fields: Parameters<typeof playback>[0],
  state: VoiceState['status'] = 'ready',
  verdict: Verdict = 'healthy',
) => render(playback(fields), { state, verdict });
const buttonsOf = ({ components }: DisplayMessage) =>
  components.flatMap((row) => row.components.flatMap((button) => ('custom_id' in button ? [button] : [])));
const idsOf = (message: DisplayMessage) => buttonsOf(message).map(({ custom_id }) => custom_id);
/** Labels of what can not be pressed. */
const useless = (message: DisplayMessage) =>
  buttonsOf(message).flatMap((button) => (button.disabled === true ? ['label' in button ? button.label : '?'] : []));
const footer = (fields: Parameters<typeof playback>[0]) => show(fields).embeds[0]?.footer?.text;
/** With something before, and something to come. */
const RICH = {
  queue: { ...EMPTY_QUEUE, history: [entry('0')], upcoming: [entry('2'), entry('3')] },
} satisfies Parameters<typeof playback>[0];

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
        color: 0x58_65_f2,
        title: String.raw`Blue \*Train\*`,
        url: 'https://example.com/1',
        description: 'John Coltrane\n1:00 / 3:00 ▬▬▬▬▬🔘▬▬▬▬▬▬▬▬▬▬\nAsked for by <@42>',
        thumbnail: { url: 'https://example.com/1.jpg' },
        footer: { text: 'Next: Song 2 · 1 more after it · Volume 80 %' },
      },
    ]);
    expect(message.components[0]?.type).toBe(ComponentType.ActionRow);
    expect(idsOf(message)).toEqual(
      [
        'previous',
        'pause',
        'skip',
        'stop',
        'loop-track',
        'back',
        'forward',
        'quieter',
        'louder',
        'shuffle',
        'favourite',
      ].map((action) => `np:${action}:1`),
    );
  });

  it.each<[Playback['status'], VoiceState['status'], string]>([
    ['playing', 'ready', 'Now playing'],
    ['playing', 'joining', 'Connecting'],
    ['playing', 'resuming', 'Voice was lost, coming back'],
    ['waiting-for-voice', 'recovering', 'Voice was lost, coming back'],
    ['waiting-for-voice', 'deciding', 'Voice was lost, coming back'],
    ['waiting-for-voice', 'cooling-down', 'Voice keeps failing, waiting to try again'],
    ['waiting-for-voice', 'failed', 'Voice could not be mended, /reconnect tries again'],
    ['paused', 'ready', 'Paused'],
    ['paused', 'recovering', 'Paused'],
    ['loading', 'ready', 'Loading'],
    ['away', 'idle', 'Not in a voice channel, /resume goes on'],
    ['waiting-for-voice', 'ready', 'Connecting'],
    ['waiting-for-listeners', 'ready', 'Waiting for somebody to listen'],
    ['waiting-to-retry', 'ready', 'Waiting to try again'],
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
    expect(idsOf(show({ status }, 'idle'))).toContain('np:resume:1');
    expect(idsOf(show({ status }, 'idle'))).not.toContain('np:pause:1');
  });

  it.each<[Playback['status'], Verdict, string]>([
    ['playing', 'muted', 'Playing, but a moderator muted me'],
    ['playing', 'suppressed', 'Playing, but I may not speak here'],
    ['playing', 'silent-stuck', 'No sound gets out, mending that'],
    ['playing', 'link-down', 'Voice does not answer, mending that'],
    ['playing', 'udp-lost', 'Sound may be lost on its way, mending that'],
    ['playing', 'dave-stuck', 'Encryption hangs, mending that'],
    ['playing', 'process-stalled', 'Now playing'],
    ['paused', 'muted', 'Paused'],
  ])('says what the monitor sees of a connection that is there: %s, %s', (status, verdict, heading) => {
    expect(show({ status }, 'ready', verdict).embeds[0]?.author?.name).toBe(heading);
  });

  it.each<[Parameters<typeof playback>[0], string]>([
    [{}, 'Nothing comes next'],
    [{ upcoming: [entry('2')] }, 'Next: Song 2'],
    [{ upcoming: [entry('2'), entry('3'), entry('4')] }, 'Next: Song 2 · 2 more after it'],
    [{ autoplay: true }, 'Next: something related · Autoplay'],
    [{ queue: { ...EMPTY_QUEUE, loop: 'track', upcoming: [entry('2')] } }, 'Next: this again · Loop: track'],
    [{ queue: { ...EMPTY_QUEUE, loop: 'queue' } }, 'Next: this again · Loop: queue'],
    [{ queue: { ...EMPTY_QUEUE, loop: 'queue', upcoming: [entry('2')] } }, 'Next: Song 2 · Loop: queue'],
    [{ volume: 0 }, 'Nothing comes next · Volume 0 %'],
    [{ filters: [{ name: 'bassboost', amount: 8 }] }, 'Nothing comes next · Bass boost (8 dB)'],
  ])('says below what comes next and how it sounds: %#', (fields, text) => {
    expect(footer(fields)).toBe(text);
  });

  it.each<[string, Parameters<typeof playback>[0], readonly string[]]>([
    ['nothing was played before, and nothing comes', {}, ['Previous', 'Shuffle']],
    ['there is history, and something to shuffle', RICH, []],
    ['it is live', { ...RICH, entry: entry('1', { live: true }) }, ['Back 10 s', 'Forward 10 s']],
    ['it is silent', { ...RICH, volume: 0 }, ['Quieter']],
    ['it is as loud as can be', { ...RICH, volume: 200 }, ['Louder']],
  ])('lets nobody press what makes no sense: %s', (_that, fields, labels) => {
    expect(useless(show(fields))).toEqual(labels);
  });

  it.each([
    ['off', 'Loop track'],
    ['track', 'Loop queue'],
    ['queue', 'Loop off'],
  ] as const)('has a loop button that leads on from "%s"', (loop, label) => {
    const buttons = buttonsOf(show({ queue: { ...EMPTY_QUEUE, loop } }));
    expect(buttons.map((button) => ('label' in button ? button.label : '?'))).toContain(label);
  });

  it('names every button in words, and not only by a picture', () => {
    for (const button of buttonsOf(show({}))) expect('label' in button ? button.label : '').toMatch(/^[A-Z][a-z]/);
  });

  it('has no buttons for nothing, nor while the bot is offline', () => {
    expect(show({ entry: null, status: 'idle' })).toEqual({
      embeds: [{ description: 'Nothing is playing. Use /play to start something.' }],
      components: [],
    });
    const offline = renderOffline(playback());
    expect([offline.embeds[0]?.author?.name, offline.components]).toEqual(['Offline, the queue is kept', []]);
  });

  it.each([
    [{ durationMs: null, live: true }, '🔴 LIVE 1:00 ▬'],
    [{ durationMs: null }, '1:00 ▬'],
    [{ durationMs: 30_000 }, '0:30 / 0:30 ▬'],
  ])('knows its way without a length: %j', (fields, start) => {
    const [line] = show({ entry: entry('1', fields) }).embeds[0]?.description?.split('\n') ?? [];
    expect(line?.slice(0, start.length)).toBe(start);
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
