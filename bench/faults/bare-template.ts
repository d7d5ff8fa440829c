/**
 * What other bots copy: discord.js and @discordjs/voice with the reconnection that the guides and their readers agree on. On a
 * disconnect with 4014 it waits 5 s for the library to be moved; on any other it rejoins up to five times, a little later each
 * time; else it destroys the connection. Each line of standard input is one order, { guildId, channelId, url }; without a
 * channel it leaves. At the end of the input, or at SIGTERM, it ends.
 */
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import {
  createAudioPlayer,
  createAudioResource,
  entersState,
  getVoiceConnection,
  joinVoiceChannel,
  StreamType,
  VoiceConnectionDisconnectReason,
  VoiceConnectionStatus,
  type VoiceConnection,
  type VoiceConnectionDisconnectedState,
} from '@discordjs/voice';
import { Client, Events, GatewayIntentBits } from 'discord.js';

/** Others have 20 or 30 s here, and play nothing after a wait for their own send limit. It is the wait that is measured. */
const READY_MS = 90_000;
const MOVE_MS = 5_000;
const REJOINS = 5;

interface Order {
  readonly guildId: string;
  readonly channelId: string | null;
  readonly url: string;
}

const client = new Client({
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildVoiceStates],
  rest: { api: process.env['DISCORD_API_URL'] ?? '' },
});

async function obey({ guildId, channelId, url }: Order): Promise<void> {
  if (channelId === null) return getVoiceConnection(guildId)?.destroy();
  const guild = client.guilds.cache.get(guildId);
  if (!guild) throw new Error(`there is no guild ${guildId}`);
  const connection = joinVoiceChannel({ guildId, channelId, adapterCreator: guild.voiceAdapterCreator });
  connection.on('error', (error) => console.error('voice:', error.message));
  connection.on('stateChange', (_before, state) => {
    if (state.status === VoiceConnectionStatus.Disconnected) void recover(connection, state);
  });
  await entersState(connection, VoiceConnectionStatus.Ready, READY_MS);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, resolve).on('error', reject);
  });
  const player = createAudioPlayer();
  player.on('error', (error) => console.error('player:', error.message));
  connection.subscribe(player);
  player.play(createAudioResource(response, { inputType: StreamType.WebmOpus }));
}

async function recover(connection: VoiceConnection, state: VoiceConnectionDisconnectedState): Promise<void> {
  if (state.reason === VoiceConnectionDisconnectReason.WebSocketClose && state.closeCode === 4014) {
    const moved = [VoiceConnectionStatus.Signalling, VoiceConnectionStatus.Connecting] as const;
    await Promise.race(moved.map((status) => entersState(connection, status, MOVE_MS))).catch(() =>
      destroy(connection),
    );
  } else if (connection.rejoinAttempts < REJOINS) {
    await new Promise((resolve) => void setTimeout(resolve, (connection.rejoinAttempts + 1) * MOVE_MS));
    if (connection.state.status !== VoiceConnectionStatus.Destroyed) connection.rejoin();
  } else {
    destroy(connection);
  }
}

function destroy(connection: VoiceConnection): void {
  if (connection.state.status !== VoiceConnectionStatus.Destroyed) connection.destroy();
}

async function end(): Promise<void> {
  await client.destroy();
  // oxlint-disable-next-line unicorn/no-process-exit -- downloads may be half done, and nothing needs them.
  process.exit();
}

const complain = (error: unknown) => console.error('order:', error);

client.on('error', complain);
client.once(Events.ClientReady, () => console.log('ready'));
const orders = createInterface({ input: process.stdin })
  .on('line', (line) => void obey(JSON.parse(line) as Order).catch(complain))
  .on('close', () => void end());
process.once('SIGTERM', () => orders.close());
await client.login(process.env['DISCORD_TOKEN']);
