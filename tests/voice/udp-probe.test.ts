import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { discoveryRequest, namedAddress, kindOf } from '../../src/voice/datagram-kinds.ts';
import { UdpProbe, type UdpPath } from '../../src/voice/udp-probe.ts';

const SSRC = 0x1234_5678;
const FRAME_MS = 20;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function answerFor(ssrc: number): Buffer {
  const answer = discoveryRequest(ssrc);
  answer.writeUInt16BE(2, 0);
  return answer;
}

/** A probe of a server that answers when `reaches` says so of a datagram. */
function scene(reaches: () => boolean, address: string | null = null) {
  const life = new AbortController();
  const asked: number[] = [];
  const here = { reaches, asked, life, probe, play, rest };
  const socket = {
    send(datagram: Buffer): void {
      asked.push(Date.now());
      expect(datagram).toEqual(discoveryRequest(SSRC));
      if (here.reaches()) setTimeout(() => probe().received(answerFor(SSRC)), 30);
    },
  };
  const made = new UdpProbe(socket, SSRC, life.signal, address);
  function probe(): UdpProbe {
    return made;
  }
  /** Sound leaves for so long. */
  function play(ms: number): UdpPath {
    for (let passed = 0; passed < ms; passed += FRAME_MS) {
      made.sent();
      vi.advanceTimersByTime(FRAME_MS);
    }
    return made.path;
  }
  function rest(ms: number): UdpPath {
    vi.advanceTimersByTime(ms);
    return made.path;
  }
  return here;
}

const always = () => true;
const never = () => false;

it('asks at once, and then every five seconds while sound leaves', () => {
  const { asked, play } = scene(always);
  const start = Date.now();
  expect(play(19_000)).toBe('answering');
  expect(asked.map((at) => Math.round((at - start) / 1_000))).toEqual([0, 5, 10, 15]);
});

it('asks nothing while no sound leaves', () => {
  const { asked, play, rest } = scene(always);
  play(1_000);
  rest(3_600_000);
  // One more for the sound of the second before.
  expect(asked).toHaveLength(2);
});

it('calls a server silent that answered, and does not answer for fifteen seconds of sound', () => {
  const here = scene(always);
  here.play(60_000);
  here.reaches = never;
  expect(here.play(14_000)).toBe('answering');
  expect(here.play(7_000)).toBe('silent');
});

it('believes it again at its first answer', () => {
  const here = scene(always);
  here.play(1_000);
  here.reaches = never;
  expect(here.play(30_000)).toBe('silent');
  here.reaches = always;
  expect(here.play(6_000)).toBe('answering');
});

it('lets a server be that never answers, and asks no more', () => {
  const { asked, play, probe } = scene(never);
  expect(play(3_600_000)).toBe('unproven');
  expect(asked).toHaveLength(20);
  expect(probe().path).toBe('unproven');
  expect(vi.getTimerCount()).toBe(0);
});

it('does not call a server silent for a pause', () => {
  const here = scene(always);
  here.play(1_000);
  here.reaches = never;
  expect(here.play(10_000)).toBe('answering');
  expect(here.rest(3_600_000)).toBe('answering');
  expect(here.play(10_000)).toBe('answering');
});

it('is not misled by an hour in which every second datagram is lost, each way', () => {
  let state = 20_260_711;
  // https://en.wikipedia.org/wiki/Linear_congruential_generator, with the figures of POSIX `rand`
  const random = () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  const { play } = scene(() => random() < 0.25);
  for (let minute = 0; minute < 60; minute += 1) expect(play(60_000)).toBe('answering');
});

it('takes no other datagram for an answer', () => {
  const here = scene(always);
  here.play(1_000);
  here.reaches = () => {
    for (const datagram of [answerFor(SSRC + 1), discoveryRequest(SSRC), Buffer.alloc(8), Buffer.alloc(0)]) {
      here.probe().received(datagram);
    }
    return false;
  };
  expect(here.play(30_000)).toBe('silent');
});

it('leaves no timer behind', () => {
  const { life, play } = scene(always);
  play(1_000);
  life.abort();
  expect(vi.getTimerCount()).toBe(0);
});

it('tells datagrams apart by their shape', () => {
  const packet = Buffer.concat([Buffer.from([0x80, 0x78]), Buffer.alloc(31)]);
  expect(kindOf(packet)).toBe('audio');
  expect(kindOf(packet.subarray(0, 32))).toBe('other');
  expect(kindOf(Buffer.from([0x40, ...packet.subarray(1)]))).toBe('other');
  expect(kindOf(Buffer.from([0x80, 0xc9, ...packet.subarray(2)]))).toBe('rtcp');
  expect(kindOf(Buffer.alloc(8))).toBe('keep-alive');
  expect(kindOf(answerFor(SSRC))).toBe('discovery');
  expect(kindOf(discoveryRequest(SSRC))).toBe('other');
  expect(kindOf(Buffer.alloc(0))).toBe('other');
});

it('takes a server that sees us elsewhere than the session was told for one that our sound does not come from', () => {
  expect(scene(() => true, namedAddress(answerFor(SSRC))).play(1_000)).toBe('answering');
  expect(scene(() => true, 'another address').play(1_000)).toBe('silent');
});
