import { afterEach, expect, it, vi } from 'vitest';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import {
  ADA,
  BOT,
  CHANNEL,
  counting,
  GUILD,
  heard,
  OTHER_CHANNEL,
  OTHER_GUILD,
  SHORT,
  stage,
  type Stage,
} from './stage.ts';

let here: Stage | null = null;
afterEach(async () => {
  await here?.close();
  here = null;
});

it('joins, and a listener hears every frame once and in order, end-to-end encrypted', async () => {
  here = await stage();
  await here.join();
  expect(here.manager.state(GUILD)).toMatchObject({ status: 'ready' });
  here.play(40);
  const ears = here.voice.ears(ADA);
  const packets = await ears.waitFor((all) => heard(all).length >= 40, 20_000);
  expect(heard(packets)).toEqual(counting(0, 40));
  expect(packets.every(({ dave }) => dave)).toBe(true);
  expect(here.manager.report(GUILD)).toMatchObject({
    dave: { version: 1, encrypted: true, privacyCode: expect.stringMatching(/^\d{30}$/) },
    endpoint: '127.0.0.1',
    encryption: 'aead_aes256_gcm_rtpsize',
    joins: 1,
    incidents: [],
  });
  expect(here.manager.report(GUILD).framesSent).toBeGreaterThanOrEqual(40);
  expect(here.gateway.sent).toHaveLength(1);
});

it('lets no frame leave before somebody who is there can understand it', async () => {
  here = await stage({ options: { ...SHORT, encryptionGraceMs: 0 } });
  here.play(20);
  await here.join();
  expect(here.manager.report(GUILD)).toMatchObject({ dave: { encrypted: true } });
  const packets = await here.voice.ears(ADA).waitFor((all) => heard(all).length >= 20, 20_000);
  expect(heard(packets)).toEqual(counting(0, 20));
});

it('does not wait long for a group when it is alone', async () => {
  here = await stage({ options: { ...SHORT, encryptionPatienceMs: 60_000 } });
  here.voice.members(GUILD, CHANNEL, []);
  await here.join();
  expect(here.manager.report(GUILD)).toMatchObject({ dave: { encrypted: false } });
});

it('answers a second join of the same channel at once, and moves on a join of another', async () => {
  here = await stage();
  await here.join();
  await here.join();
  expect(here.gateway.sent).toHaveLength(1);
  await here.join({ channelId: OTHER_CHANNEL });
  expect(here.manager.state(GUILD)).toMatchObject({ status: 'ready', channelId: OTHER_CHANNEL });
  expect(here.gateway.joins).toHaveLength(2);
});

it('ends with the last of its holders, and hears as long as one of them listens', async () => {
  here = await stage();
  await here.join();
  await here.manager.join({ guildId: GUILD, channelId: CHANNEL, holder: 'recorder', selfDeaf: false });
  expect(here.gateway.sent.map(({ selfDeaf }) => selfDeaf)).toEqual([true, false]);
  await here.state('ready');
  await here.manager.leave(GUILD, 'recorder');
  expect(here.gateway.sent.at(-1)).toEqual({ channelId: CHANNEL, selfDeaf: true });
  await here.state('ready');
  await here.manager.leave(GUILD, 'player');
  expect(here.manager.state(GUILD)).toEqual({ status: 'idle' });
  expect(here.gateway.sent.at(-1)).toMatchObject({ channelId: null });
  expect(here.gateway.ownChannelId(GUILD)).toBeNull();
});

it('leaves a channel that an earlier process was in before it joins', async () => {
  here = await stage();
  here.gateway.haunt(GUILD, CHANNEL);
  await here.join();
  expect(here.gateway.sent.map(({ channelId }) => channelId)).toEqual([null, CHANNEL]);
});

it('joins when the server is named before the place', async () => {
  here = await stage();
  here.gateway.answer = 'server-first';
  await here.join();
  expect(here.gateway.sent).toHaveLength(1);
});

it.each(['never', 'no-server'] as const)('does not wait for ever when op 4 is answered: %s', async (answer) => {
  here = await stage({ options: { joinDeadlineMs: 100, joinPatienceMs: 300 } });
  here.gateway.answer = answer;
  await expect(here.join()).rejects.toMatchObject({ code: 'VOICE_UNAVAILABLE' });
  expect(here.manager.state(GUILD)).toEqual({ status: 'idle' });
  expect(here.gateway.sent.at(-1)).toMatchObject({ channelId: null });
});

it.each(['hello', 'ready', 'discovery', 'description'] as const)(
  'tries again when the voice server keeps %s to itself',
  async (what) => {
    here = await stage({ options: { joinDeadlineMs: what === 'hello' ? 20_000 : 1_500 } });
    const lift = here.voice.faults.silence(what);
    const joined = here.join();
    if (what !== 'hello') await here.state('recovering');
    lift();
    await joined;
    expect(here.manager.report(GUILD).joins).toBe(what === 'hello' ? 1 : 2);
  },
);

it('does not go on with a join that nobody wants any more', async () => {
  here = await stage();
  here.gateway.answer = 'never';
  const refused = here.join().catch((error: unknown) => error);
  await here.state('joining');
  await here.manager.leave(GUILD, 'player');
  expect(await refused).toMatchObject({ code: 'VOICE_UNAVAILABLE' });
  expect(here.manager.state(GUILD)).toEqual({ status: 'idle' });
});

