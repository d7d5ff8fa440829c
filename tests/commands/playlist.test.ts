import { expect, it } from 'vitest';
import { playlist } from '../../src/commands/playlist.ts';
import type { Subcommand } from '../../src/commands/command.ts';
import { TenutoError } from '../../src/lib/errors.ts';
import type { PlaylistChunks, Resolution, Track } from '../../src/sources/source.ts';
import { entry, playback, track } from './fixtures/music.ts';
import { context, services, type Script } from './fixtures/services.ts';

const ASKER = { userId: '42', guildId: 'G' };
const songs = (count: number) => Array.from({ length: count }, (_, n) => track({ title: `${n}`, identifier: `${n}` }));

/** The subcommand on a playlist "mine" that holds these tracks already. */
async function run(
  name: string,
  options: Readonly<Record<string, string | number>>,
  script: Script = {},
  kept: readonly Track[] = [],
) {
  const { services: parts, asked } = services(script);
  await parts.playlists.create(ASKER, 'mine', kept);
  const command: Subcommand | undefined = playlist.subcommands[name];
  if (command === undefined) throw new Error(`there is no /playlist ${name}`);
  const said = await command.run(context({ name: 'mine', ...options }), parts);
  return { said, asked, now: (await parts.playlists.open(ASKER, 'mine')).tracks.length };
}

/** A playlist of a site that has so many tracks in each chunk, and how much of it was read. */
function onASite(each: number, chunks: number) {
  const read = { chunks: 0, closed: false };
  const reading: PlaylistChunks = {
    next: async () => {
      if (read.chunks === chunks) return { done: true, value: undefined };
      read.chunks += 1;
      return { done: false, value: { tracks: songs(each), unplayable: 0 } };
    },
    return: async () => void (read.closed = true),
  };
  const resolution: Resolution = { kind: 'playlist', title: 'Mix', chunks: reading };
  return { read, resolution };
}

it('adds all of a playlist that a link leads to', async () => {
  const { read, resolution } = onASite(3, 2);
  const { said, now } = await run('add', { query: 'https://example.org/mix' }, { resolution });
  expect([said, now, read]).toEqual(['Added 6 tracks to *mine*.', 6, { chunks: 2, closed: true }]);
});

it('reads no more of it than there is room for, and says that there is more', async () => {
  const { read, resolution } = onASite(100, 50);
  const { said, now } = await run('add', { query: 'https://example.org/mix' }, { resolution }, songs(850));
  expect([said, now]).toEqual([
    'Added 150 tracks to *mine*. The other 50 found no room: a playlist holds no more.',
    1_000,
  ]);
  expect(read).toEqual({ chunks: 2, closed: true });
});

it('searches for nothing when the playlist is another person’s', async () => {
  const { services: parts, asked } = services();
  await parts.playlists.create({ ...ASKER, userId: '7' }, 'theirs', []);
  await parts.playlists.share({ ...ASKER, userId: '7' }, 'theirs', true);
  const adding = playlist.subcommands['add']?.run(context({ name: 'theirs', query: 'blue' }), parts);
  await expect(adding).rejects.toMatchObject({ code: 'NOT_YOUR_PLAYLIST' });
  expect(asked).toEqual([]);
});

it('adds nothing when nothing was found', async () => {
  const { resolution } = onASite(0, 1);
  await expect(run('add', { query: 'x' }, { resolution })).rejects.toMatchObject({ code: 'NOTHING_FOUND' });
  await expect(run('add', { query: 'x' }, { resolution: { kind: 'nothing' } })).rejects.toMatchObject({
    code: 'NOTHING_FOUND',
  });
});

it('says how many found room in the queue, and where they are', async () => {
  const script = {
    enqueued: { entries: [entry('3'), entry('4')], place: 5 },
    playback: playback({ status: 'paused' }),
  };
  const { said } = await run('load', {}, script, songs(4));
  expect(said).toBe(
    'Added **2 tracks** of *mine* from position #5. 2 did not get in: the queue or your share of it is full, or this server keeps them out. The music is paused: /resume goes on.',
  );
});

it('puts an empty one nowhere, and joins no channel for it', async () => {
  const { said, asked } = await run('load', {});
  expect([said, asked]).toEqual(['*mine* is empty. /playlist add puts something into it.', []]);
});

it('takes the channel back that was joined for nothing', async () => {
  const { services: parts, asked } = services({ failing: { play: new TenutoError('QUEUE_FULL', '3') } });
  await parts.playlists.create(ASKER, 'mine', songs(1));
  const loading = playlist.subcommands['load']?.run(context({ name: 'mine' }), parts);
  await expect(loading).rejects.toMatchObject({ code: 'QUEUE_FULL' });
  expect(asked.at(-1)).toBe('release G');
});
