import { describe, expect, it } from 'vitest';
import type { Needs } from '../../src/commands/command.ts';
import { rowsOf, type Action } from '../../src/discord/actions.ts';
import { buttonCommand } from '../../src/discord/buttons.ts';
import { buttonId, parseButtonId, type ButtonAction } from '../../src/now-playing/buttons.ts';
import { entry, playback } from '../commands/fixtures/music.ts';
import { context, services } from '../commands/fixtures/services.ts';

const ID = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
/** What each asks of the player. */
const ASKED: Readonly<Record<ButtonAction, string | null>> = {
  previous: 'previous G',
  back: 'seek G here -10000',
  pause: 'pause G 42',
  resume: 'resume G',
  forward: 'seek G here 10000',
  skip: 'skip G 1 while 1',
  stop: 'stop G',
  'loop-off': 'setLoop G off',
  'loop-track': 'setLoop G track',
  'loop-queue': 'setLoop G queue',
  shuffle: 'shuffle G freely',
  quieter: 'setVolume G 90',
  louder: 'setVolume G 110',
  favourite: null,
};
const ACTIONS = Object.keys(ASKED) as ButtonAction[];
/** What is not the business of DJs alone, or may bring the bot into a channel. */
const OTHER_NEEDS: Readonly<Partial<Record<ButtonAction, Needs>>> = {
  resume: 'join-voice-channel',
  previous: 'dj-join',
  skip: 'same-voice-channel',
  favourite: 'guild',
};

it.each(ACTIONS)('the id of the button "%s" says what its press needs, within 100 characters', (action) => {
  expect(parseButtonId(buttonId(action, ID))).toEqual({ action, entryId: ID });
  expect(buttonId(action, ID).length).toBeLessThanOrEqual(100);
});

it.each([
  '',
  'np',
  'np:skip',
  'np:skip:',
  'np:dance:1',
  'np:constructor:1',
  'xnp:skip:1',
  'other:skip:1',
  'do:',
  'do:toString',
  'do:play',
  'resume',
])('"%s" is not ours', (customId) => {
  expect(buttonCommand(customId)).toBeNull();
});

describe('a press', () => {
  it.each(ACTIONS)(
    'of "%s" does what the command does, under its guard, and is told to the person alone',
    async (action) => {
      const command = buttonCommand(buttonId(action, '1'));
      const { services: parts, asked } = services({ playback: playback({ entry: entry('1') }) });
      await command?.run(context(), parts);
      expect(asked[0] ?? null).toBe(ASKED[action]);
      expect(command?.ephemeral).toBe(true);
      expect(command?.needs).toBe(OTHER_NEEDS[action] ?? 'dj');
    },
  );

  it.each(ACTIONS)('of "%s" does nothing when its track is not the current one any more', async (action) => {
    for (const now of [playback({ entry: entry('2') }), playback({ entry: null, status: 'idle' })]) {
      const { services: parts, asked } = services({ playback: now });
      const press = buttonCommand(buttonId(action, '1'))?.run(context(), parts);
      await expect(press).rejects.toMatchObject({ code: 'STALE_BUTTON' });
      expect(asked).toEqual([]);
    }
  });

  it('of "favourite" keeps the track for the person who pressed', async () => {
    const { services: parts } = services({ playback: playback({ entry: entry('1') }) });
    await buttonCommand(buttonId('favourite', '1'))?.run(context(), parts);
    expect(await parts.favourites.tracks('42')).toMatchObject([{ title: 'Song 1' }]);
    expect(await parts.favourites.tracks('43')).toEqual([]);
  });

  it.each([
    ['quieter', 4, 'setVolume G 0'],
    ['louder', 195, 'setVolume G 200'],
  ] as const)('of "%s" at %i %% goes no further than there is', async (action, volume, asks) => {
    const { services: parts, asked } = services({ playback: playback({ volume }) });
    await buttonCommand(buttonId(action, '1'))?.run(context(), parts);
    expect(asked).toEqual([asks]);
  });
});

describe('a button that needs to know nothing but what it does', () => {
  it.each<[Action, string, string]>([
    ['resume', 'join-voice-channel', 'resume G'],
    ['retry', 'manage-voice', 'reconnect G'],
    ['reconnect', 'manage-voice', 'reconnect G'],
    ['cancel:7', 'same-voice-channel', 'cancelPlaylist G 7'],
  ])('"%s" runs its command under its guard, and is answered to the person alone', async (action, needs, asks) => {
    const [button] = rowsOf([action])[0]?.components ?? [];
    const command = buttonCommand(button && 'custom_id' in button ? button.custom_id : '');
    const { services: parts, asked } = services();
    await command?.run(context(), parts);
    expect(asked[0]).toBe(asks);
    expect([command?.needs, command?.ephemeral]).toEqual([needs, true]);
  });

  it('does not break off a connection that has come back by itself', async () => {
    const state = { status: 'ready', channelId: '7', since: 0 } as const;
    const { services: parts, asked } = services({ report: { state } });
    expect(await buttonCommand('do:retry')?.run(context(), parts)).toBe('I am back already.');
    expect(asked).toEqual([]);
  });

  it('is not there when there is nothing to do', () => {
    expect(rowsOf([])).toEqual([]);
  });
});
