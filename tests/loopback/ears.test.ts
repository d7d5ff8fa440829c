import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Ears, heardRate, matchFrames, opusPacketsOf, type HeardPacket } from '../../loopback/ears.ts';
import { oggOpusPackets } from '../../loopback/voice/ogg.ts';
import { webmOpusPackets } from '../../loopback/voice/webm.ts';
import { noise } from './voice-client.ts';

const packet = (opus: Buffer, sequence = 0): HeardPacket => ({
  opus,
  sequence,
  timestamp: (960 * sequence) >>> 0,
  ssrc: 1,
  at: 20 * sequence,
  userId: '1',
  dave: true,
});
const SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);
const file = Array.from({ length: 40 }, (_, index) => Buffer.from(`frame ${index}`));
const heard = (...indexes: readonly (number | Buffer)[]): readonly HeardPacket[] =>
  indexes.map((index, sequence) => packet(typeof index === 'number' ? (file[index] ?? SILENCE) : index, sequence));

describe('matchFrames', () => {
  it('calls an unbroken run exact, wherever it begins, silence aside', () => {
    expect(matchFrames(heard(0, 1, 2), file)).toMatchObject({ exact: true, firstIndex: 0, silence: 0 });
    expect(matchFrames(heard(SILENCE, 7, 8, 9, SILENCE, SILENCE), file)).toMatchObject({
      exact: true,
      firstIndex: 7,
      silence: 3,
      interruptions: [],
    });
  });

  it('finds gaps, repeats, disorder and packets from elsewhere', () => {
    const other = Buffer.from('from elsewhere');
    const match = matchFrames(heard(0, 1, 5, 3, 4, 4, 6, other), file);
    expect(match.gaps).toEqual([{ after: 1, missing: 1 }]);
    expect(match.outOfOrder.map(({ index }) => index)).toEqual([3, 4]);
    expect(match.repeats.map(({ index }) => index)).toEqual([4]);
    expect(match.foreign.map(({ opus }) => opus)).toEqual([other]);
    expect(match.exact).toBe(false);
  });

  it('does not call what was played again missing', () => {
    const { gaps, repeats } = matchFrames(heard(0, 1, 2, 3, 1, 2, 3, 4), file);
    expect([gaps, repeats.length]).toEqual([[], 3]);
  });

  it('is nothing but not exact when nothing was heard', () => {
    expect(matchFrames([], file)).toMatchObject({ exact: false, firstIndex: null, matched: [] });
    expect(matchFrames(heard(SILENCE), file)).toMatchObject({ exact: false, silence: 1, foreign: [] });
  });

  it('keeps its place in a file whose packets repeat', () => {
    const steady = ['a', 'x', 'x', 'x', 'b', 'x', 'x', 'x', 'c', 'x', 'x', 'd'].map((text) => Buffer.from(text));
    const all = steady.map((opus, index) => packet(opus, index));
    expect(matchFrames(all, steady)).toMatchObject({ exact: true, firstIndex: 0 });
    expect(matchFrames(all.slice(5), steady)).toMatchObject({ exact: true, firstIndex: 5 });
    const oneLost = matchFrames(all.toSpliced(6, 1), steady);
    expect(oneLost.gaps.reduce((sum, { missing }) => sum + missing, 0)).toBe(1);
    expect(oneLost.matched).toHaveLength(11);
  });

  it('knows silence that belongs to the file', () => {
    const quiet = [Buffer.from('a'), SILENCE, SILENCE, Buffer.from('b')];
    const match = matchFrames(
      [0, 1, 2, 3].map((index) => packet(quiet[index] ?? SILENCE, index)),
      quiet,
    );
    expect(match).toMatchObject({ exact: true, silence: 0 });
    expect(match.matched).toHaveLength(4);
  });
});

describe('matchFrames, of silence in the middle', () => {
  const pause = [SILENCE, SILENCE, SILENCE, SILENCE, SILENCE];

  it('calls it a stutter, but for pauses that were declared', () => {
    const once = heard(0, 1, ...pause, 2, 3);
    const interruptions = [{ after: 1, silence: 5 }];
    expect(matchFrames(once, file)).toMatchObject({ exact: false, interruptions });
    expect(matchFrames(once, file, { pauses: 1 })).toMatchObject({ exact: true, interruptions });
    expect(matchFrames(heard(0, ...pause, 1, ...pause, 2), file, { pauses: 1 }).exact).toBe(false);
    expect(matchFrames(heard(0, SILENCE, 1), file).exact).toBe(false);
    expect(matchFrames(heard(0, ...pause, SILENCE, 1), file, { pauses: 1 }).exact).toBe(false);
  });
});

