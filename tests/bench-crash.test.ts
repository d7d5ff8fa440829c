import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Dice } from '../bench/chaos/dice.ts';
import { SongBook } from '../bench/chaos/song-book.ts';
import { draw } from '../bench/crash/deeds.ts';
import { Listener } from '../bench/crash/listener.ts';
import { Model } from '../bench/crash/model.ts';
import { Remains } from '../bench/crash/record.ts';
import { runCrash } from '../bench/crash/run-crash.ts';
import type { Seen } from '../bench/crash/seen.ts';
import {
  added,
  autoplaying,
  EMPTY_WORLD,
  moved,
  shuffled,
  skipped,
  stopped,
  undone,
  type World,
} from '../bench/crash/world.ts';
import { NoDisk } from '../bench/power/disk.ts';
import { Ledger } from '../bench/power/ledger.ts';
import { runPower } from '../bench/power/run-power.ts';
import { drawWish } from '../bench/power/wishes.ts';
import type { HeardPacket } from '../loopback/ears.ts';
import { AdvancedQueueManager } from '../src/queue/advanced-queue-manager.ts';
import type { QueueEntry } from '../src/queue/queue.ts';
import { openStore } from '../src/storage/index.ts';

const SONG_MS = 90_000;
const ANY_ANSWER = () => true;
const NO_ANSWER = () => false;

const play = (model: Model, title: string) => {
  const entry = model.entry(title);
  return (world: World) => added(world, [entry]);
};

/** A guild in which this was added and told. */
function told(...titles: readonly string[]): Model {
  const model = new Model(SONG_MS);
  for (const title of titles) model.answered(`/play ${title}`, play(model, title), ANY_ANSWER);
  return model;
}

const found = (current: string | null, upcoming: readonly string[], more: Partial<Seen> = {}): Seen => ({
  current,
  upcoming,
  undoable: null,
  ...more,
});

describe('the model of what people were told', () => {
  it('is right about what was answered', () => {
    const model = told('a', 'b', 'c');
    expect(model.look(found('a', ['b', 'c']))).toBeNull();
    expect(model.acknowledged).toBe(3);
  });

  it('counts what was answered and is gone as lost', () => {
    const lost = told('a', 'b', 'c').look(found('a', ['b']));
    expect(lost).toMatchObject({ lost: 1, words: expect.stringContaining('as it was before: /play c') });
    expect(told('a', 'b', 'c').look(found(null, []))).toMatchObject({ lost: 3 });
  });

  it('calls what never was wrong, and goes on from what is there', () => {
    const model = told('a', 'b', 'c');
    expect(model.look(found('a', ['c', 'b']))).toMatchObject({ lost: 0, words: expect.stringContaining('found') });
    expect(model.look(found('a', ['c', 'b']))).toBeNull();
  });

  it.each<[string, Partial<Seen>]>([
    ['volume', { volume: 40 }],
    ['loop', { loop: 'queue' }],
    ['filter', { filters: 'Mono' }],
    ['choice of loudness', { normalise: 'down' }],
    ['choice of autoplay', { autoplay: true }],
    ['pause', { paused: true }],
    ['history', { history: ['z'] }],
    ['undo', { undoable: ['b'] }],
  ])('sees another %s', (_, other) => {
    expect(told('a', 'b').look(found('a', ['b'], other))).not.toBeNull();
  });

  it('lets a command that was under way have happened, or not, but not half', () => {
    const doubtful = () => {
      const model = told('a', 'b', 'c');
      model.doubtful((world) => skipped(world, 2));
      return model;
    };
    expect(doubtful().look(found('a', ['b', 'c']))).toBeNull();
    expect(doubtful().look(found('c', [], { undoable: ['b', 'c'], history: ['a'] }))).toBeNull();
    expect(doubtful().look(found('b', ['c'], { history: ['a'] }))).not.toBeNull();
  });

  it('takes any order after a shuffle until somebody has looked, and then only that one', () => {
    const model = told('a', 'b', 'c', 'd');
    model.answered('/shuffle', shuffled, ANY_ANSWER);
    expect(model.certain).toBeNull();
    expect(model.look({ current: 'a', upcoming: ['d', 'b', 'c'] })).toBeNull();
    expect(model.look(found('a', ['d', 'b', 'c'], { undoable: ['b', 'c', 'd'] }))).toBeNull();
    expect(model.look(found('a', ['b', 'c', 'd'], { undoable: ['b', 'c', 'd'] }))).not.toBeNull();
  });

  describe('where autoplay is on', () => {
    const on = (...titles: readonly string[]) => {
      const model = told(...titles);
      model.answered('/autoplay', (world) => autoplaying(world, true), ANY_ANSWER);
      return model;
    };
    const skip = (model: Model) => model.answered('/skip', (world) => skipped(world, 1), ANY_ANSWER);

    it('lets it have found one track, and not two, nor any while something comes', () => {
      expect(on('a').look(found('a', []))).toBeNull();
      expect(on('a').look(found('a', ['z']))).toBeNull();
      expect(on('a').look(found('a', ['z', 'y']))).not.toBeNull();
      expect(on('a', 'b').look(found('a', ['b', 'z']))).not.toBeNull();
      expect(told('a').look(found('a', ['z']))).not.toBeNull();
    });

    it('lets it go on after the last track, and the track after that be known', () => {
      const model = on('a');
      skip(model);
      expect(model.certain).toBeNull();
      expect(model.look({ current: 'z', upcoming: [] })).toBeNull();
      expect(model.certain?.current?.title).toBe('z');
      expect(model.look(found('y', ['x'], { history: ['a', 'z'] }))).not.toBeNull();
      skip(model);
    });

    it('lets it go on with nothing after a restart, or after a stop', () => {
      const restarted = on('a');
      skip(restarted);
      expect(restarted.look(found(null, []))).toBeNull();
      expect(restarted.look(found('z', []))).not.toBeNull();
      const ended = on('a');
      ended.answered('/stop', stopped, ANY_ANSWER);
      expect(ended.look(found('z', [], { undoable: ['a'] }))).not.toBeNull();
    });

    it('knows that what it found gives way', () => {
      const model = on('a');
      expect(model.look(found('a', ['z']))).toBeNull();
      model.answered('/play b', play(model, 'b'), ANY_ANSWER);
      expect(model.look(found('a', ['b']))).toBeNull();
      const off = on('a');
      expect(off.look(found('a', ['z']))).toBeNull();
      off.answered('/autoplay off', (world) => autoplaying(world, false), ANY_ANSWER);
      expect(off.look(found('a', [], { undoable: ['z'] }))).toBeNull();
    });
  });

  it('finds an answer wrong that says something else than what was done', () => {
    const model = told('a', 'b');
    expect(model.answered('/skip', (world) => skipped(world, 1), NO_ANSWER)?.words).toContain('no answer');
  });

  it('lets a song that may be over have ended, and one that cannot be over not', () => {
    const short = new Model(0);
    for (const title of ['a', 'b']) short.answered(title, play(short, title), ANY_ANSWER);
    expect(short.look(found('b', [], { history: ['a'] }))).toBeNull();
    expect(told('a', 'b').look(found('b', [], { history: ['a'] }))).not.toBeNull();
  });

  it('brings back with an undo what a stop took', () => {
    const entries = ['a', 'b', 'c'].map((title, number) => ({ title, number }));
    const playing = moved(added(EMPTY_WORLD, entries), 0, 1);
    const back = undone(stopped(playing));
    expect([back.current, ...back.upcoming]).toEqual([playing.current, ...playing.upcoming]);
    expect(back.history).toEqual([]);
  });
});

