import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TenutoError } from '../../src/lib/errors.ts';
import { GuildPlayer, type GuildPlayerParts } from '../../src/player/guild-player.ts';
import { recordOf } from '../../src/player/guild-record.ts';
import { adding, skipping } from '../../src/player/queue-edits.ts';
import { AdvancedQueueManager } from '../../src/queue/advanced-queue-manager.ts';
import type { QueueEntry } from '../../src/queue/queue.ts';
import type { Track } from '../../src/sources/source.ts';
import { FaultyStore } from '../queue/faulty-store.ts';

const track: Track = {
  source: 'library',
  identifier: 'x',
  title: 'x',
  artist: null,
  link: null,
  thumbnail: null,
  durationMs: null,
  live: false,
};
const entry = (id: string): QueueEntry => ({ id, track, requestedBy: '1', addedAt: 0 });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A guild's player over a real queue, whose tracks cannot be opened for the reason given. */
async function unplayable(reason: () => TenutoError) {
  const store = new FaultyStore();
  const queues = new AdvancedQueueManager({ store });
  await queues.load();
  await queues.updateSession('1', { voiceChannelId: '2' });
  const said: string[] = [];
  const locate = vi.fn<GuildPlayerParts['locate']>(async () => Promise.reject(reason()));
  const player = new GuildPlayer({
    record: recordOf(queues, '1'),
    locate,
    open: async () => Promise.reject(new Error('nothing was located')),
    forget: async () => undefined,
    connected: () => true,
    announce: (line) => said.push(line),
    changed: () => undefined,
    log: pino({ level: 'silent' }),
  });
  return { store, queues, player, said, locate };
}

describe('GuildPlayer', () => {
  it('loses no track to an outage of the network, and pauses when it lasts', async () => {
    const { queues, player, said, locate } = await unplayable(() => new TenutoError('NETWORK_DOWN', 'the site'));
    await player.edit(adding(['a', 'b', 'c'].map(entry)));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(locate).toHaveBeenCalledTimes(4);
    expect(queues.queue('1').current?.id).toBe('a');
    expect(queues.session('1').paused).toBe('failures');
    expect(said).toHaveLength(1);
    await player.resume();
    await vi.advanceTimersByTimeAsync(0);
    expect(locate).toHaveBeenCalledTimes(5);
  });

  it('pauses when five tracks in a row fail, and keeps the rest', async () => {
    const { queues, player, said } = await unplayable(() => new TenutoError('NOT_AUDIO'));
    await player.edit(adding(['a', 'b', 'c', 'd', 'e', 'f'].map(entry)));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(queues.queue('1')).toMatchObject({ current: { id: 'e' }, upcoming: [{ id: 'f' }] });
    expect(said).toHaveLength(5);
  });

  it('neither loops nor talks when what comes next cannot be saved, and goes on when it can', async () => {
    const { store, queues, player, said, locate } = await unplayable(() => new TenutoError('NOT_AUDIO'));
    locate.mockImplementationOnce(async () => {
      store.fault = 'refuse';
      throw new TenutoError('NOT_AUDIO');
    });
    await player.edit(adding(['a', 'b'].map(entry)));
    await vi.advanceTimersByTimeAsync(14_000);
    expect(locate).toHaveBeenCalledTimes(1);
    expect(said).toEqual([expect.stringContaining('could not save')]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(locate).toHaveBeenCalledTimes(2);
    expect(said).toHaveLength(1);
    store.fault = 'none';
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    expect(queues.queue('1').current).toBeNull();
  });

  it('plays what is asked for now although what played before was paused', async () => {
    const { queues, player, locate } = await unplayable(() => new TenutoError('NETWORK_DOWN', 'the site'));
    await player.edit(adding([entry('a')]));
    await player.pause('42');
    await player.edit(skipping(1));
    const before = locate.mock.calls.length;
    expect(await player.edit(adding([entry('b')]))).toBe(0);
    expect(queues.session('1').paused).toBe('no');
    expect(locate.mock.calls.length).toBe(before + 1);
  });
});
