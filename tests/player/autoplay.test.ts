import { EventEmitter } from 'node:events';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TenutoError } from '../../src/lib/errors.ts';
import { GuildAutoplay, type GuildAutoplayParts } from '../../src/player/autoplay-guild.ts';
import type { Playback } from '../../src/player/players.ts';
import { adding, ending, looping, skipping, type Edit } from '../../src/player/queue-edits.ts';
import { AdvancedQueueManager } from '../../src/queue/advanced-queue-manager.ts';
import type { Session } from '../../src/queue/queue.ts';
import type { Track, Urgency } from '../../src/sources/source.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import { track } from '../commands/fixtures/music.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const song = (title: string, fields: Partial<Track> = {}) => track({ title, identifier: title, ...fields });

/** A question that autoplay asks, and the way to answer it. */
interface Question {
  readonly about: string;
  readonly urgency: Urgency;
  readonly signal: AbortSignal;
  answer(tracks: readonly Track[] | null): Promise<void>;
  fail(error: Error): Promise<void>;
}

/** A guild with autoplay on and one listener, where what is current plays from its beginning. */
async function guild(maxTracksPerUser = 1) {
  const queues = new AdvancedQueueManager({ store: new MemoryStore(), maxTracksPerUser, maxTracks: 100 });
  await queues.load();
  await queues.updateSession('G', { voiceChannelId: 'V', autoplay: true });
  const state = { listeners: 1, positionMs: 0, status: 'playing' as Playback['status'] };
  const questions: Question[] = [];
  const said: string[] = [];
  const changes = new EventEmitter<{ change: [] }>();
  const settled = async () => void (await vi.advanceTimersByTimeAsync(0));
  const related: GuildAutoplayParts['related'] = (about, signal, urgency) =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      questions.push({
        about: about.title,
        urgency,
        signal,
        answer: (tracks) => (resolve(tracks), settled()),
        fail: (error) => (reject(error), settled()),
      });
    });
  // As a guild's player does it: first the record, then everybody looks.
  const edit = async <T>(wish: Edit<T>): Promise<T> => {
    const { operation, answer } = wish(queues.queue('G'));
    const after = operation === null ? queues.queue('G') : await queues.apply('G', operation);
    changes.emit('change');
    return answer(after);
  };
  const autoplay = new GuildAutoplay({
    session: () => queues.session('G'),
    playback: () => {
      const queue = queues.queue('G');
      const { volume, pausedBy } = queues.session('G');
      const status = queue.current === null ? 'idle' : state.status;
      return {
        ...({} as Playback),
        status,
        entry: queue.current,
        positionMs: state.positionMs,
        volume,
        pausedBy,
        queue,
      };
    },
    listeners: () => state.listeners,
    related,
    edit,
    say: (line) => void said.push(line),
    log: pino({ level: 'silent' }),
  });
  queues.on('change', (_guildId, queue, cause) => autoplay.changed(queue, cause));
  changes.on('change', () => autoplay.look());
  let ids = 0;
  const play = (user: string, ...tracks: readonly Track[]) =>
    edit(adding(tracks.map((one) => ({ id: `${user}${(ids += 1)}`, track: one, requestedBy: user, addedAt: 0 }))));
  const set = async (patch: Partial<Session>) => {
    await queues.updateSession('G', patch);
    changes.emit('change');
  };
  /** What plays leaves the deck by itself. */
  const end = async (failure: unknown = null) => {
    const entry = queues.queue('G').current;
    if (entry === null) throw new Error('nothing plays');
    autoplay.ended({ entry, failure, positionMs: 0, heardMs: 0 });
    await edit(() => ({
      operation: failure === null ? { type: 'advance' } : { type: 'skip', amount: 1 },
      answer: () => null,
    }));
    await settled();
  };
  const titles = () => {
    const { current, upcoming } = queues.queue('G');
    return [current?.track.title ?? '-', ...upcoming.map((entry) => entry.track.title)].join(' ');
  };
  const asked = () => questions.map(({ about, urgency }) => `${about} ${urgency}`);
  const last = () => {
    const question = questions.at(-1);
    if (question === undefined) throw new Error('nothing was asked');
    return question;
  };
  return { queues, state, autoplay, edit, play, set, end, titles, asked, last, said, settled };
}

