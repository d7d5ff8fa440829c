import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../src/voice/reconnect-policy.ts';
import { ADA, BOT, CHANNEL, GUILD, heard, OTHER_CHANNEL, SHORT, stage, type Stage } from './stage.ts';

const SONG = 45;

let here: Stage | null = null;
afterEach(async () => {
  await here?.close();
  here = null;
});

async function playing(...options: Parameters<typeof stage>): Promise<Stage> {
  const scene = await stage(...options);
  here = scene;
  await scene.join();
  scene.play(SONG);
  await scene.voice.ears(ADA).waitFor((all) => heard(all).length >= 10, 20_000);
  return scene;
}

/**
 * Hears the song to its end: each frame once, in order, and none missing but those that left for the old session before
 * the client could know of its end; the server counts them.
 */
async function hearsTheRest({ voice }: Stage): Promise<void> {
  const frames = heard(await voice.ears(ADA).waitFor((all) => heard(all).includes(SONG - 1), 20_000));
  expect(frames).toEqual([...new Set(frames)].toSorted((one, other) => one - other));
  expect(SONG - frames.length).toBeLessThanOrEqual(voice.strayDatagrams().late);
}

it.each([4001, 4002, 4003, 4004, 4005, 4006, 4009, 4011, 4999])('loses no frame over a close with %i', async (code) => {
  const scene = await playing();
  scene.voice.faults.closeVoice(GUILD, BOT, code);
  await hearsTheRest(scene);
  expect(scene.gateway.joins).toHaveLength(2);
});

it.each([1000, 1001, 1005, 1006, 1011, 4015])(
  'lets the library resume after a close with %i, without a join',
  async (code) => {
    const scene = await playing();
    scene.voice.faults.closeVoice(GUILD, BOT, code);
    await scene.state('resuming');
    await hearsTheRest(scene);
    expect(scene.gateway.joins).toHaveLength(1);
    expect(scene.manager.report(GUILD).incidents.at(-1)).toMatchObject({ code, result: 'resumed', attempts: 0 });
  },
);

it('breaks a storm of resumes with a fresh session', async () => {
  const scene = await playing({ options: { maxResumes: 3 } });
  let resumes = 0;
  scene.voice.events.on('event', ({ what }) => {
    if (what !== 'resumed' || ++resumes > 50) return;
    setImmediate(() => scene.voice.faults.closeVoice(GUILD, BOT, 1001));
  });
  scene.voice.faults.closeVoice(GUILD, BOT, 1001);
  await scene.state('recovering');
  await hearsTheRest(scene);
  expect(resumes).toBe(3);
  expect(scene.gateway.joins).toHaveLength(2);
});

it('makes a fresh session when the resume is refused', async () => {
  const scene = await playing();
  scene.voice.faults.refuseIdentify({ code: 4006, times: 1, resumes: true });
  scene.voice.faults.closeVoice(GUILD, BOT, 1006);
  await hearsTheRest(scene);
  expect(scene.gateway.joins).toHaveLength(2);
});

it('makes a fresh session when the resume is met with silence', async () => {
  const scene = await playing({ options: { resumeDeadlineMs: 200 } });
  const lift = scene.voice.faults.silence('resumed');
  scene.voice.faults.closeVoice(GUILD, BOT, 1006);
  await scene.state('recovering');
  lift();
  await hearsTheRest(scene);
});

it('stays out when it is kicked, with 4014 and with 4022', async () => {
  for (const code of [4014, 4022]) {
    const scene = await playing();
    const kicked = once(scene.manager, 'kicked');
    scene.gateway.kick(GUILD, code);
    expect(await kicked).toEqual([GUILD, 'removed']);
    expect(scene.manager.state(GUILD).status).toBe('idle');
    expect(scene.gateway.sent).toHaveLength(1);
    expect(scene.player.state.status).not.toBe('idle');
    await scene.close();
  }
  here = null;
});

it('stays out after 4014 when Discord sees it in no channel any more, and tidies up', async () => {
  const scene = await playing();
  scene.gateway.forget(GUILD);
  scene.voice.faults.closeVoice(GUILD, BOT, 4014);
  await scene.state('deciding');
  await scene.state('idle');
  expect(scene.gateway.joins).toHaveLength(1);
  expect(scene.gateway.sent.at(-1)).toMatchObject({ channelId: null });
  expect(scene.manager.report(GUILD).incidents.at(-1)).toMatchObject({
    what: 'Discord disconnected the bot (4014)',
    result: 'stayed-out',
  });
});

it.each([4014, 4022])(
  'comes back after %i when Discord says no more and still sees it in the channel',
  async (code) => {
    const scene = await playing();
    scene.voice.faults.closeVoice(GUILD, BOT, code);
    await scene.state('deciding');
    await hearsTheRest(scene);
    expect(scene.gateway.joins).toHaveLength(2);
  },
);

it('says so when it is out because the channel was deleted', async () => {
  const scene = await playing();
  const kicked = once(scene.manager, 'kicked');
  scene.gateway.deleteChannel(GUILD, CHANNEL);
  expect(await kicked).toEqual([GUILD, 'channel-deleted']);
  expect(scene.gateway.sent).toHaveLength(1);
});

it('lets a person bring it back right after a kick, before it is told as one', async () => {
  const scene = await playing({ options: { removalEvidenceMs: 60_000 } });
  const kicked: string[] = [];
  scene.manager.on('kicked', (guildId) => kicked.push(guildId));
  scene.gateway.kick(GUILD);
  await scene.state('deciding');
  await scene.join();
  await hearsTheRest(scene);
  expect(kicked).toEqual([]);
});