describe('matchFrames, of RTP headers', () => {
  const change = (packets: readonly HeardPacket[], at: number, fields: Partial<HeardPacket>) =>
    packets.map((packet, index) => (index >= at ? { ...packet, ...fields } : packet));
  const shift = (packets: readonly HeardPacket[], at: number, sequence: number, timestamp: number) =>
    packets.map((packet, index) =>
      index < at
        ? packet
        : {
            ...packet,
            sequence: (packet.sequence + sequence) & 0xffff,
            timestamp: (packet.timestamp + timestamp) >>> 0,
          },
    );
  const four = heard(0, 1, 2, 3);

  it('finds sequence numbers that stand still, skip or go back', () => {
    for (const [by, step] of [
      [-1, 0],
      [1, 2],
      [-3, 0xfffe],
    ] as const) {
      const match = matchFrames(shift(four, 2, by, 960 * by), file);
      expect([match.exact, match.sequenceFaults]).toEqual([false, [{ packet: expect.anything(), step }]]);
    }
    expect(matchFrames(shift(four, 0, 0xfffe, 0xffff_ffff - 1_000), file).exact).toBe(true);
  });

  it('finds timestamps that do not agree with the frames, but lets a pause take its time', () => {
    const match = matchFrames(shift(four, 2, 0, -960), file);
    expect([match.exact, match.timestampFaults]).toEqual([false, [{ packet: expect.anything(), step: 0 }]]);
    expect(matchFrames(shift(four, 2, 0, 48_000), file).exact).toBe(false);
    const paused = heard(0, SILENCE, 1);
    expect(matchFrames(shift(paused, 2, 0, 48_000), file, { pauses: 1 }).exact).toBe(true);
    expect(matchFrames(shift(paused, 2, 0, -480), file, { pauses: 1 }).exact).toBe(false);
  });

  it('finds SSRCs that change in the middle of the sound, or back; a new session after silence is none', () => {
    const match = matchFrames(change(four, 2, { ssrc: 2 }), file);
    expect([match.exact, match.ssrcChanges.length, match.ssrcFaults.length]).toEqual([false, 1, 1]);
    const next = change(heard(0, 1, SILENCE, 2, 3), 3, { ssrc: 2 });
    expect(matchFrames(next, file)).toMatchObject({ exact: true, ssrcChanges: [next[3]], ssrcFaults: [] });
    const back = matchFrames(change(change(heard(0, SILENCE, 1, SILENCE, 2), 2, { ssrc: 2 }), 4, { ssrc: 1 }), file);
    expect([back.exact, back.ssrcFaults.length]).toEqual([false, 1]);
  });
});

describe('heardRate', () => {
  it('tells the rate by both clocks, over the end of the timestamps', () => {
    const late = [0, 1, 2, 3, 4].map((n) => ({
      ...packet(SILENCE, n),
      timestamp: (0xffff_fff0 + 960 * n) >>> 0,
      at: 40 * n,
    }));
    expect(heardRate(late)).toEqual({ byTimestamp: 50, byArrival: 25 });
    expect(heardRate(late.slice(0, 1))).toBeNull();
  });
});

describe('Ears', () => {
  it('waits for a number of packets, or for what a function looks for', async () => {
    const ears = new Ears();
    const two = ears.waitFor(2, 5_000);
    const third = ears.waitFor((packets) => packets.at(-1)?.sequence === 3, 5_000);
    for (const sequence of [1, 2, 3]) ears.hear(packet(SILENCE, sequence));
    expect(await two).toHaveLength(3);
    await third;
    expect(ears.listenerCount('packet')).toBe(0);
    ears.clear();
    expect(ears.packets).toEqual([]);
  });

  it('forgets the older half of too many, and goes on counting', async () => {
    const ears = new Ears(10);
    const eleven = ears.waitFor(11, 5_000);
    for (let sequence = 0; sequence < 11; sequence += 1) ears.hear(packet(SILENCE, sequence));
    expect((await eleven).map(({ sequence }) => sequence)).toEqual([5, 6, 7, 8, 9, 10]);
    expect([ears.count, ears.forgotten]).toEqual([11, 5]);
    expect(ears.from(9, 5).map(({ sequence }) => sequence)).toEqual([9, 10]);
    expect(ears.from(3, 3).map(({ sequence }) => sequence)).toEqual([5]);
    expect(ears.from(0, 5)).toEqual([]);
    ears.clear();
    expect([ears.count, ears.forgotten]).toEqual([0, 0]);
  });

  it('hands the error of a function to who waits, and not to who speaks', async () => {
    const ears = new Ears();
    const wait = ears.waitFor((packets) => {
      if (packets.length > 0) throw new Error('no such packet');
      return false;
    }, 5_000);
    ears.hear(packet(SILENCE));
    await expect(wait).rejects.toThrow('no such packet');
    expect(ears.listenerCount('packet')).toBe(0);
  });

  it('says how many there were when the deadline is over', async () => {
    const ears = new Ears();
    ears.hear(packet(SILENCE));
    await expect(ears.waitFor(2, 1)).rejects.toThrow('heard 1 packets, not 2 packets, within 1 ms');
    expect(ears.listenerCount('packet')).toBe(0);
  });
});

