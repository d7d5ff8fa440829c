import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/commands/command.ts';
import { help } from '../../src/commands/help.ts';
import { join } from '../../src/commands/join.ts';
import { leave } from '../../src/commands/leave.ts';
import { loop } from '../../src/commands/loop.ts';
import { normalise } from '../../src/commands/normalise.ts';
import { nowplaying } from '../../src/commands/nowplaying.ts';
import { pause } from '../../src/commands/pause.ts';
import { resume } from '../../src/commands/resume.ts';
import { skip } from '../../src/commands/skip.ts';
import { stop } from '../../src/commands/stop.ts';
import { volume } from '../../src/commands/volume.ts';
import { COMMANDS } from '../../src/commands/index.ts';
import { autoplay } from '../../src/commands/autoplay.ts';
import { clear } from '../../src/commands/clear.ts';
import { history } from '../../src/commands/history.ts';
import { move } from '../../src/commands/move.ts';
import { previous } from '../../src/commands/previous.ts';
import { remove } from '../../src/commands/remove.ts';
import { replay } from '../../src/commands/replay.ts';
import { filter } from '../../src/commands/filter.ts';
import { seek } from '../../src/commands/seek.ts';
import { shuffle } from '../../src/commands/shuffle.ts';
import { stay } from '../../src/commands/stay.ts';
import { undo } from '../../src/commands/undo.ts';
import { TenutoError } from '../../src/lib/errors.ts';
import type { Playback } from '../../src/player/players.ts';
import { entry, playback } from './fixtures/music.ts';
import { context, services, type Script } from './fixtures/services.ts';

type Options = Record<string, string | number | boolean>;

async function run(command: Command, options: Options = {}, script: Script = {}) {
  const { services: parts, asked } = services(script);
  return { said: await command.run(context(options), parts), asked };
}

const BASS: Playback['filters'] = [{ name: 'bassboost', amount: 8 }];
const ONE: Script = { touched: [entry('2')] };
const THREE: Script = { touched: ['2', '3', '4'].map((id) => entry(id)) };

