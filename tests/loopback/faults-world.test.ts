import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import { expect, it, type TestContext } from 'vitest';
import { channelId } from './discordjs-client.ts';
import { faultScene, type FaultScene } from './fault-scene.ts';
import { Dialed } from './voice-dial.ts';

const soon = { timeout: 20_000 };
const quiet = { voice: { dave: 'off' } } as const;
const JOINED = ['Lounge', 'server'];

/** The scene with the bot in the lounge, and what it is told from then on. */
async function joined(test: TestContext) {
  const scene = await faultScene(test, quiet);
  const { client } = await scene.inVoice();
  const studio = channelId(scene.loopback, 'Studio');
  const toldNow = async () => (await scene.news()).slice(JOINED.length);
  let closedWith: number | null = null;
  void client.closed.then((code) => (closedWith = code));
  /** `open`, or the code with which it was closed. */
  const line = async () => {
    await scene.bot.settle();
    const { sessions } = scene.loopback.voice;
    if (sessions().some(({ status }) => status === 'connected') && closedWith === null) return 'open';
    return client.closed;
  };
  return { ...scene, client, studio, toldNow, line };
}

type Joined = Awaited<ReturnType<typeof joined>>;

/** What the bot does by itself after a close: asks again, and identifies. */
async function rejoin(scene: FaultScene, test: TestContext): Promise<Dialed> {
  const before = (await scene.news()).filter((one) => one === 'server').length;
  scene.ask('Lounge');
  await expect.poll(async () => (await scene.news()).filter((one) => one === 'server').length, soon).toBe(before + 1);
  const again = await Dialed.to(scene.loopback, test);
  again.send(VoiceOpcodes.Identify, scene.identity());
  return again;
}

it.for<[string, (scene: Joined) => unknown, readonly unknown[], number | 'open']>([
  ['kick', ({ loopback, guildId }) => loopback.faults.throw('kick', { guildId }), ['nowhere'], 4014],
  [
    'kick with 4022',
    ({ loopback: { faults }, guildId }) => faults.throw('kick-terminated', { guildId }),
    ['nowhere'],
    4022,
  ],
  [
    'kick without a close',
    ({ loopback: { faults }, guildId }) => faults.throw('kick-without-close', { guildId }),
    ['nowhere'],
    'open',
  ],
  [
    'kick without a state',
    ({ loopback: { faults }, guildId }) => faults.throw('kick-without-state', { guildId }),
    [],
    4014,
  ],
  [
    'kick right after a close',
    ({ loopback: { faults }, guildId }) => faults.throw('kick-while-recovering', { guildId }),
    ['nowhere'],
    4006,
  ],
  [
    'move',
    ({ loopback: { faults }, guildId, studio }) => faults.throw('move', { guildId, channelId: studio }),
    ['Studio', 'server'],
    4014,
  ],
  [
    'move without a server',
    ({ loopback: { faults }, guildId, studio }) => faults.throw('move-without-server', { guildId, channelId: studio }),
    ['Studio'],
    'open',
  ],
  [
    'move without a state',
    ({ loopback: { faults }, guildId, studio }) => faults.throw('move-without-state', { guildId, channelId: studio }),
    ['server'],
    4014,
  ],
  [
    'move right after a close',
    ({ loopback: { faults }, guildId, studio }) =>
      faults.throw('move-while-recovering', { guildId, channelId: studio }),
    ['Studio', 'server'],
    4006,
  ],
])('the bot is told of a %s just so, and answered when it joins again', async ([, act, told, code], test) => {
  const scene = await joined(test);
  act(scene);
  expect(await scene.toldNow()).toEqual(told);
  expect(await scene.line()).toBe(code);
  const again = await rejoin(scene, test);
  await again.heard(VoiceOpcodes.Ready);
  expect(scene.loopback.problems()).toEqual([]);
});

it.for<[string, (scene: Joined) => Promise<unknown>]>([
  [
    'was lost before',
    async ({ loopback, guildId, client }) => {
      loopback.faults.throw('cut-voice', { guildId });
      await client.closed;
      expect(loopback.voice.sessions()).toMatchObject([{ status: 'detached' }]);
      loopback.faults.throw('kick-without-close', { guildId });
    },
  ],
  [
    'is lost later',
    async ({ loopback, guildId, client }) => {
      loopback.faults.throw('kick-without-close', { guildId });
      expect(loopback.voice.sessions()).toMatchObject([{ status: 'connected' }]);
      loopback.faults.throw('cut-voice', { guildId });
      await client.closed;
    },
  ],
])('who was kicked without a close has no voice session when its connection %s', async ([, act], test) => {
  const scene = await joined(test);
  const resume = { ...scene.identity(), seq_ack: 1 };
  await act(scene);
  expect(scene.loopback.voice.sessions()).toEqual([]);
  const again = await Dialed.to(scene.loopback, test);
  again.send(VoiceOpcodes.Resume, resume);
  expect(await again.closed).toBe(4006);
  expect(scene.loopback.problems()).toEqual([]);
});

it('a kick meets the bot on its way back: when it has asked for the channel', async (test) => {
  const scene = await joined(test);
  const { loopback, guildId } = scene;
  const fault = loopback.faults.throw('kick-while-recovering', { guildId, at: 'join' });
  expect(await scene.client.closed).toBe(4006);
  expect(await scene.toldNow()).toEqual([]);
  scene.ask('Lounge');
  await expect.poll(() => scene.toldNow(), soon).toEqual(['Lounge', 'server', 'nowhere']);
  await (await rejoin(scene, test)).heard(VoiceOpcodes.Ready);
  expect((await scene.toldNow()).slice(3)).toEqual(['Lounge', 'server']);
  fault.lift();
  expect(loopback.problems()).toEqual([]);
});