describe('autoplay', () => {
  it('has what follows in the queue before the last track ends, asked for by nobody', async () => {
    const { play, state, last, asked, titles, queues } = await guild();
    await play('ada', song('a'));
    state.positionMs = 100_000;
    await vi.advanceTimersByTimeAsync(150_000);
    expect(asked()).toEqual([]);
    state.positionMs = 151_000;
    await vi.advanceTimersByTimeAsync(50_000);
    expect(asked()).toEqual(['a ahead']);
    await last().answer([song('a'), song('b'), song('c')]);
    expect(titles()).toBe('a b');
    expect(queues.queue('G').upcoming[0]?.requestedBy).toBe('autoplay');
  });

  it('starts by itself what it finds after the end', async () => {
    const { play, last, asked, titles, edit } = await guild();
    await play('ada', song('a'));
    await edit(skipping(1));
    expect(asked()).toEqual(['a now']);
    await last().answer([song('a'), song('b')]);
    expect(titles()).toBe('b');
  });

  it('goes on for ever, one track at a time, and never takes one that was just heard', async () => {
    const { play, last, titles, end } = await guild();
    await play('ada', song('0'));
    for (let n = 1; n <= 30; n += 1) {
      await end();
      await last().answer(Array.from({ length: 40 }, (_, at) => song(`${at}`)));
      expect(titles()).toBe(`${n <= 25 ? n : n - 26}`);
    }
  });

  it('asks anew, and as urgently as people do, when the queue ends before it knows', async () => {
    const { play, last, asked, end, state, titles, autoplay } = await guild();
    await play('ada', song('a'));
    state.positionMs = 170_000;
    autoplay.look();
    const ahead = last();
    await end();
    expect(asked()).toEqual(['a ahead', 'a now']);
    expect(ahead.signal.aborted).toBe(true);
    await last().answer([song('b')]);
    expect(titles()).toBe('b');
  });

  it.each<[string, (stage: Awaited<ReturnType<typeof guild>>) => Promise<unknown>]>([
    ['somebody adds something', ({ play }) => play('ben', song('x'))],
    ['the track is repeated', ({ edit }) => edit(looping('track'))],
    ['everybody leaves', ({ state, set }) => ((state.listeners = 0), set({}))],
    ['the bot is sent away', ({ set }) => set({ voiceChannelId: null })],
    ['it is switched off', ({ set }) => set({ autoplay: false })],
    ['the music is stopped', ({ edit }) => edit(ending)],
  ])('drops what it looked for when %s', async (_what, act) => {
    const stage = await guild();
    await stage.play('ada', song('a'));
    stage.state.positionMs = 170_000;
    stage.autoplay.look();
    const question = stage.last();
    await act(stage);
    const before = stage.titles();
    expect(question.signal.aborted).toBe(true);
    await question.answer([song('b')]);
    expect(stage.titles()).toBe(before);
    expect(stage.asked()).toEqual(['a ahead']);
  });

  it('gives way to what a person adds, wherever that is put', async () => {
    const { play, edit, last, titles, state, autoplay } = await guild();
    await play('ada', song('a'));
    state.positionMs = 170_000;
    autoplay.look();
    await last().answer([song('b')]);
    await play('ben', song('x'));
    expect(titles()).toBe('a x');
    await edit(skipping(1));
    await last().answer([song('c')]);
  });

  it('begins nothing after /stop', async () => {
    const { play, edit, asked, settled } = await guild();
    await play('ada', song('a'));
    await edit(ending);
    await settled();
    expect(asked()).toEqual([]);
  });

  it('counts against no limit of a person', async () => {
    const { play, last, titles, end, state, autoplay } = await guild(1);
    await play('ada', song('a'));
    await end();
    await last().answer([song('b')]);
    state.positionMs = 170_000;
    autoplay.look();
    await last().answer([song('c')]);
    expect(titles()).toBe('b c');
  });

  it('says once that it knows nothing of a site', async () => {
    const { play, last, end, said, asked } = await guild(9);
    for (const title of ['a', 'b']) {
      await play('ada', song(title));
      await end();
      await last().answer(null);
    }
    expect(asked()).toEqual(['a now', 'b now']);
    expect(said).toEqual([expect.stringContaining('knows what goes with YouTube and the library')]);
  });

  it('says once that there is nothing new, and again after there was', async () => {
    const { play, last, end, said } = await guild(9);
    await play('ada', song('a'));
    await end();
    await last().answer([song('a')]);
    expect(said).toEqual([expect.stringContaining('found nothing')]);
    await play('ada', song('b'));
    await end();
    await last().answer([song('c')]);
    await end();
    await last().answer([song('c')]);
    expect(said).toHaveLength(2);
  });

  it('looks twice ahead and once after the end, says why that was in vain, and lets it be', async () => {
    const { play, last, end, said, asked, state, autoplay, settled } = await guild();
    await play('ada', song('a'));
    state.positionMs = 155_000;
    autoplay.look();
    await last().fail(new TenutoError('NETWORK_DOWN', 'YouTube'));
    expect(asked()).toHaveLength(1);
    state.positionMs = 166_000;
    await vi.advanceTimersByTimeAsync(10_000);
    await last().fail(new TenutoError('NETWORK_DOWN', 'YouTube'));
    await end();
    await last().fail(new TenutoError('NETWORK_DOWN', 'YouTube'));
    await vi.advanceTimersByTimeAsync(60_000);
    autoplay.look();
    await settled();
    expect(asked()).toEqual(['a ahead', 'a ahead', 'a now']);
    expect(said).toEqual([expect.stringContaining('I cannot reach YouTube')]);
  });

  it('stops after three tracks in a row that would not play, in one line, until somebody adds one', async () => {
    const { play, last, end, said, asked, titles } = await guild(9);
    await play('ada', song('a'));
    await end();
    for (const title of ['b', 'c', 'd']) {
      await last().answer([song(title)]);
      await end(new TenutoError('NOT_AUDIO'));
    }
    expect(said).toEqual([expect.stringContaining('Three tracks in a row')]);
    // None of them says what people like.
    expect(asked()).toEqual(['a now', 'a now', 'a now']);
    expect(titles()).toBe('-');
    await play('ada', song('x'));
    await end();
    await last().answer([song('y')]);
    expect(titles()).toBe('y');
  });

  it('forgets failures when a track is heard', async () => {
    const { play, last, end, said } = await guild(9);
    await play('ada', song('a'));
    await end();
    for (let n = 1; n <= 8; n += 1) {
      await last().answer([song(`${n}`)]);
      await end(n % 2 === 0 ? null : new TenutoError('NOT_AUDIO'));
    }
    expect(said).toEqual([]);
  });

  it('begins nothing for who comes after everything has ended', async () => {
    const { play, end, asked, state, set, last } = await guild();
    await play('ada', song('a'));
    await end();
    state.listeners = 0;
    await set({});
    expect(last().signal.aborted).toBe(true);
    state.listeners = 1;
    await set({});
    expect(asked()).toHaveLength(1);
  });

  it('asks for nothing any more once it is closed', async () => {
    const { play, state, autoplay, last, asked } = await guild();
    await play('ada', song('a'));
    state.positionMs = 170_000;
    autoplay.look();
    autoplay.close();
    expect(last().signal.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(200_000);
    expect(asked()).toHaveLength(1);
  });
});
