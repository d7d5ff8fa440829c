import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/commands/command.ts';
import { leave } from '../../src/commands/leave.ts';
import { loop } from '../../src/commands/loop.ts';
import { nowplaying } from '../../src/commands/nowplaying.ts';
import { pause } from '../../src/commands/pause.ts';
import { resume } from '../../src/commands/resume.ts';
import { skip } from '../../src/commands/skip.ts';
import { stop } from '../../src/commands/stop.ts';
import { volume } from '../../src/commands/volume.ts';
import { TenutoError } from '../../src/lib/errors.ts';
import { entry, playback } from './fixtures/music.ts';
import { context, services, type Script } from './fixtures/services.ts';

async function run(command: Command, options: Record<string, string | number> = {}, script: Script = {}) {
  const { services: parts, asked } = services(script);
  return { said: await command.run(context(options), parts), asked };
}

describe('a command asks one thing of the player and says what came of it', () => {
  it.each<[string, Command, Record<string, string | number>, Script, string[], string]>([
    ['/skip', skip, {}, { next: entry('2') }, ['skip G 1'], 'Skipped. Next is **Song 2**.'],
    ['/skip 3', skip, { amount: 3 }, {}, ['skip G 3'], 'Skipped. The queue is empty now: /play adds something.'],
    ['/pause', pause, {}, {}, ['pause G'], 'Paused. Use /resume to go on.'],
    ['/resume', resume, {}, {}, ['resume G', 'prepare G V'], 'Going on.'],
    ['/stop', stop, {}, {}, ['stop G'], 'Stopped, and the queue is empty.'],
    ['/leave', leave, {}, {}, ['leave G'], 'Left. The queue is kept: /play goes on with it.'],
    ['/volume', volume, {}, { playback: playback({ volume: 80 }) }, [], 'The volume is 80 %.'],
    ['/volume 0', volume, { level: 0 }, {}, ['setVolume G 0'], 'The volume is 0 % now.'],
    ['/loop queue', loop, { mode: 'queue' }, {}, ['setLoop G queue'], 'The whole queue is repeated.'],
    ['/nowplaying', nowplaying, {}, {}, ['show G T'], 'Here it is.'],
  ])('%s', async (_name, command, options, script, asked, said) => {
    expect(await run(command, options, script)).toEqual({ said, asked });
  });
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
