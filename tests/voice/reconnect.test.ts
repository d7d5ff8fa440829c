import { once } from 'node:events';
import { afterEach, expect, it, vi } from 'vitest';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import { JOIN_STEPS, StepDeadline, type JoinStep } from '../../src/voice/join-steps.ts';
import { BOT, CHANNEL, GUILD, SHORT, stage, type Stage } from './stage.ts';

let here: Stage | null = null;
afterEach(async () => {
  vi.useRealTimers();
  await here?.close();
  here = null;
});

async function joined(...options: Parameters<typeof stage>): Promise<Stage> {
  here = await stage(...options);
  await here.join();
  return here;
}

it('makes the connection anew when somebody asks: leaves first, and one op 4 joins', async () => {
  const scene = await joined();
  await scene.manager.reconnect(GUILD);
  expect(scene.gateway.sent.map(({ channelId }) => channelId)).toEqual([CHANNEL, null, CHANNEL]);
  expect(scene.manager.report(GUILD).incidents).toMatchObject([{ name: 'asked for', result: 'rejoined', attempts: 1 }]);
});

it('skips a cool-down when somebody asks', async () => {
  const scene = await joined();
  scene.voice.faults.closeVoice(GUILD, BOT, 4021);
  await scene.state('cooling-down');
  await scene.manager.reconnect(GUILD);
  expect(scene.manager.state(GUILD)).toMatchObject({ status: 'ready' });
});

it('has nothing to make anew where there is no connection', async () => {
  here = await stage();
  await expect(here.manager.reconnect(GUILD)).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
});

it('keeps a good connection when somebody asks more often than the budget of the guild allows', async () => {
  const scene = await joined({ options: { policy: { ...SHORT.policy, sendsPerMinute: 5 }, joinPatienceMs: 300 } });
  await scene.manager.reconnect(GUILD);
  await expect(scene.manager.reconnect(GUILD)).rejects.toThrow(/nobody tries for another \d+ s/);
  expect(scene.gateway.sent).toHaveLength(3);
  expect(scene.manager.state(GUILD)).toMatchObject({ status: 'ready' });
});

it('refuses a person who makes it come and go, and can always be sent away', async () => {
  const scene = await joined({ options: { policy: { ...SHORT.policy, sendsPerMinute: 5 } } });
  await scene.manager.leave(GUILD, 'player');
  await scene.join();
  await scene.manager.leave(GUILD, 'player');
  await expect(scene.join()).rejects.toThrow(/came and went too often, so nobody tries for another \d+ s/);
  expect(scene.gateway.sent).toHaveLength(4);
});

it('waits out a cool-down that an earlier process had begun, and then comes by itself', async () => {
  const store = new MemoryStore();
  let now = 1_000_000;
  const scene = await joined({ store, now: () => now, random: () => 0 });
  scene.voice.faults.closeVoice(GUILD, BOT, 4021);
  await scene.state('cooling-down');
  await scene.close();

  now += 59_900;
  here = await stage({ store, now: () => now, random: () => 0 });
  await here.manager.hold({ guildId: GUILD, channelId: CHANNEL, holder: 'player' });
  expect(here.manager.state(GUILD)).toMatchObject({ status: 'cooling-down' });
  expect(here.gateway.sent).toEqual([]);
  await here.state('ready');
});

it('tells a person who asks during a cool-down of an earlier process how long it lasts', async () => {
  const store = new MemoryStore();
  const scene = await joined({ store });
  scene.voice.faults.closeVoice(GUILD, BOT, 4021);
  await scene.state('cooling-down');
  await scene.close();
  here = await stage({ store });
  await expect(here.join()).rejects.toThrow(/refused too often, so nobody tries for another \d+ s/);
  expect(here.gateway.sent).toEqual([]);
});

it('gives up when it may not come back to the channel, and says so', async () => {
  const scene = await joined();
  scene.gateway.forbidden.add(CHANNEL);
  scene.voice.faults.closeVoice(GUILD, BOT, 4006);
  expect(await scene.state('failed')).toMatchObject({ reason: expect.stringContaining('may not') });
  expect(scene.gateway.joins).toHaveLength(1);
});

it('tells of every close with its code, and of each step of an incident', async () => {
  const scene = await joined();
  const closed: number[] = [];
  scene.manager.on('closed', (_, { code }) => closed.push(code));
  const results: string[] = [];
  scene.manager.on('incident', (_, { result, attempts }) => results.push(`${result} ${attempts}`));
  scene.voice.faults.refuseIdentify({ code: 4004, times: 1 });
  scene.voice.faults.closeVoice(GUILD, BOT, 4006);
  await scene.state('recovering');
  await scene.state('ready');
  await Promise.resolve();
  expect(closed).toEqual([4006, 4004]);
  expect(results).toEqual(['open 0', 'open 1', 'open 1', 'open 2', 'rejoined 2']);
});

it('makes the link anew after a fault of the library, of one guild or of all', async () => {
  const scene = await joined();
  for (const guildId of [GUILD, null]) {
    scene.manager.libraryFault(guildId);
    expect(scene.manager.state(GUILD)).toMatchObject({ status: 'recovering' });
    await scene.state('ready');
  }
  expect(scene.gateway.joins).toHaveLength(3);
});

it.each(Object.keys(JOIN_STEPS) as JoinStep[])(
  'gives the step "%s" of a join a deadline, and only while it lasts',
  (step) => {
    vi.useFakeTimers();
    const { deadlineMs, late } = JOIN_STEPS[step];
    const life = new AbortController();
    const told = vi.fn<(trouble: unknown) => void>();
    const deadline = new StepDeadline();
    deadline.begin(step, life.signal, told);
    vi.advanceTimersByTime(deadlineMs - 1);
    deadline.begin(step, life.signal, told);
    vi.advanceTimersByTime(deadlineMs - 1);
    expect(told).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(told).toHaveBeenCalledExactlyOnceWith(late);
    deadline.begin(step, life.signal, told);
    life.abort();
    deadline.begin(step, new AbortController().signal, told);
    deadline.end();
    expect(vi.getTimerCount()).toBe(0);
  },
);

it('leaves a kick to a person: nothing is sent until somebody asks', async () => {
  const scene = await joined();
  const kicked = once(scene.manager, 'kicked');
  scene.gateway.kick(GUILD);
  await kicked;
  await expect(scene.manager.reconnect(GUILD)).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
  expect(scene.gateway.sent).toHaveLength(1);
});