describe('a command asks one thing of the player and says what came of it', () => {
  it.each<[string, Command, Options, Script, string[], string]>([
    ['/skip', skip, {}, { next: entry('2') }, ['skip G 1'], 'Skipped. Next is **Song 2**.'],
    ['/join', join, {}, {}, ['join G V T'], 'Here I am.'],
    ['/skip 3', skip, { amount: 3 }, {}, ['skip G 3'], 'Skipped. The queue is empty now: /play adds something.'],
    ['/pause', pause, {}, {}, ['pause G 42'], 'Paused. Use /resume to go on.'],
    ['/skip to', skip, { to: 4 }, { next: entry('5') }, ['jump G 4'], 'Skipped to **Song 5**.'],
    ['/previous', previous, {}, {}, ['previous G'], 'Back to **Song 0**.'],
    ['/replay', replay, {}, {}, ['replay G'], '**Song 1** from the beginning.'],
    [
      '/remove position',
      remove,
      { position: 2 },
      ONE,
      ['remove G place 2 2'],
      'Removed **Song 2**; /undo brings it back.',
    ],
    [
      '/remove to',
      remove,
      { position: 2, to: 4 },
      THREE,
      ['remove G place 2 4'],
      'Removed 3 tracks; /undo brings them back.',
    ],
    ['/remove user', remove, { user: '7' }, THREE, ['remove G user 7'], 'Removed 3 tracks; /undo brings them back.'],
    ['/remove user, in vain', remove, { user: '7' }, {}, ['remove G user 7'], 'Nothing of <@7> comes next.'],
    [
      '/remove duplicates',
      remove,
      { duplicates: true },
      ONE,
      ['remove G duplicate'],
      'Removed **Song 2**; /undo brings it back.',
    ],
    [
      '/remove duplicates, in vain',
      remove,
      { duplicates: true },
      {},
      ['remove G duplicate'],
      'No track is in the queue twice.',
    ],
    ['/move', move, { from: 5, to: 1 }, {}, ['move G 5 1'], 'Moved **Song 5** to #1.'],
    [
      '/move swap',
      move,
      { from: 5, to: 1, swap: true },
      {},
      ['swap G 5 1'],
      '**Song 5** is at #1 now, and **Song 1** at #5.',
    ],
    ['/shuffle', shuffle, {}, THREE, ['shuffle G freely'], 'Shuffled 3 tracks; /undo puts them back in order.'],
    [
      '/shuffle fair',
      shuffle,
      { fair: true },
      THREE,
      ['shuffle G fairly'],
      'Shuffled 3 tracks, taking turns; /undo puts them back in order.',
    ],
    [
      '/shuffle, in vain',
      shuffle,
      {},
      {},
      ['shuffle G freely'],
      'Fewer than two tracks come next: nothing to shuffle.',
    ],
    ['/clear', clear, {}, THREE, ['clear G'], 'Cleared 3 tracks; /undo brings them back.'],
    ['/clear, one', clear, {}, ONE, ['clear G'], 'Cleared 1 track; /undo brings it back.'],
    ['/clear, in vain', clear, {}, {}, ['clear G'], 'Nothing comes next, so there is nothing to clear.'],
    ['/undo', undo, {}, { undone: 'skip' }, ['undo G'], 'What was passed over comes next again.'],
    [
      '/stay',
      stay,
      { on: true },
      {},
      ['setStay G true'],
      'I stay in my voice channel now, also when nobody listens or nothing plays. /leave sends me away.',
    ],
    [
      '/stay off',
      stay,
      { on: false },
      {},
      ['setStay G false'],
      'I leave again when nobody listens or nothing plays for a while.',
    ],
    [
      '/autoplay',
      autoplay,
      { on: true },
      {},
      ['setAutoplay G true'],
      'When the queue ends I go on with something related, while somebody listens. What you add always comes first.',
    ],
    ['/autoplay off', autoplay, { on: false }, {}, ['setAutoplay G false'], 'When the queue ends, the music ends.'],
    ['/resume', resume, {}, {}, ['resume G', 'prepare G V'], 'Going on.'],
    ['/stop', stop, {}, {}, ['stop G'], 'Stopped, and the queue is empty.'],
    ['/leave', leave, {}, {}, ['leave G'], 'Left. The queue is kept: /play goes on with it.'],
    ['/volume', volume, {}, { playback: playback({ volume: 80 }) }, [], 'The volume is 80 %.'],
    ['/seek 1:30', seek, { to: '1:30' }, {}, ['seek G beginning 90000'], 'Going on at 1:30.'],
    ['/seek -10', seek, { to: '-10' }, {}, ['seek G here -10000'], 'Going on at 0:50.'],
    ['/filter', filter, {}, { playback: playback({ filters: BASS }) }, [], 'On: Bass boost (8 dB).'],
    ['/filter, with none on', filter, {}, {}, [], 'No filter is on.'],
    ['/filter bassboost', filter, { name: 'bassboost' }, {}, ['setFilters G bassboost=8'], 'On: Bass boost (8 dB).'],
    [
      '/filter speed 150, beside another',
      filter,
      { name: 'speed', amount: 150 },
      { playback: playback({ filters: BASS }) },
      ['setFilters G bassboost=8 speed=150'],
      'On: Bass boost (8 dB), Speed (150 %).',
    ],
    [
      '/filter, once more',
      filter,
      { name: 'bassboost' },
      { playback: playback({ filters: BASS }) },
      ['setFilters G'],
      'No filter is on.',
    ],
    [
      '/filter off',
      filter,
      { name: 'off' },
      { playback: playback({ filters: BASS }) },
      ['setFilters G'],
      'No filter is on.',
    ],
    ['/volume 0', volume, { level: 0 }, {}, ['setVolume G 0'], 'The volume is 0 % now.'],
    [
      '/normalise off',
      normalise,
      { mode: 'off' },
      {},
      ['setNormalise G off'],
      'Every track is as loud as it was recorded.',
    ],
    ['/loop queue', loop, { mode: 'queue' }, {}, ['setLoop G queue'], 'The whole queue is repeated.'],
    ['/nowplaying', nowplaying, {}, {}, ['show G T'], 'Here it is.'],
  ])('%s', async (_name, command, options, script, asked, said) => {
    expect(await run(command, options, script)).toEqual({ said, asked });
  });
});

it.each(['', 'the middle', '1:75', '-ss 1'])('refuses to go to "%s"', async (to) => {
  await expect(run(seek, { to })).rejects.toMatchObject({ code: 'BAD_OPTION' });
});

it.each<Options>([
  { name: 'reverb' },
  { name: '__proto__' },
  { name: 'speed', amount: 900 },
  { name: '8d', amount: 2 },
])('refuses the filter %o', async (options) => {
  await expect(run(filter, options)).rejects.toMatchObject({ code: 'BAD_OPTION' });
});

it('does not come to the channel when there is nothing to resume', async () => {
  const { services: parts, asked } = services({ failing: { resume: new TenutoError('NOTHING_PLAYING') } });
  await expect(resume.run(context(), parts)).rejects.toMatchObject({ code: 'NOTHING_PLAYING' });
  expect(asked).toEqual(['resume G']);
});

