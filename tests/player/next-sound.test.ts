import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TenutoError } from '../../src/lib/errors.ts';
import type { OpenOptions } from '../../src/player/deck.ts';
import { filteringOf } from '../../src/player/filters.ts';
import { GuildPlayer } from '../../src/player/guild-player.ts';
import { recordOf } from '../../src/player/guild-record.ts';
import { NextSound } from '../../src/player/next-sound.ts';
import { adding, looping, removing, skipping } from '../../src/player/queue-edits.ts';
import { AdvancedQueueManager } from '../../src/queue/advanced-queue-manager.ts';
import type { QueueEntry } from '../../src/queue/queue.ts';
import type { Media, Track } from '../../src/sources/source.ts';
import { entry } from '../commands/fixtures/music.ts';
import { FaultyStore } from '../queue/faulty-store.ts';
import { ADA, counting, frame, GUILD, CHANNEL, heard, stage, type Stage } from '../voice/stage.ts';

const FRAMES = 40;
const BASS = filteringOf([{ name: 'bassboost', amount: 8 }]);

/** Tracks whose packets say of which song they are, all of them there at once, and what was asked for in order. */
function shelf() {
  const asked: string[] = [];
  const ended: string[] = [];
  const failures: TenutoError[] = [];
  return {
    asked,
    ended,
    failures,
    async locate({ title }: Track): Promise<Media> {
      asked.push(`locate ${title}`);
      return { kind: 'file', path: title, format: 'ogg-opus' };
    },
    async open(_media: Media, { title }: Track, { signal, startMs }: OpenOptions) {
      const failure = failures.shift();
      if (failure) throw failure;
      asked.push(`open ${title} at ${startMs}`);
      signal.addEventListener('abort', () => ended.push(title), { once: true });
      const song = Number(title.split(' ')[1]);
      const packets = Readable.from(counting(0, FRAMES).map((index) => frame(index, song)));
      return { packets, arrived: Promise.resolve(), passthrough: true, setVolume: () => undefined };
    },
  };
}

const nextUp = ({ id, track }: QueueEntry, filtering = filteringOf([])) => ({ id, track, volume: 100, filtering });
const plain = (signal: AbortSignal): OpenOptions => ({ startMs: 0, volume: 100, filtering: null, signal });

describe('NextSound', () => {
  const one = entry('1');
  const two = entry('2');

  it('hands out what it has opened, once, and opens everything else when it is asked for', async () => {
    const parts = shelf();
    const next = new NextSound(parts);
    const { signal } = new AbortController();
    next.prepare(nextUp(one));
    next.prepare(nextUp(one));
    await expect.poll(() => parts.asked).toEqual(['locate Song 1', 'open Song 1 at 0']);
    const media = await next.locate(one.track, signal, 'now');
    await next.open(media, one.track, plain(signal));
    expect(parts.asked).toHaveLength(2);
    await next.open(await next.locate(one.track, signal, 'now'), one.track, plain(signal));
    await next.open(await next.locate(two.track, signal, 'now'), two.track, plain(signal));
    expect(parts.asked.slice(2)).toEqual(['locate Song 1', 'open Song 1 at 0', 'locate Song 2', 'open Song 2 at 0']);
    expect(parts.ended).toEqual([]);
  });

  it('lets go of what will not come next, and of what shall begin elsewhere or sound otherwise', async () => {
    const parts = shelf();
    const next = new NextSound(parts);
    const { signal } = new AbortController();
    next.prepare(nextUp(one));
    next.prepare(nextUp(two));
    await expect.poll(() => parts.asked).toContain('open Song 2 at 0');
    next.prepare(nextUp(two, BASS));
    await expect.poll(() => parts.asked.filter((what) => what === 'open Song 2 at 0')).toHaveLength(2);
    expect(parts.ended).toEqual(expect.arrayContaining(['Song 2']));
    const media = await next.locate(two.track, signal, 'now');
    await next.open(media, two.track, { ...plain(signal), filtering: BASS, startMs: 5_000 });
    expect(parts.asked.at(-1)).toBe('open Song 2 at 5000');
    expect(parts.ended.filter((title) => title === 'Song 2')).toHaveLength(2);
  });

  it('asks again for what could not be opened beforehand', async () => {
    const parts = shelf();
    const next = new NextSound(parts);
    const { signal } = new AbortController();
    parts.failures.push(new TenutoError('NETWORK_DOWN', 'for a moment'));
    next.prepare(nextUp(one));
    await expect.poll(() => parts.failures).toEqual([]);
    await next.open(await next.locate(one.track, signal, 'now'), one.track, plain(signal));
    expect(parts.asked).toEqual(['locate Song 1', 'locate Song 1', 'open Song 1 at 0']);
  });

  it('ends what it handed out with whoever took it', async () => {
    const parts = shelf();
    const next = new NextSound(parts);
    const life = new AbortController();
    next.prepare(nextUp(one));
    await next.open(await next.locate(one.track, life.signal, 'now'), one.track, plain(life.signal));
    expect(parts.ended).toEqual([]);
    life.abort();
    expect(parts.ended).toEqual(['Song 1']);
  });
});