it('a kick meets the bot on its way back: when it has identified, and has been told that it is ready', async (test) => {
  const scene = await joined(test);
  const { loopback, guildId } = scene;
  loopback.faults.throw('kick-while-recovering', { guildId, at: 'identify' });
  expect(await scene.client.closed).toBe(4006);
  const again = await rejoin(scene, test);
  expect(await again.closed).toBe(4014);
  expect(again.messages.map(({ op }) => op).slice(0, 2)).toEqual([VoiceOpcodes.Hello, VoiceOpcodes.Ready]);
  expect(await scene.toldNow()).toEqual(['Lounge', 'server', 'nowhere']);
  expect(loopback.problems()).toEqual([]);
});

it('a drag meets the bot on its way back, and not when the channel is gone by then', async (test) => {
  const scene = await joined(test);
  const { loopback, guildId, studio } = scene;
  const drag = { guildId, channelId: studio, at: 'identify' } as const;
  loopback.faults.throw('move-while-recovering', drag);
  const again = await rejoin(scene, test);
  expect(await again.closed).toBe(4014);
  expect((await scene.toldNow()).slice(-2)).toEqual(['Studio', 'server']);
  const third = await rejoin(scene, test);
  await third.heard(VoiceOpcodes.Ready);
  loopback.faults.throw('move-while-recovering', drag);
  loopback.faults.throw('delete-channel', { channelId: studio });
  await (await rejoin(scene, test)).heard(VoiceOpcodes.Ready);
  expect(await scene.line()).not.toBe(4014);
});

it('the bot is dragged to and fro so many times, and no longer when the fault is lifted', async (test) => {
  const { loopback, guildId, studio, toldNow } = await joined(test);
  loopback.faults.throw('drag-to-and-fro', { guildId, channelId: studio, times: 3, everyMs: 20 });
  await expect.poll(toldNow, soon).toEqual(['Studio', 'server', 'Lounge', 'server', 'Studio', 'server']);
  const again = { guildId, channelId: channelId(loopback, 'Lounge'), times: 20, everyMs: 60 };
  loopback.faults.throw('drag-to-and-fro', again).lift();
  const before = await toldNow();
  expect(before.slice(6)).toEqual(['Lounge', 'server']);
  await new Promise((resolve) => setTimeout(resolve, 90));
  expect(await toldNow()).toEqual(before);
});

it.for([
  ['server-mute', 'Lounge mute'],
  ['server-deafen', 'Lounge deaf'],
  ['toggle-self-deafen', 'Lounge self_deaf'],
] as const)('%s is told as a voice state, and taken back when lifted', async ([name, told], test) => {
  const { loopback, guildId, toldNow, line } = await joined(test);
  const fault = loopback.faults.throw(name, { guildId });
  expect(await toldNow()).toEqual([told]);
  fault.lift();
  expect(await toldNow()).toEqual([told, 'Lounge']);
  expect(await line()).toBe('open');
});

it('a full channel keeps whom it has, and lets nobody in again until it is lifted', async (test) => {
  const { loopback, guildId, ask, toldNow, line } = await joined(test);
  const full = loopback.faults.throw('full-channel', { guildId });
  expect(await toldNow()).toEqual([]);
  expect(await line()).toBe('open');
  ask(null);
  ask('Lounge');
  expect(await toldNow()).toEqual(['nowhere']);
  full.lift();
  ask('Lounge');
  expect(await toldNow()).toEqual(['nowhere', 'Lounge', 'server']);
  ask(null);
  expect(await toldNow()).toHaveLength(4);
  expect(() => loopback.faults.throw('full-channel', { guildId })).toThrow(/no voice channel/);
});

it.for(['Connect', 'ViewChannel'] as const)(
  'who may not %s any more stays, and cannot come again',
  async (permission, test) => {
    const { loopback, ask, toldNow, line, bot } = await joined(test);
    const lounge = channelId(loopback, 'Lounge');
    const denied = loopback.faults.throw('deny-permission', { channelId: lounge, permission });
    expect((await bot.event('CHANNEL_UPDATE')).d['permission_overwrites']).toMatchObject([
      { id: loopback.application.id },
    ]);
    expect(await line()).toBe('open');
    ask(null);
    ask('Lounge');
    expect((await toldNow()).at(-1)).toBe('nowhere');
    denied.lift();
    expect(loopback.world.channel(lounge)?.overwrites).toEqual([]);
    ask('Lounge');
    expect((await toldNow()).slice(-2)).toEqual(['Lounge', 'server']);
  },
);

it('who may not speak any more is suppressed, until it is lifted', async (test) => {
  const { loopback, toldNow } = await joined(test);
  const lounge = channelId(loopback, 'Lounge');
  loopback.faults.throw('deny-permission', { channelId: lounge, permission: 'Speak' }).lift();
  expect(await toldNow()).toEqual(['Lounge suppress', 'Lounge']);
});

it('a stage has the bot in its audience until it is called up, and is gone when lifted', async (test) => {
  const { loopback, guildId, toldNow } = await joined(test);
  expect(() => loopback.faults.throw('stage-speaker', { guildId })).toThrow(/no stage/);
  const stage = loopback.faults.throw('move-to-stage', { guildId });
  loopback.faults.throw('stage-speaker', { guildId });
  loopback.faults.throw('stage-audience', { guildId });
  expect(await toldNow()).toEqual(['Stage suppress', 'server', 'Stage', 'Stage suppress']);
  stage.lift();
  expect((await toldNow()).slice(4)).toEqual(['Lounge', 'server']);
  expect([...loopback.guild.channels.values()].map(({ name }) => name)).not.toContain('Stage');
});