it('shows no display of nothing', async () => {
  const nothing = playback({ entry: null, status: 'idle' });
  await expect(run(nowplaying, {}, { playback: nothing })).rejects.toMatchObject({ code: 'NOTHING_PLAYING' });
});

it.each(['', 'everything', '__proto__'])('refuses the loop mode "%s"', async (mode) => {
  await expect(run(loop, { mode })).rejects.toMatchObject({ code: 'BAD_OPTION' });
});

it.each<[string, Command, Options]>([
  ['/remove without a word', remove, {}],
  ['/remove by two things', remove, { position: 1, duplicates: true }],
  ['/remove up to somewhere', remove, { to: 3 }],
  ['/skip by two things', skip, { amount: 2, to: 3 }],
])('asks again what was meant: %s', async (_name, command, options) => {
  await expect(run(command, options)).rejects.toMatchObject({ code: 'BAD_OPTION' });
});

describe('what plays again is heard', () => {
  const nothing = playback({ entry: null, status: 'idle' });
  const away = playback({ status: 'away' });

  const behind = (status: 'idle' | 'away'): Playback => {
    const some = playback({ status, ...(status === 'idle' && { entry: null }) });
    const undoable = { what: 'clear', upcoming: [], since: [] } as const;
    return { ...some, queue: { ...some.queue, history: [entry('0')], undoable } };
  };

  // First the channel: a bot that is killed in between must not have something to play and no channel to play it in.
  it.each<[string, Command, readonly Playback[], readonly string[]]>([
    ['/previous, in no channel', previous, [behind('away')], ['prepare G V', 'previous G']],
    ['/previous, with nothing playing', previous, [behind('idle'), playback()], ['prepare G V', 'previous G']],
    ['/previous, with nothing to go back to', previous, [nothing], ['previous G']],
    ['/previous, in a channel', previous, [playback()], ['previous G']],
    ['/undo of what ended the music', undo, [behind('idle'), playback()], ['prepare G V', 'undo G']],
    ['/undo of something else, in no channel', undo, [behind('away')], ['undo G']],
    ['/undo of nothing', undo, [nothing], ['undo G']],
    ['/resume, in no channel', resume, [away, playback({ status: 'paused' })], ['prepare G V', 'resume G']],
    ['/resume of what nobody paused', resume, [away, playback()], ['prepare G V']],
    ['/resume, in a channel', resume, [playback({ status: 'paused' })], ['resume G', 'prepare G V']],
  ])('%s', async (_what, command, playbacks, asks) => {
    const { services: parts, asked } = services();
    const seen = [...playbacks];
    const now = () => (seen.length > 1 ? seen.shift() : seen[0]) ?? nothing;
    await command.run(context(), { ...parts, players: { ...parts.players, playback: now } });
    expect(asked).toEqual(asks);
  });
});

it('goes again when what it came for cannot be', async () => {
  const failing = { previous: new TenutoError('STORAGE_FAILED') };
  const gone = playback({ status: 'away' });
  const script = { failing, playback: { ...gone, queue: { ...gone.queue, history: [entry('0')] } } };
  const { services: parts, asked } = services(script);
  await expect(previous.run(context(), parts)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  expect(asked).toEqual(['prepare G V', 'previous G', 'release G']);
});

it.each([
  ['away' as const, '**Song 1** from the beginning. /resume brings me.'],
  ['paused' as const, '**Song 1** from the beginning. The music is paused: /resume goes on.'],
])('says what to do to hear the track: %s', async (status, said) => {
  expect((await run(replay, {}, { playback: playback({ status }) })).said).toBe(said);
});

it('/help names every command, itself too, within what an embed holds', async () => {
  const { said } = await run(help(COMMANDS.filter(({ data }) => data.name !== 'help')));
  const text = typeof said === 'string' ? '' : (said.embeds?.[0]?.data.description ?? '');
  expect(text.length).toBeLessThanOrEqual(4096);
  for (const { data } of COMMANDS) expect(text).toContain(`**/${data.name}** ${data.toJSON().description}`);
});

describe('/history', () => {
  const withHistory = (ids: readonly string[]) => {
    const now = playback();
    return { playback: { ...now, queue: { ...now.queue, history: ids.map((id) => entry(id)) } } };
  };

  it('shows the last twenty, the latest first', async () => {
    const ids = Array.from({ length: 22 }, (_, index) => String(index));
    const { said } = await run(history, {}, withHistory(ids));
    const lines = typeof said === 'string' ? [] : (said.embeds?.[0]?.data.description ?? '').split('\n');
    expect(lines).toHaveLength(20);
    expect(lines[0]).toBe(String.raw`1\. Song 21 (3:00) <@42>`);
  });

  it('says so when there is none', async () => {
    expect((await run(history)).said).toBe('Nothing has played before this.');
  });
});
