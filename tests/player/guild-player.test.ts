import { Readable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TenutoError } from '../../src/lib/errors.ts';
import { GuildPlayer, type GuildPlayerParts } from '../../src/player/guild-player.ts';
import type { Notice } from '../../src/player/notice.ts';
import { recordOf } from '../../src/player/guild-record.ts';
import { playbackOf } from '../../src/player/playback.ts';
import { adding, goingBack, removing, replaying, skipping, undoing, ending } from '../../src/player/queue-edits.ts';
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

/** A guild's player over a real queue, and what it asks for. */
async function playerOf(locate: GuildPlayerParts['locate']) {
  const store = new FaultyStore();
  const queues = new AdvancedQueueManager({ store });
  await queues.load();
  await queues.updateSession('1', { voiceChannelId: '2' });
  const said: Notice[] = [];
  const open = vi.fn<GuildPlayerParts['open']>(async () => ({
    packets: new Readable({ objectMode: true, read: () => undefined }),
    passthrough: true,
    arrived: new Promise(() => undefined),
    setVolume: () => undefined,
  }));
  const player = new GuildPlayer({
    record: recordOf(queues, '1'),
    locate,
    open,
    forget: async () => undefined,
    connected: () => true,
    announce(notice) {
      const at = said.push(notice) - 1;
      return { update: (next) => void (said[at] = next), gone: new AbortController().signal };
    },
    changed: () => undefined,
    log: pino({ level: 'silent' }),
  });
  return { store, queues, player, said, open };
}

/** Its tracks cannot be located for the reason given. */
async function unplayable(reason: () => TenutoError) {
  const locate = vi.fn<GuildPlayerParts['locate']>(async () => Promise.reject(reason()));
  return { locate, ...(await playerOf(locate)) };
}

/** Its tracks are heard by nobody, so that they stay where they are. */
async function playing(...entries: readonly QueueEntry[]) {
  const stage = await playerOf(async () => ({ kind: 'file', path: 'x', format: 'ogg-opus' }));
  await stage.player.edit(adding(entries));
  await vi.advanceTimersByTimeAsync(0);
  return stage;
}

