import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import '../../src/voice/sodium-bridge.ts';
import {
  AudioPlayerStatus,
  createAudioPlayer,
  createAudioResource,
  NoSubscriberBehavior,
  StreamType,
  type AudioPlayer,
} from '@discordjs/voice';
import { pino } from 'pino';
import { ensureCertificateAuthority, trustInProcess } from '../../loopback/tls.ts';
import { startVoice } from '../../loopback/voice/server.ts';
import type { HeardPacket, VoiceOptions as ServerOptions, VoiceServer } from '../../loopback/voice/voice-service.ts';
import { DEFAULT_POLICY } from '../../src/voice/reconnect-policy.ts';
import { VoiceConnectionManager } from '../../src/voice/voice-connection-manager.ts';
import type { VoiceConnectionManagerParts } from '../../src/voice/voice-connection-manager.ts';
import type { VoiceState } from '../../src/voice/voice-state.ts';
import { FakeMainGateway } from './fake-main-gateway.ts';

export const GUILD = '100000000000000001';
export const OTHER_GUILD = '100000000000000004';
export const CHANNEL = '200000000000000002';
export const OTHER_CHANNEL = '200000000000000003';
export const BOT = '300000000000000003';
export const ADA = '400000000000000004';

/** Waits of a minute shrunk to what a test can wait for; the numbers of attempts stay. */
export const SHORT = {
  policy: { ...DEFAULT_POLICY, baseDelayMs: 10, cooldownsMs: [60_000], sendsPerMinute: 1_000 },
  joinDeadlineMs: 20_000,
  joinPatienceMs: 40_000,
  evidenceMs: 300,
  leaveDeadlineMs: 300,
};

const FRAME_BYTES = 60;

/** A frame that says which one it is. */
export function frame(index: number, song = 0): Buffer {
  const bytes = Buffer.alloc(FRAME_BYTES, song);
  bytes[0] = 0xfc;
  bytes.writeUInt32BE(index, 1);
  return bytes;
}

/** Which frames of a song somebody heard, in the order of hearing; silence left out. */
export function heard(packets: readonly HeardPacket[], song = 0): number[] {
  return packets
    .filter(({ opus }) => opus.length === FRAME_BYTES && opus[10] === song)
    .map(({ opus }) => opus.readUInt32BE(1));
}

export const counting = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

/** The voice servers, the manager, and a main gateway between them. */
export interface Stage {
  readonly voice: VoiceServer;
  readonly gateway: FakeMainGateway;
  readonly manager: VoiceConnectionManager;
  readonly player: AudioPlayer;
  /** Plays this many frames over whatever connection the guild has. */
  play(frames: number, song?: number): void;
  join(options?: { readonly channelId?: string; readonly holder?: string }): Promise<void>;
  /** Resolves when the guild's voice is in this state; now counts. */
  state(status: VoiceState['status']): Promise<VoiceState>;
  /** Ends all; throws when the manager's client did anything that Discord forbids. */
  close(): Promise<void>;
}

export async function stage(
  parts: Omit<Partial<VoiceConnectionManagerParts>, 'gateway' | 'log'> = {},
  server: Partial<ServerOptions> = {},
): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), 'tenuto-voice-'));
  const tls = await ensureCertificateAuthority(directory);
  trustInProcess(tls.caPem);
  const voice = await startVoice({ tls, isPerson: (userId) => userId === ADA, ...server });
  voice.members(GUILD, CHANNEL, [ADA]);
  const gateway = new FakeMainGateway(voice, BOT);
  const log = pino({ level: process.env['VOICE_TEST_LOG'] ?? 'silent' });
  const manager = new VoiceConnectionManager({ ...parts, gateway, log, options: { ...SHORT, ...parts.options } });
  const player = createAudioPlayer({ behaviors: { noSubscriber: NoSubscriberBehavior.Pause, maxMissedFrames: 250 } });
  player.on('error', () => undefined);
  return {
    voice,
    gateway,
    manager,
    player,
    play(frames, song = 0) {
      const packets = Readable.from(counting(0, frames).map((index) => frame(index, song)));
      player.play(createAudioResource(packets, { inputType: StreamType.Opus }));
      manager.attach(GUILD, player);
    },
    join: ({ channelId = CHANNEL, holder = 'player' } = {}) => manager.join({ guildId: GUILD, channelId, holder }),
    state: (status) => reach(manager, status),
    async close() {
      if (player.state.status !== AudioPlayerStatus.Idle) player.stop(true);
      await manager.close();
      gateway.close();
      await voice.close();
      if (voice.problems().length > 0) throw new Error(voice.problems().join('\n'));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function reach(manager: VoiceConnectionManager, status: VoiceState['status']): Promise<VoiceState> {
  return new Promise((resolve) => {
    const look = () => {
      const state = manager.state(GUILD);
      if (state.status !== status) return;
      manager.off('change', look);
      resolve(state);
    };
    manager.on('change', look);
    look();
  });
}