it('does everything that there is to do, and the same for the same seed', () => {
  const deedsOf = (seed: number) => {
    const model = new Model(SONG_MS);
    const dice = new Dice(seed);
    const titles = Array.from({ length: 60 }, (_, index) => `t${index}`);
    return Array.from({ length: 600 }, () => {
      const world = model.certain ?? EMPTY_WORLD;
      const deed = draw({ world, model, dice, titles });
      // Nobody looks here at what the bot would choose.
      const plain = (before: World) => ({ ...deed.change(before), mixed: false, autoplay: false });
      model.answered(deed.command, plain, ANY_ANSWER);
      return `${deed.command} ${JSON.stringify(deed.options)}`;
    });
  };
  expect(deedsOf(3)).toEqual(deedsOf(3));
  const commands = new Set(deedsOf(3).map((deed) => deed.split(' ')[0]));
  const all =
    'autoplay clear filter loop move normalise pause play previous remove replay resume shuffle skip stop undo volume';
  expect(commands).toEqual(new Set(all.split(' ')));
});

const PACKET = { sequence: 0, timestamp: 0, at: 1, userId: 'bot', dave: true };

describe('what is heard after a restart', () => {
  const songs = ['a', 'b'].map((name) => [
    name,
    Array.from({ length: 500 }, (_, index) => Buffer.from(`${name}${index}`)),
  ]);
  const book = new SongBook(Object.fromEntries(songs) as Record<string, Buffer[]>);

  function listening() {
    const ears = new EventEmitter<{ packet: [HeardPacket] }>();
    const listener = new Listener(ears, book);
    const hear = (ssrc: number, ...frames: readonly string[]) => {
      for (const frame of frames) ears.emit('packet', { ...PACKET, opus: Buffer.from(frame), ssrc });
    };
    return { listener, hear };
  }

  it('is measured from where it broke off', () => {
    const { listener, hear } = listening();
    hear(1, 'a0', 'a1', 'a2');
    listener.died();
    hear(1, 'a3');
    expect(listener.back).toBeNull();
    hear(2, 'a9');
    expect(listener.back).toEqual({ at: 1, song: 'a', errorMs: 100 });
  });

  it('says nothing of a place when the track was about to change, or cannot be recognised', () => {
    for (const first of ['a3', 'b0', '?']) {
      const { listener, hear } = listening();
      hear(1, 'a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'a8', 'a9', 'a10', 'a11', 'a12', 'a13');
      listener.begins();
      hear(1, 'a14');
      listener.died();
      hear(2, first);
      expect(listener.back?.errorMs).toBeNull();
    }
  });
});

/** A store with a guild in it as a bot would have left it, and a queue that was told to be so. */
async function left(): Promise<{ readonly dataDir: string; readonly model: Model }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tenuto-crash-test-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const model = new Model(SONG_MS);
  const store = await openStore(`sqlite:${join(dataDir, 'tenuto.sqlite')}`, () => undefined);
  const queues = new AdvancedQueueManager({ store });
  await queues.load();
  for (const title of ['a', 'b', 'c']) {
    await queues.apply('1', { type: 'add', entries: [entryOf(title)], start: true });
    model.answered(`/play ${title}`, play(model, title), ANY_ANSWER);
  }
  await queues.close();
  await store.close();
  return { dataDir, model };
}

