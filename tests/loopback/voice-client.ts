import { execFile } from 'node:child_process';
import { on, once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  AudioPlayerStatus,
  createAudioPlayer,
  createAudioResource,
  entersState,
  joinVoiceChannel,
  StreamType,
  VoiceConnectionStatus,
  type AudioPlayer,
  type DiscordGatewayAdapterLibraryMethods,
  type VoiceConnection,
} from '@discordjs/voice';
import type { TestContext } from 'vitest';
import { ensureCertificateAuthority, trustInProcess } from '../../loopback/tls.ts';
import { startVoice } from '../../loopback/voice/server.ts';
import type { VoiceEvent, VoiceOptions, VoiceServer } from '../../loopback/voice/voice-service.ts';

type GatewayVoiceState = Parameters<DiscordGatewayAdapterLibraryMethods['onVoiceStateUpdate']>[0];

export const GUILD = '100000000000000001';
export const CHANNEL = '200000000000000002';
export const BOT = '300000000000000003';
export const [ADA, BOB, CY] = ['400000000000000004', '400000000000000005', '400000000000000006'] as const;

/** The voice servers, and a main gateway that fits into three lines. */
export interface Scene {
  readonly voice: VoiceServer;
  readonly directory: string;
  /** Everyone who is in the channel besides the bots. */
  people(...userIds: string[]): void;
  /** An unmodified @discordjs/voice client joins. */
  join(options?: {
    readonly userId?: string;
    readonly channelId?: string;
    readonly daveEncryption?: boolean;
  }): VoiceConnection;
  /** How often any client has sent op 4. */
  readonly asked: { count: number };
}

/** Starts a scene that ends with the test; the test's own context says which, as several may run at once. */
export async function scene(test: TestContext, options: Partial<VoiceOptions> = {}): Promise<Scene> {
  const directory = await mkdtemp(join(tmpdir(), 'loopback-voice-'));
  const tls = await ensureCertificateAuthority(join(tmpdir(), 'loopback-voice-tests'));
  trustInProcess(tls.caPem);
  const people = new Set<string>([ADA, BOB, CY]);
  const voice = await startVoice({ tls, isPerson: (userId) => people.has(userId), ...options });
  const connections: VoiceConnection[] = [];
  const asked = { count: 0 };
  test.onTestFinished(async () => {
    for (const connection of connections) {
      if (connection.state.status !== VoiceConnectionStatus.Destroyed) connection.destroy();
    }
    await voice.close();
    await rm(directory, { recursive: true, force: true });
  });
  return {
    voice,
    directory,
    asked,
    people: (...userIds) => voice.members(GUILD, CHANNEL, userIds),
    join({ userId = BOT, channelId = CHANNEL, daveEncryption = true } = {}) {
      const connection = joinVoiceChannel({
        guildId: GUILD,
        channelId,
        group: `${directory}:${userId}`,
        daveEncryption,
        adapterCreator: (library) => ({
          destroy: () => undefined,
          sendPayload({ d }) {
            asked.count += 1;
            if (d.channel_id === null) {
              voice.dismiss(GUILD, userId);
              return true;
            }
            const sessionId = `session-of-${userId}`;
            const token = voice.admit({ guildId: GUILD, channelId: d.channel_id, userId, sessionId });
            const state = { guild_id: GUILD, channel_id: d.channel_id, user_id: userId, session_id: sessionId };
            setImmediate(() => {
              library.onVoiceStateUpdate(state as GatewayVoiceState);
              library.onVoiceServerUpdate({ guild_id: GUILD, token, endpoint: voice.endpoint });
            });
            return true;
          },
        }),
      });
      connection.on('error', () => undefined);
      connections.push(connection);
      return connection;
    },
  };
}

export const ready = (connection: VoiceConnection): Promise<VoiceConnection> =>
  entersState(connection, VoiceConnectionStatus.Ready, 20_000);

/** Ready, and a member of the channel's DAVE group. Call it right after `join`: what has passed is not waited for. */
export async function encrypted(connection: VoiceConnection): Promise<VoiceConnection> {
  await Promise.all([ready(connection), once(connection, 'transitioned', { signal: AbortSignal.timeout(20_000) })]);
  return connection;
}

/** Plays an Opus file as it is; the player is `playing` when this resolves. */
export async function play(connection: VoiceConnection, file: string): Promise<AudioPlayer> {
  const player = createAudioPlayer();
  player.on('error', () => undefined);
  connection.subscribe(player);
  const inputType = file.endsWith('.webm') ? StreamType.WebmOpus : StreamType.OggOpus;
  player.play(createAudioResource(createReadStream(file), { inputType }));
  await entersState(player, AudioPlayerStatus.Playing, 20_000);
  return player;
}

export const idle = (player: AudioPlayer): Promise<AudioPlayer> => entersState(player, AudioPlayerStatus.Idle, 40_000);

/** A file of noise, so that no two packets are alike. */
export async function noise(directory: string, seconds: number, name = 'noise.ogg'): Promise<string> {
  const file = join(directory, name);
  const source = `anoisesrc=d=${seconds}:c=pink:seed=7:a=0.4`;
  await promisify(execFile)('ffmpeg', [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    source,
    '-ac',
    '2',
    '-c:a',
    'libopus',
    '-b:a',
    '96k',
    file,
  ]);
  return file;
}

/** Resolves at the next event of the voice gateway of this kind. */
export async function nextEvent(voice: VoiceServer, what: VoiceEvent['what']): Promise<VoiceEvent> {
  for await (const [event] of on(voice.events, 'event', { signal: AbortSignal.timeout(20_000) })) {
    if (event.what === what) return event;
  }
  throw new Error('unreachable: on() ends by throwing');
}
