/**
 * The least that plays a WebM/Opus file into voice channels with discord.js and @discordjs/voice, as their guides show it:
 * no commands, no queue, no display, nothing written, no recovery. Each line of standard input is one channel to play in:
 * { guildId, channelId, url }. At the end of the input, or at SIGTERM, it leaves and ends.
 */
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import {
  createAudioPlayer,
  createAudioResource,
  entersState,
  joinVoiceChannel,
  StreamType,
  VoiceConnectionStatus,
  type VoiceConnection,
} from '@discordjs/voice';
import { Client, Events, GatewayIntentBits } from 'discord.js';

const READY_MS = 30_000;

interface Order {
  readonly guildId: string;
  readonly channelId: string;
  readonly url: string;
}

const client = new Client({
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildVoiceStates],
  rest: { api: process.env['DISCORD_API_URL'] ?? '' },
});
const connections: VoiceConnection[] = [];

async function play({ guildId, channelId, url }: Order): Promise<void> {
  const guild = client.guilds.cache.get(guildId);
  if (!guild) throw new Error(`there is no guild ${guildId}`);
  const connection = joinVoiceChannel({ guildId, channelId, adapterCreator: guild.voiceAdapterCreator });
  connections.push(connection);
  await entersState(connection, VoiceConnectionStatus.Ready, READY_MS);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, resolve).on('error', reject);
  });
  const player = createAudioPlayer();
  player.on('error', fail);
  connection.subscribe(player);
  player.play(createAudioResource(response, { inputType: StreamType.WebmOpus }));
}

async function leave(): Promise<void> {
  for (const connection of connections.splice(0)) connection.destroy();
  await client.destroy();
  // oxlint-disable-next-line unicorn/no-process-exit -- downloads may be half done, and nothing needs them.
  process.exit();
}

function fail(error: unknown): void {
  console.error(error);
  process.exitCode = 1;
  void leave();
}

client.once(Events.ClientReady, () => console.log('ready'));
const orders = createInterface({ input: process.stdin })
  .on('line', (line) => void play(JSON.parse(line) as Order).catch(fail))
  .on('close', () => void leave().catch(fail));
process.once('SIGTERM', () => orders.close());
await client.login(process.env['DISCORD_TOKEN']);