const entryOf = (title: string): QueueEntry => ({
  id: title,
  requestedBy: '1',
  addedAt: 0,
  track: {
    source: 'library',
    identifier: `${title}.opus`,
    title,
    artist: null,
    link: null,
    thumbnail: null,
    durationMs: null,
    live: false,
  },
});

describe('what a dead bot left', () => {
  it('is read without touching it, and is what people were told', async () => {
    const { dataDir, model } = await left();
    await using remains = await Remains.of(dataDir);
    const { guilds, warnings } = await remains.read(['1']);
    expect(warnings).toEqual([]);
    expect(model.look(guilds.get('1') ?? found(null, []))).toBeNull();
  });

  it('is reported as lost when the last record of the journal is missing', async () => {
    const { dataDir, model } = await left();
    const database = new DatabaseSync(join(dataDir, 'tenuto.sqlite'));
    const { changes } = database.prepare("DELETE FROM keyv WHERE key = 'queue:1:o:3'").run();
    database.close();
    expect(changes).toBe(1);
    await using remains = await Remains.of(dataDir);
    const { guilds } = await remains.read(['1']);
    expect(model.look(guilds.get('1') ?? found(null, []))).toMatchObject({ lost: 1 });
  });
});

it('counts what was durable and is gone after the current was cut', async () => {
  const store = await openStore('memory:', () => undefined);
  const queues = new AdvancedQueueManager({ store });
  await queues.load();
  const standing = () => ({ queue: queues.queue('1'), session: queues.session('1') });
  const [whole, short, wrong] = [new Ledger(), new Ledger(), new Ledger()];
  const dice = new Dice(1);
  const before = [standing()];
  for (let number = 0; number < 200; number += 1) {
    const wish = drawWish(queues.queue('1'), dice, `${number}`);
    for (const ledger of [whole, short, wrong]) ledger.take({ guildId: '1', wish });
    if ('operation' in wish) await queues.apply('1', wish.operation);
    else await queues.updateSession('1', wish.session);
    for (const ledger of [whole, short, wrong]) ledger.take({ guildId: '1', done: true });
    before.push(standing());
  }
  expect(whole.acknowledged).toBe(200);
  expect(whole.compare(standing())).toEqual({ kind: 'right' });
  const earlier = before.findLast(({ queue }) => queue.upcoming.length !== standing().queue.upcoming.length);
  expect(short.compare(earlier ?? standing())).toMatchObject({ kind: 'lost' });
  const { queue, session } = standing();
  expect(wrong.compare({ queue: { ...queue, upcoming: queue.upcoming.toReversed() }, session })).toEqual({
    kind: 'wrong',
  });
});

it('kills a real bot twice, which loses nothing', { timeout: 180_000 }, async () => {
  const said: string[] = [];
  const signal = AbortSignal.timeout(170_000);
  const figures = await runCrash({ kills: 2, guilds: 2, seed: 3, signal, say: (line) => said.push(line) });
  expect(figures, said.join('\n')).toMatchObject({
    kills: 2,
    lost: 0,
    wrong_states: 0,
    wrong_sounds: 0,
    silent: 0,
    died_alone: 0,
    unhandled: 0,
    problems: 0,
  });
  expect(figures.acknowledged).toBeGreaterThanOrEqual(6);
});

it('loses nothing when the current is cut, where this machine can do that', { timeout: 120_000 }, async ({ skip }) => {
  const signal = AbortSignal.timeout(110_000);
  const options = { synchronous: 'FULL', rounds: 1, guilds: 2, seed: 1, signal, say: () => undefined } as const;
  const figures = await runPower(options).catch((error: unknown) => {
    if (error instanceof NoDisk) return skip(error.message);
    throw error;
  });
  expect(figures).toMatchObject({ rounds: 1, lost: 0, wrong_states: 0 });
  expect(figures.acknowledged).toBeGreaterThan(0);
});