describe('GuildPlayer', () => {
  it('loses no track to an outage of the network, says so in one line, and pauses when it lasts for hours', async () => {
    const { queues, player, said, locate } = await unplayable(() => new TenutoError('NETWORK_DOWN', 'the site'));
    await player.edit(adding(['a', 'b', 'c'].map(entry)));
    await vi.advanceTimersByTimeAsync(45_000);
    expect(locate).toHaveBeenCalledTimes(4);
    await vi.advanceTimersByTimeAsync(60 * 60_000);
    expect(queues.session('1').paused).toBe('no');
    expect(said).toEqual([expect.stringContaining('I cannot reach the site')]);
    await vi.advanceTimersByTimeAsync(70 * 60_000);
    expect(queues.queue('1').current?.id).toBe('a');
    expect(queues.session('1').paused).toBe('failures');
    expect(said).toHaveLength(2);
    const before = locate.mock.calls.length;
    await player.resume();
    await vi.advanceTimersByTimeAsync(0);
    expect(locate).toHaveBeenCalledTimes(before + 1);
  });

  it('keeps a queue whose site is blocked, says so in one line, and goes on by itself when the site is back', async () => {
    let blocked = true;
    const { queues, player, said, locate } = await unplayable(
      () => new TenutoError('SITE_BLOCKED', 'it takes this server for a robot', { retryAt: Date.now() + 60_000 }),
    );
    locate.mockImplementation(async () => {
      if (!blocked) return { kind: 'file', path: 'x', format: 'ogg-opus' };
      throw new TenutoError('SITE_BLOCKED', 'it takes this server for a robot', { retryAt: Date.now() + 60_000 });
    });
    const ids = Array.from({ length: 10 }, (_, n) => `${n}`);
    await player.edit(adding(ids.map(entry)));
    await vi.advanceTimersByTimeAsync(20 * 60_000);
    expect(queues.queue('1').current?.id).toBe('0');
    expect(queues.queue('1').upcoming.map(({ id }) => id)).toEqual(ids.slice(1));
    expect(said).toEqual([expect.stringContaining('it takes this server for a robot')]);
    expect(playbackOf(recordOf(queues, '1'), player).status).toBe('waiting-to-retry');
    blocked = false;
    await vi.advanceTimersByTimeAsync(62_000);
    expect(player.deck.entry?.id).toBe('0');
  });

  it('pauses when five tracks in a row fail, and keeps the rest', async () => {
    const { queues, player, said } = await unplayable(() => new TenutoError('NOT_AUDIO'));
    await player.edit(adding(['a', 'b', 'c', 'd', 'e', 'f'].map(entry)));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(queues.queue('1')).toMatchObject({ current: { id: 'e' }, upcoming: [{ id: 'f' }] });
    expect(said).toHaveLength(5);
  });

  it('does not loop when what comes next cannot be saved, and goes on when it can', async () => {
    const { store, queues, player, said, locate } = await unplayable(() => new TenutoError('NOT_AUDIO'));
    locate.mockImplementationOnce(async () => {
      store.fault = 'refuse';
      throw new TenutoError('NOT_AUDIO');
    });
    await player.edit(adding([entry('a')]));
    await vi.advanceTimersByTimeAsync(14_000);
    expect(locate).toHaveBeenCalledTimes(1);
    expect(said).toEqual([]);
    store.fault = 'none';
    await vi.advanceTimersByTimeAsync(5_000);
    expect(queues.queue('1').current).toBeNull();
  });

  it('plays what is asked for now although what played before was paused', async () => {
    const { queues, player, locate } = await unplayable(() => new TenutoError('NETWORK_DOWN', 'the site'));
    await player.edit(adding([entry('a')]));
    await player.pause('42');
    await player.edit(skipping(1));
    const before = locate.mock.calls.length;
    expect(await player.edit(adding([entry('b')]))).toMatchObject({ place: 0 });
    expect(queues.session('1').paused).toBe('no');
    expect(locate.mock.calls.length).toBe(before + 1);
  });
});

