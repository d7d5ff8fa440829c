import {
  entersState,
  joinVoiceChannel,
  VoiceConnectionStatus,
  type DiscordGatewayAdapterCreator,
  type VoiceConnection,
} from '@discordjs/voice';
import { Client, Events, GatewayIntentBits, SlashCommandBuilder, type Interaction } from 'discord.js';
import { expect, onTestFinished } from 'vitest';
import { startLoopback, type Loopback, type LoopbackOptions } from '../../loopback/index.ts';

const play = new SlashCommandBuilder()
  .setName('play')
  .setDescription('Play something')
  .addStringOption((option) => option.setName('query').setDescription('What').setRequired(true).setAutocomplete(true));

export interface Scene {
  readonly loopback: Loopback;
  readonly client: Client<true>;
}

/** An unmodified discord.js client, logged in, with /play registered and answered by `onInteraction`. */
export async function loggedIn(
  onInteraction: (interaction: Interaction) => Promise<unknown> = async () => undefined,
  options: LoopbackOptions = {},
): Promise<Scene> {
  const loopback = await startLoopback(options);
  onTestFinished(async () => {
    expect(loopback.problems()).toEqual([]);
    await loopback.close();
  });
  const client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildVoiceStates],
    rest: { api: loopback.env['DISCORD_API_URL'] ?? '' },
  });
  onTestFinished(() => client.destroy());
  const errors: unknown[] = [];
  client.on(Events.Error, (error) => errors.push(error));
  client.on(Events.InteractionCreate, (interaction) => {
    onInteraction(interaction).catch((error: unknown) => errors.push(error));
  });
  onTestFinished(() => expect(errors).toEqual([]));
  const ready = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(loopback.env['DISCORD_TOKEN']);
  const online = await ready;
  await online.application.commands.set([play]);
  return { loopback, client: online };
}

/** Joins the lounge with @discordjs/voice, unmodified, and waits until it is ready. */
export async function join({ loopback, client }: Scene): Promise<VoiceConnection> {
  const guild = client.guilds.cache.get(loopback.guild.id);
  const connection = joinVoiceChannel({
    guildId: loopback.guild.id,
    channelId: channelId(loopback, 'Lounge'),
    adapterCreator: guild?.voiceAdapterCreator as DiscordGatewayAdapterCreator,
  });
  connection.on('error', () => undefined);
  return entersState(connection, VoiceConnectionStatus.Ready, 15_000);
}

/** The id of a channel of the first guild. */
export const channelId = ({ guild }: Loopback, name: string): string =>
  [...guild.channels.values()].find((channel) => channel.name === name)?.id ?? '';