it('ends the wait for a recovery when it is sent away meanwhile', async () => {
  here = await stage();
  await here.join();
  here.voice.faults.refuseIdentify({ code: 4006 });
  here.gateway.answer = 'never';
  here.voice.faults.closeVoice(GUILD, BOT, 4006);
  await here.state('recovering');
  await here.manager.leave(GUILD, 'player');
  expect(here.manager.state(GUILD)).toEqual({ status: 'idle' });
  const joins = here.gateway.joins.length;
  here.voice.faults.refuseIdentify({ code: 4006 })();
  await here.manager.close();
  expect(here.gateway.joins).toHaveLength(joins);
});

it('does not let a frame of a skipped song be heard after a recovery', async () => {
  here = await stage();
  await here.join();
  here.play(100);
  const ears = here.voice.ears(ADA);
  await ears.waitFor((all) => heard(all).length >= 10, 20_000);
  here.voice.faults.closeVoice(GUILD, BOT, 4006);
  await here.state('recovering');
  ears.clear();
  here.play(20, 1);
  await ears.waitFor((all) => heard(all, 1).includes(19), 20_000);
  expect(heard(ears.packets, 1)).toEqual(counting(0, 20));
  expect(heard(ears.packets, 0)).toEqual([]);
});

it('lets a player be heard that was attached before the join', async () => {
  here = await stage();
  here.play(30);
  expect(here.manager.state(GUILD).status).toBe('idle');
  await here.join();
  await here.voice.ears(ADA).waitFor((all) => heard(all).length >= 5, 20_000);
});

it('remembers incidents over a restart', async () => {
  const store = new MemoryStore();
  here = await stage({ store });
  await here.join();
  here.voice.faults.closeVoice(GUILD, BOT, 4017);
  await here.state('failed');
  await here.close();
  here = await stage({ store });
  await here.join();
  expect(here.manager.report(GUILD).incidents).toMatchObject([{ what: expect.stringContaining('4017') }]);
});

it('knows the incidents of an earlier process before the first join, when it is asked to', async () => {
  const store = new MemoryStore();
  here = await stage({ store });
  await here.join();
  here.voice.faults.closeVoice(GUILD, BOT, 4017);
  await here.state('failed');
  await here.close();
  here = await stage({ store });
  await here.manager.recall([GUILD]);
  expect(here.manager.report(GUILD).incidents).toMatchObject([{ what: expect.stringContaining('4017') }]);
});

it('is not stopped by incidents that cannot be read', async () => {
  const store = new MemoryStore();
  store.get = () => Promise.reject(new Error('the disk is gone'));
  here = await stage({ store });
  await here.manager.recall([GUILD]);
  expect(here.manager.report(GUILD).incidents).toEqual([]);
});

it('holds with nobody waiting for it: tries on by the policy, longer than a person would', async () => {
  here = await stage({ options: { joinPatienceMs: 1 } });
  here.voice.faults.refuseIdentify({ code: 4006, times: 3 });
  await here.manager.hold({ guildId: GUILD, channelId: CHANNEL, holder: 'player' });
  await here.state('ready');
  expect(here.manager.report(GUILD).joins).toBe(4);
  await here.manager.leave(GUILD, 'player');
  expect(here.gateway.ownChannelId(GUILD)).toBeNull();
});

it('lets holds of many guilds take turns, and a person go first', async () => {
  here = await stage({ options: { recoverySendsPerMinute: 1 } });
  const { manager, gateway } = here;
  await manager.hold({ guildId: GUILD, channelId: CHANNEL, holder: 'player' });
  await manager.hold({ guildId: OTHER_GUILD, channelId: OTHER_CHANNEL, holder: 'player' });
  await here.state('ready');
  expect(manager.state(OTHER_GUILD).status).toBe('joining');
  expect(gateway.joins.map(({ channelId }) => channelId)).toEqual([CHANNEL]);
  await manager.join({ guildId: OTHER_GUILD, channelId: OTHER_CHANNEL, holder: 'player' });
  expect(gateway.joins.map(({ channelId }) => channelId)).toEqual([CHANNEL, OTHER_CHANNEL]);
});

it('tries again without waiting for a turn while a person waits', async () => {
  here = await stage({ options: { recoverySendsPerMinute: 1 } });
  here.voice.faults.refuseIdentify({ code: 4006, times: 1 });
  await here.join();
  expect(here.gateway.joins).toHaveLength(2);
});

it('lets recoveries of many guilds take turns, and says when', async () => {
  here = await stage({ options: { recoverySendsPerMinute: 1 } });
  await here.join();
  here.voice.faults.closeVoice(GUILD, BOT, 4006);
  const inAMinute = expect.closeTo(Date.now() + 60_000, -4);
  await vi.waitFor(() => expect(here?.manager.state(GUILD)).toMatchObject({ until: inAMinute }), 20_000);
  expect(here.gateway.joins).toHaveLength(1);
  // Whoever asks for it now does not wait.
  await here.join();
  expect(here.gateway.joins).toHaveLength(2);
});

it('lets a dozen people wait for one join without a warning', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  here = await stage();
  const { join } = here;
  await Promise.all(Array.from({ length: 24 }, () => join()));
  // A warning is told in a later tick.
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', note);
  expect(warnings).toEqual([]);
});

it('leaves everywhere when it is closed, and joins no more', async () => {
  here = await stage();
  await here.join();
  await here.manager.close();
  expect(here.gateway.ownChannelId(GUILD)).toBeNull();
  await expect(here.join()).rejects.toMatchObject({ code: 'STOPPING' });
});
