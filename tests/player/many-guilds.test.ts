import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { GuildPlayers } from '../../src/player/guild-players.ts';
import { heldByPlayers } from '../../src/player/player-voice.ts';
import { VoiceFollower } from '../../src/player/voice-follower.ts';
import { AdvancedQueueManager } from '../../src/queue/advanced-queue-manager.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import { VoiceConnectionManager } from '../../src/voice/voice-connection-manager.ts';
import { DEFAULT_VOICE_OPTIONS } from '../../src/voice/voice-options.ts';
import { entry } from '../commands/fixtures/music.ts';

const GUILDS = 300;
const { recoverySendsPerSecond, recoveryStep, recoveryStepMs, joinDeadlineMs } = DEFAULT_VOICE_OPTIONS;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A start in many guilds in which music played, under a Discord that is slow to answer. */
async function start() {
  const log = pino({ level: 'silent' });
  const queues = new AdvancedQueueManager({ store: new MemoryStore() });
  await queues.load();
  for (let guild = 0; guild < GUILDS; guild += 1) {
    const guildId = String(guild);
    await queues.apply(guildId, { type: 'add', entries: [entry(guildId)], start: true });
    await queues.updateSession(guildId, { voiceChannelId: guildId });
  }
  /** Guilds in the order in which they asked Discord for voice, and in which their tracks were looked for. */
  const asked: string[] = [];
  const opened: string[] = [];
  const voice = new VoiceConnectionManager({
    log,
    gateway: {
      adapterCreator: (guildId) => () => ({
        destroy: () => undefined,
        sendPayload: () => asked.push(guildId) > 0,
      }),
      ownUserId: () => '1',
      mainGatewayReady: () => true,
      ownChannelId: () => null,
      ownSilence: () => null,
      listenersIn: () => 1,
      mayPlayIn: () => true,
      channelExists: () => true,
    },
  });
  const held = heldByPlayers(voice, () => Promise.resolve());
  const players = new GuildPlayers({
    queues,
    voice: held,
    locate: ({ title }) => {
      opened.push(title.replace('Song ', ''));
      return new Promise<never>(() => undefined);
    },
    open: () => Promise.reject(new Error('nothing was located')),
    preload: async () => null,
    loudness: { recall: async () => null, learn: () => undefined },
    forget: async () => undefined,
    announce: () => null,
    log,
  });
  const follower = new VoiceFollower({
    players,
    queues,
    voice: held,
    audience: { knows: () => true, listeners: () => 1 },
    teller: { out: () => undefined },
    limits: { aloneLeaveAfterMs: 1e6, queueEndLeaveAfterMs: 1e6, restoreWaitMs: 1e6, rejoinWhenKicked: false },
    log,
  });
  follower.restore();
  await vi.advanceTimersByTimeAsync(900);
  return { voice, asked, opened };
}

it('comes back to many guilds in turns, and opens no track before its turn', async () => {
  const { asked, opened } = await start();
  expect(asked).toHaveLength(recoverySendsPerSecond);
  expect(opened).toEqual(asked);
  const restMs = joinDeadlineMs - 2_000;
  await vi.advanceTimersByTimeAsync(restMs);
  expect(asked.length).toBeGreaterThan(recoverySendsPerSecond);
  expect(asked.length).toBeLessThanOrEqual(recoverySendsPerSecond + recoveryStep * Math.ceil(restMs / recoveryStepMs));
  expect(opened).toHaveLength(recoverySendsPerSecond);
});

it('lets a newcomer in at once, whoever waits', async () => {
  const { voice, asked } = await start();
  const joining = voice.join({ guildId: 'new', channelId: 'new', holder: 'player' });
  await vi.advanceTimersByTimeAsync(0);
  expect(asked.at(-1)).toBe('new');
  joining.catch(() => undefined);
});
