import { on, once } from 'node:events';
import { EndBehaviorType, type VoiceConnection } from '@discordjs/voice';
import { DAVESession } from '@snazzah/davey';
import { describe, expect, it } from 'vitest';
import { matchFrames, opusPacketsOf } from '../../loopback/ears.ts';
import type { HeardPacket } from '../../loopback/ears.ts';
import { ADA, BOB, BOT, CHANNEL, CY, GUILD, encrypted, idle, noise, play, scene } from './voice-client.ts';

const SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);
const sound = (packets: readonly HeardPacket[]): readonly HeardPacket[] =>
  packets.filter(({ opus }) => !opus.equals(SILENCE));
const isTail = (packets: readonly HeardPacket[], file: readonly Buffer[]): boolean => {
  const { exact, matched } = matchFrames(packets, file);
  return exact && matched.at(-1)?.index === file.length - 1;
};

/** The first `count` packets, silence aside, that a client receives of someone's voice. */
async function receive(connection: VoiceConnection, userId: string, count: number): Promise<readonly Buffer[]> {
  const stream = connection.receiver.subscribe(userId, { end: { behavior: EndBehaviorType.Manual } });
  const received: Buffer[] = [];
  for await (const [packet] of on(stream, 'data', { signal: AbortSignal.timeout(20_000) })) {
    if (!packet.equals(SILENCE)) received.push(packet);
    if (received.length === count) break;
  }
  return received;
}

/** Who is in the client's DAVE group, as the client sees it. */
function groupOf({ state }: VoiceConnection): readonly string[] {
  const networking = 'networking' in state ? state.networking.state : null;
  const session: unknown = networking && 'dave' in networking ? networking.dave?.session : null;
  return session instanceof DAVESession ? session.getUserIds().toSorted() : [];
}

describe.concurrent.each(['client', 'listener'] as const)('where a %s commits first', (committer) => {
  it.for([1, 2, 3])('%d people hear the same packets, all of them end-to-end encrypted', async (count, test) => {
    const here = await scene(test, { committer });
    const people = [ADA, BOB, CY].slice(0, count);
    here.people(...people);
    const song = await noise(here.directory, 1);
    await idle(await play(await encrypted(here.join()), song));

    const file = await opusPacketsOf(song);
    for (const person of people) {
      const { packets, undecryptable } = here.voice.ears(person);
      expect(matchFrames(packets, file)).toMatchObject({ exact: true, firstIndex: 0 });
      expect(sound(packets).map(({ opus }) => opus)).toEqual(file);
      expect(sound(packets).every(({ dave }) => dave)).toBe(true);
      expect(undecryptable).toBe(0);
    }
    expect(here.voice.problems()).toEqual([]);
  });

  it('lets people come and go while the bot plays, and who stays misses nothing', async (test) => {
    const here = await scene(test, { committer });
    here.people(ADA);
    const song = await noise(here.directory, 3);
    const connection = await encrypted(here.join());
    const over = play(connection, song).then(idle);
    const [ada, bob, cy] = [ADA, BOB, CY].map((person) => here.voice.ears(person));

    await ada?.waitFor(20, 20_000);
    here.people(ADA, BOB);
    await bob?.waitFor(20, 20_000);
    here.people(ADA, BOB, CY);
    await cy?.waitFor(20, 20_000);
    here.people(ADA, CY);
    const whenBobLeft = bob?.packets.length;
    await ada?.waitFor((packets) => packets.length > 100, 20_000);
    here.people(ADA);
    await over;
    expect(groupOf(connection)).toEqual([BOT, ADA].toSorted());

    const file = await opusPacketsOf(song);
    expect(matchFrames(ada?.packets ?? [], file)).toMatchObject({ exact: true, firstIndex: 0 });
    expect(ada?.undecryptable).toBe(0);
    expect(sound(ada?.packets ?? []).every(({ dave }) => dave)).toBe(true);
    expect(bob?.packets).toHaveLength(whenBobLeft ?? 0);
    for (const ears of [bob, cy]) {
      expect(matchFrames(ears?.packets ?? [], file).exact).toBe(true);
      expect(sound(ears?.packets ?? []).every(({ dave }) => dave)).toBe(true);
    }
    expect(here.voice.problems()).toEqual([]);
  });

  it('makes a new group when the only listener leaves and comes back', async (test) => {
    const here = await scene(test, { committer });
    here.people(ADA);
    const song = await noise(here.directory, 3);
    const over = play(await encrypted(here.join()), song).then(idle);
    const ears = here.voice.ears(ADA);
    await ears.waitFor(20, 20_000);
    here.people();
    ears.clear();
    here.people(ADA);
    await over;

    const file = await opusPacketsOf(song);
    expect(isTail(ears.packets, file)).toBe(true);
    // Alone the bot has no group, so what it sends until the new one is there is plain, and heard by nobody.
    const heard = sound(ears.packets);
    expect(heard.every(({ dave }) => dave)).toBe(true);
    expect(heard.length).toBeGreaterThan(50);
    expect(here.voice.problems()).toEqual([]);
  });

  it.for([1, 3])('takes a client with a new session back into a group with %d people', async (count, test) => {
    const here = await scene(test, { committer });
    const people = [ADA, BOB, CY].slice(0, count);
    here.people(...people);
    const song = await noise(here.directory, 3);
    const connection = await encrypted(here.join());
    const over = play(connection, song).then(idle);
    await here.voice.ears(ADA).waitFor(30, 20_000);
    const again = once(connection, 'transitioned', { signal: AbortSignal.timeout(20_000) });
    here.voice.faults.closeVoice(GUILD, BOT, 4006);
    await again;
    await over;

    const file = await opusPacketsOf(song);
    for (const person of people) {
      const { packets } = here.voice.ears(person);
      expect(new Set(packets.map(({ ssrc }) => ssrc)).size).toBe(2);
      const { matched, foreign, repeats } = matchFrames(packets, file);
      expect([foreign, repeats]).toEqual([[], []]);
      expect(matched.at(-1)).toMatchObject({ index: file.length - 1, packet: { dave: true } });
      expect(matched.length).toBeGreaterThan(file.length / 2);
    }
    expect(here.asked.count).toBe(2);
    expect(here.voice.problems()).toEqual([]);
  });
});