it.each(['ready', 'deciding'] as const)(
  'does not take it for a kick when the main gateway is closed for good while voice is %s',
  async (status) => {
    const scene = await playing();
    const kicked: string[] = [];
    scene.manager.on('kicked', (guildId) => kicked.push(guildId));
    if (status === 'deciding') scene.voice.faults.closeVoice(GUILD, BOT, 4014);
    await scene.state(status);
    scene.gateway.closeForGood();
    await scene.state('idle');
    // Events are told in a microtask after the decision.
    await Promise.resolve();
    expect(kicked).toEqual([]);
    expect(scene.manager.report(GUILD).incidents.at(-1)?.result).toBe('gateway-closed');
    expect(scene.gateway.sent).toHaveLength(1);
  },
);

it('follows when it is moved, at the next frame', async () => {
  const scene = await playing();
  const moved: string[] = [];
  scene.manager.on('moved', (_, channelId) => moved.push(channelId));
  scene.voice.members(GUILD, CHANNEL, []);
  scene.voice.members(GUILD, OTHER_CHANNEL, [ADA]);
  scene.gateway.move(GUILD, OTHER_CHANNEL);
  await hearsTheRest(scene);
  expect(moved).toEqual([OTHER_CHANNEL]);
  expect(scene.manager.state(GUILD)).toMatchObject({ status: 'ready', channelId: OTHER_CHANNEL });
  expect(scene.gateway.joins).toHaveLength(1);
});

it('goes on after 4014 and 4022 when the same channel gets another voice server', async () => {
  for (const code of [4014, 4022]) {
    const scene = await playing();
    scene.voice.faults.closeVoice(GUILD, BOT, code);
    await scene.state('deciding');
    scene.gateway.nameServer(GUILD);
    await hearsTheRest(scene);
    expect(scene.gateway.joins).toHaveLength(1);
    await scene.close();
  }
  here = null;
});

it('waits for the new voice server when the old one is taken away', async () => {
  const scene = await playing();
  scene.gateway.endpoints.push(null);
  scene.gateway.nameServer(GUILD);
  await scene.state('deciding');
  scene.gateway.nameServer(GUILD);
  await hearsTheRest(scene);
  expect(scene.gateway.joins).toHaveLength(1);
});

it.each([4012, 4016, 4017, 4020])('gives up after %i, says why, and leaves', async (code) => {
  const scene = await playing();
  const left = new Promise((resolve) => scene.gateway.once('op4', resolve));
  scene.voice.faults.closeVoice(GUILD, BOT, code);
  const state = await scene.state('failed');
  expect(state).toMatchObject({ reason: expect.stringContaining(`(${code})`) });
  expect(await left).toMatchObject({ channelId: null });
  await scene.join();
  expect(scene.manager.state(GUILD).status).toBe('ready');
});

it('sends nothing for a while after 4021', async () => {
  const scene = await playing();
  scene.voice.faults.closeVoice(GUILD, BOT, 4021);
  await scene.state('cooling-down');
  await expect(scene.join()).rejects.toMatchObject({ code: 'VOICE_UNAVAILABLE' });
  expect(scene.gateway.joins).toHaveLength(1);
});

it('comes back by itself after a cool-down', async () => {
  const scene = await playing({ options: { policy: { ...SHORT.policy, cooldownsMs: [50] } } });
  scene.voice.faults.closeVoice(GUILD, BOT, 4021);
  await scene.state('cooling-down');
  await hearsTheRest(scene);
});

it('tries five times when every identify is refused, then cools down: no storm', async () => {
  const scene = await playing();
  scene.voice.faults.refuseIdentify({ code: 4006 });
  scene.voice.faults.closeVoice(GUILD, BOT, 4006);
  await scene.state('cooling-down');
  expect(scene.gateway.joins).toHaveLength(1 + DEFAULT_POLICY.attempts);
});

it('gives up when the last cool-down did not help either', async () => {
  const policy = { ...SHORT.policy, attempts: 2, cooldownsMs: [20], maxCooldowns: 3 };
  const scene = await playing({ options: { policy } });
  scene.voice.faults.refuseIdentify({ code: 4006 });
  scene.voice.faults.closeVoice(GUILD, BOT, 4006);
  await scene.state('failed');
  // The first join, two tries, and one after each cool-down.
  expect(scene.gateway.joins).toHaveLength(1 + 2 + 3);
});

it('waits for the main gateway without counting it as a try', async () => {
  const scene = await playing();
  scene.gateway.ready = false;
  scene.manager.mainGateway('lost');
  scene.voice.faults.closeVoice(GUILD, BOT, 4006);
  const waiting = await scene.state('recovering');
  expect(waiting).toMatchObject({ reason: expect.any(String) });
  scene.gateway.ready = true;
  scene.manager.mainGateway('resumed');
  await hearsTheRest(scene);
  expect(scene.gateway.joins).toHaveLength(2);
});

it('comes back after 4014 when the main gateway was lost with it', async () => {
  const scene = await playing();
  scene.manager.mainGateway('lost');
  scene.voice.faults.closeVoice(GUILD, BOT, 4014);
  await scene.state('deciding');
  scene.manager.mainGateway('resumed');
  await hearsTheRest(scene);
});

it('makes a fresh session when heartbeats stay unanswered, resume after resume', async () => {
  const scene = await playing({ options: { maxResumes: 1 } }, { heartbeatIntervalMs: 250 });
  const lift = scene.voice.faults.silence('heartbeat-ack');
  await scene.state('resuming');
  await scene.state('recovering');
  lift();
  await hearsTheRest(scene);
});
