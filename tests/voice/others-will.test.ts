import { afterEach, expect, it } from 'vitest';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import { Attempts } from '../../src/voice/attempts.ts';
import { DEFAULT_VOICE_OPTIONS } from '../../src/voice/voice-options.ts';
import { NO_EPISODE } from '../../src/voice/reconnect-policy.ts';
import { BOT, CHANNEL, GUILD, OTHER_CHANNEL, SHORT, stage, type Stage } from './stage.ts';

const DAY_MS = 24 * 60 * 60_000;

let here: Stage | null = null;
afterEach(async () => {
  await here?.close();
  here = null;
});

async function joined(...options: Parameters<typeof stage>): Promise<Stage> {
  here = await stage(...options);
  await here.join();
  return here;
}

it('stays out when it is disconnected during a cool-down', async () => {
  const scene = await joined();
  scene.voice.faults.closeVoice(GUILD, BOT, 4021);
  await scene.state('cooling-down');
  scene.manager.ownVoiceState(GUILD, null);
  await scene.state('idle');
  expect(scene.gateway.sent).toHaveLength(1);
});

it('comes back to where it was moved during a cool-down', async () => {
  const scene = await joined({ options: { policy: { ...SHORT.policy, cooldownsMs: [300] } } });
  scene.voice.faults.closeVoice(GUILD, BOT, 4021);
  await scene.state('cooling-down');
  scene.manager.ownVoiceState(GUILD, OTHER_CHANNEL);
  expect(await scene.state('ready')).toMatchObject({ channelId: OTHER_CHANNEL });
});

it('does not take its own leaving for a kick', async () => {
  const scene = await joined();
  const kicked: string[] = [];
  scene.manager.on('kicked', (guildId) => kicked.push(guildId));
  scene.gateway.answer = 'never';
  const reconnected = scene.manager.reconnect(GUILD).catch(() => undefined);
  await scene.state('joining');
  scene.manager.ownVoiceState(GUILD, null);
  scene.gateway.answer = 'state-first';
  await scene.manager.leave(GUILD, 'player');
  await reconnected;
  expect(kicked).toEqual([]);
});

it('leaves when the main gateway is back, if it could not before', async () => {
  const scene = await joined();
  scene.gateway.ready = false;
  scene.manager.mainGateway('lost');
  await scene.manager.leave(GUILD, 'player');
  expect(scene.gateway.ownChannelId(GUILD)).toBe(CHANNEL);
  scene.gateway.ready = true;
  scene.manager.mainGateway('resumed');
  await expect.poll(() => scene.gateway.ownChannelId(GUILD)).toBeNull();
});

it('leaves again when the main gateway was lost together with its leaving', async () => {
  const scene = await joined();
  scene.gateway.deaf = true;
  const leaving = scene.manager.leave(GUILD, 'player');
  scene.manager.mainGateway('lost');
  scene.gateway.deaf = false;
  scene.manager.mainGateway('resumed');
  await leaving;
  await expect.poll(() => scene.gateway.ownChannelId(GUILD)).toBeNull();
});

it('leaves what nobody holds when it is sent away again', async () => {
  here = await stage();
  here.gateway.haunt(GUILD, CHANNEL);
  await here.manager.leave(GUILD, 'player');
  expect(here.gateway.ownChannelId(GUILD)).toBeNull();
});

it('makes voice anew in a new main gateway session, before Discord ends what belonged to the old one', async () => {
  let now = 1_000_000;
  const scene = await joined({ now: () => now });
  now += 1;
  scene.manager.mainGateway('lost');
  scene.manager.mainGateway('identified');
  await scene.state('joining');
  await scene.state('ready');
  expect(scene.gateway.joins).toHaveLength(2);
  expect(scene.manager.report(GUILD).attempts.made).toBe(0);
  expect(scene.manager.report(GUILD).incidents).toMatchObject([{ name: 'session lapsed', result: 'rejoined' }]);
  now += 1;
  scene.gateway.kick(GUILD);
  await scene.state('idle');
});

it('leaves voice alone when the main gateway session is resumed', async () => {
  const scene = await joined();
  scene.manager.mainGateway('lost');
  scene.manager.mainGateway('resumed');
  expect(scene.manager.state(GUILD)).toMatchObject({ status: 'ready' });
});

it('tries by the policy for a person who waits while voice is out everywhere', async () => {
  const scene = await joined({ options: { herdGuilds: 1, probeDelayMs: 60_000, joinPatienceMs: 700 } });
  scene.voice.faults.refuseIdentify({ code: 4006 });
  scene.voice.faults.closeVoice(GUILD, BOT, 4006);
  await scene.state('recovering');
  expect(scene.manager.report(GUILD).outage).toBe(true);
  await expect(scene.manager.reconnect(GUILD)).rejects.toMatchObject({ code: 'VOICE_UNAVAILABLE' });
  // The first join, and five tries at most.
  expect(scene.gateway.joins.length).toBeLessThanOrEqual(6);
});

it('names a close by its code, and not by an error of long ago', async () => {
  const scene = await joined({ store: new MemoryStore() });
  scene.voice.faults.closeVoice(GUILD, BOT, 4006);
  await scene.state('recovering');
  expect(scene.manager.report(GUILD).incidents.at(-1)).toMatchObject({ name: 'session no longer valid', code: 4006 });
});

it('forgets what was tried before a time as long as a stable connection, and no clock makes a cool-down longer', () => {
  const attempts = new Attempts(DEFAULT_VOICE_OPTIONS, () => 7 * DAY_MS, Math.random);
  const tried = { ...NO_EPISODE, attempts: 5, cooldowns: 1 };
  attempts.recall({ ...tried, readyAt: 6 * DAY_MS });
  expect(attempts.episode).toEqual(NO_EPISODE);
  attempts.recall({ ...tried, readyAt: 7 * DAY_MS - 60_000 });
  expect(attempts.episode).toMatchObject({ attempts: 5, cooldowns: 1, readyAt: null });
  attempts.recall({ ...tried, quietUntil: 8 * DAY_MS });
  expect(attempts.quietMs).toBe(5 * 60_000 * 1.3);
});