it.concurrent('recovers a client that could not process a commit', async (test) => {
  const here = await scene(test);
  here.people(ADA, BOB);
  const song = await noise(here.directory, 3);
  const connection = await encrypted(here.join());
  const over = play(connection, song).then(idle);
  await here.voice.ears(ADA).waitFor(20, 20_000);
  const again = once(connection, 'transitioned', { signal: AbortSignal.timeout(20_000) });
  // Number 9, op 29, transition 7, and a commit that is none.
  here.voice.faults.sendBinary(GUILD, BOT, Buffer.from([0, 9, 29, 0, 7, 1, 2, 3]));
  await again;
  await over;
  const file = await opusPacketsOf(song);
  const { matched } = matchFrames(here.voice.ears(BOB).packets, file);
  expect(matched.at(-1)).toMatchObject({ index: file.length - 1, packet: { dave: true } });
  expect(here.voice.problems()).toEqual([expect.stringContaining('could not follow transition 7 of DAVE (op 31)')]);
});

it.concurrent('keeps the group over a resumed connection', async (test) => {
  const here = await scene(test);
  here.people(ADA, BOB);
  const song = await noise(here.directory, 2);
  const over = play(await encrypted(here.join()), song).then(idle);
  await here.voice.ears(ADA).waitFor(20, 20_000);
  here.voice.faults.cutVoice(GUILD, BOT);
  await over;
  const { packets, undecryptable } = here.voice.ears(ADA);
  expect(sound(packets).every(({ dave }) => dave)).toBe(true);
  expect(undecryptable).toBe(0);
  expect(here.voice.history.map(({ what }) => what)).toContain('resumed');
  expect(here.voice.problems()).toEqual([]);
});

it.concurrent('lets two bots and a person hear each other', async (test) => {
  const here = await scene(test);
  const OTHER = '300000000000000033';
  here.people(ADA);
  const song = await noise(here.directory, 1);
  const first = await encrypted(here.join());
  const second = await encrypted(here.join({ userId: OTHER }));
  const file = await opusPacketsOf(song);

  const received = receive(second, BOT, file.length);
  await idle(await play(first, song));
  expect(await received).toEqual(file);

  here.voice.ears(ADA).clear();
  await idle(await play(second, song));
  const { packets } = here.voice.ears(ADA);
  expect(matchFrames(packets, file).exact).toBe(true);
  expect(sound(packets).every(({ userId, dave }) => userId === OTHER && dave)).toBe(true);
});

it.concurrent('brings what a person says to a bot', async (test) => {
  const here = await scene(test);
  here.people(ADA, BOB);
  const connection = await encrypted(here.join());
  const words = await opusPacketsOf(await noise(here.directory, 1));
  const received = receive(connection, ADA, words.length);
  await here.voice.speak(GUILD, ADA, words);
  expect(await received).toEqual(words);
  expect(matchFrames(here.voice.ears(BOB).packets, words).exact).toBe(true);
  expect(here.voice.ears(ADA).packets).toEqual([]);
  await expect(here.voice.speak(GUILD, CY, words)).rejects.toThrow('is in no voice channel');
});

it.concurrent('sends plain frames when end-to-end encryption is off', async (test) => {
  const here = await scene(test, { dave: 'off' });
  here.people(ADA);
  const song = await noise(here.directory, 1);
  const connection = here.join({ channelId: CHANNEL, daveEncryption: false });
  await idle(await play(connection, song));
  const { packets } = here.voice.ears(ADA);
  expect(isTail(packets, await opusPacketsOf(song))).toBe(true);
  expect(packets.every(({ dave }) => !dave)).toBe(true);
});