describe('one song after the other', () => {
  let here: Stage;
  let player: GuildPlayer;
  let parts: ReturnType<typeof shelf>;

  beforeEach(async () => {
    here = await stage();
    await here.join();
    parts = shelf();
    const queues = new AdvancedQueueManager({ store: new FaultyStore() });
    await queues.load();
    await queues.updateSession(GUILD, { voiceChannelId: CHANNEL });
    player = new GuildPlayer({
      ...parts,
      record: recordOf(queues, GUILD),
      forget: async () => undefined,
      connected: () => true,
      announce: () => null,
      changed: () => undefined,
      log: pino({ level: 'silent' }),
    });
    here.manager.attach(GUILD, player.deck.audio);
  });
  afterEach(async () => {
    await player.close();
    await here.close();
  });

  const ears = () => here.voice.ears(ADA);
  const songs = () => ears().packets.map(({ opus }) => (opus.length === 3 ? 'silence' : `${opus[10]}`));

  it('follows without a frame of silence between them, every frame of both', async () => {
    await player.edit(adding([entry('1'), entry('2')]));
    await ears().waitFor((packets) => heard(packets, 2).length === FRAMES, 20_000);
    expect(heard(ears().packets, 1)).toEqual(counting(0, FRAMES));
    expect(heard(ears().packets, 2)).toEqual(counting(0, FRAMES));
    const [first, last] = [songs().indexOf('1'), songs().lastIndexOf('2')];
    expect(songs().slice(first, last)).not.toContain('silence');
  });

  it('leaves the silence that Discord wants behind the last one', async () => {
    await player.edit(adding([entry('1')]));
    await ears().waitFor((packets) => heard(packets, 1).length === FRAMES, 20_000);
    // Of the five frames that the library prepares it sends four.
    await expect.poll(() => songs().slice(-4), { timeout: 10_000 }).toEqual(Array<string>(4).fill('silence'));
    expect(heard(ears().packets, 1)).toEqual(counting(0, FRAMES));
    expect(player.deck.entry).toBeNull();
  });

  it('does not wait for a connection to send that silence when it is closed', async () => {
    const over = once(player.deck, 'ended');
    // As without a connection.
    player.deck.once('ended', () => void player.deck.audio.pause());
    await player.edit(adding([entry('1')]));
    await over;
    await player.close();
    expect(player.deck.audio.state.status).toBe('idle');
  });

  it('is what comes next by then: not what was removed, and the same again when it is looped', async () => {
    await player.edit(adding([entry('1'), entry('2'), entry('3')]));
    await expect.poll(() => parts.asked, { timeout: 10_000 }).toContain('open Song 2 at 0');
    await player.edit(removing({ by: 'place', from: 1, to: 1 }));
    await expect.poll(() => parts.asked).toContain('open Song 3 at 0');
    expect(parts.ended).toEqual(['Song 2']);
    await player.edit(looping('track'));
    await expect.poll(() => parts.ended).toEqual(['Song 2', 'Song 3']);
    await ears().waitFor((packets) => heard(packets, 1).length >= FRAMES + 5, 20_000);
    expect(heard(ears().packets, 1).slice(0, FRAMES + 5)).toEqual([...counting(0, FRAMES), ...counting(0, 5)]);
    expect(parts.asked.filter((what) => what === 'locate Song 1')).toHaveLength(3);
  });

  it('takes what is ready also when the song before is skipped', async () => {
    await player.edit(adding([entry('1'), entry('2')]));
    await expect.poll(() => parts.asked, { timeout: 10_000 }).toContain('open Song 2 at 0');
    await player.edit(skipping(1));
    await ears().waitFor((packets) => heard(packets, 2).length === FRAMES, 20_000);
    expect(parts.asked.filter((what) => what === 'open Song 2 at 0')).toHaveLength(1);
  });

  it('opens what is about to be asked for while it is not in the queue yet, and lets go of it when it will not be', async () => {
    const [one, two] = [entry('1'), entry('2')];
    player.expect(two.track);
    await expect.poll(() => parts.asked).toEqual(['locate Song 2', 'open Song 2 at 0']);
    player.expect(null);
    expect(parts.ended).toEqual(['Song 2']);
    player.expect(one.track);
    await player.catchUp();
    await player.edit(adding([one]));
    await ears().waitFor((packets) => heard(packets, 1).length > 0, 20_000);
    expect(parts.asked.filter((what) => what === 'locate Song 1')).toHaveLength(1);
    player.expect(two.track);
    expect(parts.asked.filter((what) => what === 'locate Song 2')).toHaveLength(1);
  });
});