describe('what people do', () => {
  it('is done in order: who names a place while others remove, names it in the queue that they left', async () => {
    const { queues, player } = await playing(...['a', 'b', 'c', 'd'].map(entry));
    const first = removing({ by: 'place', from: 1, to: 1 });
    const [one, other, refused] = await Promise.allSettled([
      player.edit(first),
      player.edit(first),
      player.edit(removing({ by: 'place', from: 2, to: 2 })),
    ]);
    expect([one, other]).toMatchObject([{ value: [{ id: 'b' }] }, { value: [{ id: 'c' }] }]);
    expect(refused).toMatchObject({ reason: { code: 'NO_SUCH_PLACE', detail: '2' } });
    expect(queues.queue('1').upcoming).toMatchObject([{ id: 'd' }]);
  });

  it('starts the track on the deck anew when it is replayed', async () => {
    const { queues, player, open } = await playing(entry('a'));
    queues.notePosition('1', 'a', 5_000);
    await player.edit(replaying);
    await vi.advanceTimersByTimeAsync(0);
    expect(open.mock.calls.map(([, , { startMs }]) => startMs)).toEqual([0, 0]);
    expect(player.deck.entry?.id).toBe('a');
  });

  it('changes nothing that is heard when it cannot be saved', async () => {
    const { store, queues, player, open } = await playing(entry('a'), entry('b'));
    store.fault = 'refuse';
    await expect(player.edit(skipping(1))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await vi.advanceTimersByTimeAsync(0);
    expect(queues.queue('1').current?.id).toBe('a');
    expect(player.deck.entry?.id).toBe('a');
    expect(open).toHaveBeenCalledTimes(1);
  });

  it('brings back what was stopped, and what played before, and lets it be heard', async () => {
    const { queues, player } = await playing(entry('a'), entry('b'));
    await player.pause('42');
    await player.edit(ending);
    expect(player.deck.entry).toBeNull();
    await player.edit(undoing);
    expect(queues.queue('1')).toMatchObject({ current: { id: 'a' }, upcoming: [{ id: 'b' }] });
    expect(queues.session('1')).toMatchObject({ paused: 'no', pausedBy: null });
    expect(player.deck.entry?.id).toBe('a');
    await player.edit(skipping(1));
    await player.edit(goingBack);
    expect(player.deck.entry?.id).toBe('a');
  });

  it('is remembered of a pause for as long as it lasts: who made it', async () => {
    const { queues, player } = await playing(entry('a'));
    await player.pause('42');
    expect(queues.session('1')).toMatchObject({ paused: 'person', pausedBy: '42' });
    await player.listen(0);
    expect(queues.session('1').paused).toBe('person');
    await player.resume();
    expect(queues.session('1')).toMatchObject({ paused: 'no', pausedBy: null });
  });
});

it.each([
  ['a song goes on where it was', false, 60_000],
  ['a live stream goes on live', true, 0],
])('after a restart %s', async (_what, live, startMs) => {
  const { queues, player, open } = await playing({ ...entry('a'), track: { ...track, live } });
  await player.suspend({ voiceChannelId: null });
  await queues.updateSession('1', { voiceChannelId: '2', positionMs: 60_000 });
  await player.catchUp();
  await vi.advanceTimersByTimeAsync(0);
  expect(open.mock.lastCall?.[2].startMs).toBe(startMs);
});

it('lets what an earlier process left give way to what people ask for now', async () => {
  const { queues, player, locate } = await unplayable(() => new TenutoError('NETWORK_DOWN', 'the site'));
  await queues.apply('1', { type: 'add', entries: [entry('a'), entry('b')], start: true });
  await player.listen(1);
  await vi.advanceTimersByTimeAsync(0);
  await player.edit(skipping(1));
  await vi.advanceTimersByTimeAsync(0);
  expect(locate.mock.calls.map(([, , urgency]) => urgency)).toEqual(['ahead', 'now']);
});

describe('a song that ends while something else is being saved', () => {
  /** Song a is about to fail, b waits for its bytes for ever, and the disk is slow. */
  async function endingSoon() {
    const failed = Promise.withResolvers<never>();
    const locate = vi.fn<GuildPlayerParts['locate']>(() => new Promise<never>(() => undefined));
    locate.mockReturnValueOnce(failed.promise);
    const stage = await playerOf(locate);
    await stage.player.edit(adding([entry('a'), entry('b')]));
    stage.store.fault = 'hold';
    /** The song ends while the disk is at work. */
    const end = async () => {
      await vi.advanceTimersByTimeAsync(0);
      failed.reject(new TenutoError('NOT_AUDIO'));
      await vi.advanceTimersByTimeAsync(0);
      stage.store.release();
      await vi.advanceTimersByTimeAsync(0);
    };
    return { ...stage, locate, end };
  }

  it('is not begun once more before the next one is', async () => {
    const { player, locate, end } = await endingSoon();
    const asked = player.setLevel({ volume: 40 });
    await end();
    await asked;
    expect(locate).toHaveBeenCalledTimes(2);
    expect(player.deck.entry?.id).toBe('b');
  });

  it('is current, as people were told, when they had it replayed and paused', async () => {
    const { queues, player, end } = await endingSoon();
    const asked = [player.pause('42'), player.edit(replaying)];
    await end();
    await Promise.all(asked);
    expect(queues.queue('1').current?.id).toBe('a');
  });
});

it('waits for the next try also when voice comes back, and people come and go, meanwhile', async () => {
  const { player, locate } = await unplayable(() => new TenutoError('NETWORK_DOWN', 'the site'));
  await player.edit(adding([entry('a')]));
  await vi.advanceTimersByTimeAsync(500);
  await player.catchUp();
  await player.listen(0);
  await player.listen(2);
  await player.setLevel({ volume: 40 });
  expect(locate).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(500);
  expect(locate).toHaveBeenCalledTimes(2);
});