describe('opusPacketsOf', () => {
  let directory: string;
  let ogg: string;
  const make = async (name: string, ...how: readonly string[]): Promise<string> => {
    await promisify(execFile)('ffmpeg', ['-v', 'error', '-i', ogg, '-c', 'copy', ...how, join(directory, name)]);
    return join(directory, name);
  };
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'loopback-opus-'));
    ogg = await noise(directory, 6);
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('reads the same packets from Ogg and from WebM, the last one in its BlockGroup too', async () => {
    const packets = await opusPacketsOf(ogg);
    expect(packets).toHaveLength(301);
    expect(await opusPacketsOf(await make('song.webm'))).toEqual(packets);
    expect(await opusPacketsOf(await make('song.mka'))).toEqual(packets);
  });

  it('reads WebM written live, with unknown sizes', async () => {
    const live = await make('live.webm', '-live', '1');
    expect(await opusPacketsOf(live)).toEqual(await opusPacketsOf(ogg));
  });

  it('reads the packets of both songs of a chained Ogg file', async () => {
    const { readFile } = await import('node:fs/promises');
    const bytes = await readFile(ogg);
    const packets = await opusPacketsOf(ogg);
    expect(oggOpusPackets(Buffer.concat([bytes, bytes]))).toEqual([...packets, ...packets]);
  });

  it('joins Ogg packets that go over several pages, and drops one whose rest was lost', () => {
    const long = Buffer.alloc(255 * 300 + 7, 5);
    const short = Buffer.from('short');
    const pages = (...sound: readonly Buffer[]) =>
      Buffer.concat([page(2, [Buffer.from('OpusHead')]), page(0, [Buffer.from('OpusTags')]), ...sound]);
    const first = page(0, [long.subarray(0, 255 * 255)], true);
    const rest = page(1, [long.subarray(255 * 255), short]);
    expect(oggOpusPackets(pages(first, rest))).toEqual([long, short]);
    expect(oggOpusPackets(pages(first, page(0, [short])))).toEqual([short]);
    expect(oggOpusPackets(pages(first))).toEqual([]);
  });

  it.each([
    [
      'Xiph',
      0x02,
      Buffer.concat([Buffer.from([2, 255, 3, 2]), Buffer.alloc(258, 1), Buffer.alloc(2, 2), Buffer.alloc(4, 3)]),
      [258, 2, 4],
    ],
    ['fixed-size', 0x04, Buffer.concat([Buffer.from([2]), Buffer.alloc(9, 1)]), [3, 3, 3]],
    [
      'EBML',
      0x06,
      Buffer.concat([Buffer.from([2, 0x84, 0xbd]), Buffer.alloc(4, 1), Buffer.alloc(2, 2), Buffer.alloc(5, 3)]),
      [4, 2, 5],
    ],
  ])('takes %s lacing apart', (_, flags, body, sizes) => {
    const block = Buffer.concat([Buffer.from([0x40, 0x11, 0, 0, flags]), body]);
    expect(webmOpusPackets(webm(element(0xa3, block))).map(({ length }) => length)).toEqual(sizes);
    const group = element(0xa0, element(0xa1, block));
    expect(webmOpusPackets(webm(group)).map(({ length }) => length)).toEqual(sizes);
  });

  it('passes over other tracks and lacing that does not fit', () => {
    expect(webmOpusPackets(webm(element(0xa3, Buffer.from([0x81, 0, 0, 0, 1, 2]))))).toEqual([]);
    expect(webmOpusPackets(webm(element(0xa3, Buffer.from([0x40, 0x11, 0, 0, 2, 9, 255]))))).toEqual([]);
  });

  it('refuses what has no Opus in it', async () => {
    const html = join(directory, 'page.ogg');
    await writeFile(html, '<html>not found</html>');
    await expect(opusPacketsOf(html)).rejects.toThrow('no Opus packets');
  });
});

/** One Ogg page whose packets end in it, but for the last one when it is `open`. */
function page(flags: number, packets: readonly Buffer[], open = false): Buffer {
  const lacing = packets.flatMap((bytes, index) => {
    const whole: number[] = Array(Math.floor(bytes.length / 255)).fill(255);
    return open && index === packets.length - 1 ? whole : [...whole, bytes.length % 255];
  });
  const header = Buffer.alloc(27);
  header.write('OggS', 0, 'latin1');
  header.writeUInt8(flags, 5);
  header.writeUInt8(lacing.length, 26);
  return Buffer.concat([header, Buffer.from(lacing), ...packets]);
}

function element(id: number, content: Buffer): Buffer {
  const hex = id.toString(16);
  const size = Buffer.from([0x10 | (content.length >> 24), content.length >> 16, content.length >> 8, content.length]);
  return Buffer.concat([Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex'), size, content]);
}

/** A segment of unknown size with an Opus track of number 17, which needs two bytes in a block. */
function webm(blocks: Buffer): Buffer {
  const track = element(0xae, Buffer.concat([element(0xd7, Buffer.from([17])), element(0x86, Buffer.from('A_OPUS'))]));
  return Buffer.concat([
    element(0x1a45dfa3, element(0x4282, Buffer.from('webm'))),
    Buffer.from('1853806701ffffffffffffff', 'hex'),
    element(0x1654ae6b, track),
    Buffer.from('1f43b675ff', 'hex'),
    blocks,
  ]);
}
