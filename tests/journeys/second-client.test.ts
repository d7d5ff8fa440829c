import {
  ApplicationCommandOptionTypes,
  ApplicationCommandTypes,
  ButtonStyles,
  Client,
  ComponentTypes,
  InteractionTypes,
  MessageFlags,
  type AnyInteractionGateway,
} from 'oceanic.js';
import { expect, it, onTestFinished } from 'vitest';
import { startLoopback, type Loopback } from '../../loopback/index.ts';
import { until } from '../../loopback/until.ts';

interface Scene {
  readonly loopback: Loopback;
  readonly client: Client;
}

/** oceanic.js, a client library that shares nothing with discord.js, logged in with the command /sing registered. */
async function oceanic(answer: (interaction: AnyInteractionGateway) => Promise<unknown>): Promise<Scene> {
  const loopback = await startLoopback();
  const errors: unknown[] = [];
  const client = new Client({
    auth: `Bot ${loopback.env['DISCORD_TOKEN']}`,
    rest: { baseURL: `${loopback.env['DISCORD_API_URL']}/v10` },
    gateway: { intents: ['GUILDS', 'GUILD_VOICE_STATES'] },
  });
  onTestFinished(async () => {
    client.disconnect(false);
    await loopback.close();
    expect(errors).toEqual([]);
    expect(loopback.problems()).toEqual([]);
  });
  client.on('error', (error) => errors.push(error));
  client.on('interactionCreate', (interaction) => {
    answer(interaction).catch((error: unknown) => errors.push(error));
  });
  const ready = new Promise<void>((resolve) => client.once('ready', () => resolve()));
  await client.connect();
  await ready;
  await client.application.bulkEditGlobalCommands([
    {
      type: ApplicationCommandTypes.CHAT_INPUT,
      name: 'sing',
      description: 'Sing a song',
      options: [{ type: ApplicationCommandOptionTypes.STRING, name: 'song', description: 'Which', required: true }],
    },
  ]);
  return { loopback, client };
}

it('a second client library logs in and sees the guild', async () => {
  const { client, loopback } = await oceanic(async () => undefined);
  expect(client.user.username).toBe('tenuto');
  const guild = await until('the guild', () => client.guilds.get(loopback.guild.id), 10_000);
  expect([...guild.channels.values()].map(({ name }) => name)).toEqual(['music', 'Lounge', 'Studio']);
});

it('a second client library answers a command, and the person sees it', async () => {
  const { loopback } = await oceanic(async (interaction) => {
    if (interaction.type !== InteractionTypes.APPLICATION_COMMAND) return;
    await interaction.defer();
    await interaction.editOriginal({ content: `La la ${interaction.data.options.getString('song', true)}` });
    await interaction.createFollowup({ content: 'Thank you.', flags: MessageFlags.EPHEMERAL });
  });
  const ada = loopback.user('ada');
  const bob = loopback.user('bob');
  const answer = await (await ada.slash('sing', { song: 'land' })).answered();
  expect(answer).toMatchObject({ content: 'La la land', ephemeral: false });
  await until('the follow-up', () => ada.sees().length === 2, 10_000);
  expect(ada.sees().map(({ content, ephemeral }) => [content, ephemeral])).toEqual([
    ['La la land', false],
    ['Thank you.', true],
  ]);
  expect(bob.sees().map(({ content }) => content)).toEqual(['La la land']);
});

it('a second client library hears a button', async () => {
  const { loopback } = await oceanic(async (interaction) => {
    if (interaction.type === InteractionTypes.APPLICATION_COMMAND) {
      await interaction.createMessage({
        content: 'Singing',
        components: [
          {
            type: ComponentTypes.ACTION_ROW,
            components: [{ type: ComponentTypes.BUTTON, style: ButtonStyles.PRIMARY, customID: 'stop', label: 'Stop' }],
          },
        ],
      });
    }
    if (interaction.type === InteractionTypes.MESSAGE_COMPONENT) await interaction.editParent({ content: 'Silence' });
  });
  const ada = loopback.user('ada');
  const message = await (await ada.slash('sing', { song: 'x' })).answered();
  await (await ada.press(message.id, 'stop')).answered();
  expect(ada.sees().map(({ content }) => content)).toEqual(['Silence']);
});

it('a second client library resumes after its connection was lost', async () => {
  const { loopback, client } = await oceanic(async () => undefined);
  const again = new Promise<void>((resolve) => client.once('shardResume', () => resolve()));
  loopback.faults.throw('drop-gateway', {});
  loopback.user('ada').join('Lounge');
  await again;
  await until(
    'ada in voice',
    () => client.guilds.get(loopback.guild.id)?.voiceStates.has(loopback.user('ada').id),
    10_000,
  );
  expect(loopback.gateway.sent.list(2)).toHaveLength(1);
});

it('a second client library asks for voice with op 4 and is told the state and the server', async () => {
  const { loopback, client } = await oceanic(async () => undefined);
  const told: string[] = [];
  client.on('packet', ({ t }) => {
    if (t?.startsWith('VOICE_')) told.push(t);
  });
  const lounge = [...loopback.guild.channels.values()].find(({ name }) => name === 'Lounge');
  client.shards.get(0)?.updateVoiceState(loopback.guild.id, lounge?.id ?? '', { selfDeaf: true });
  await until('the voice server', () => told.includes('VOICE_SERVER_UPDATE'), 10_000);
  expect(told).toEqual(['VOICE_STATE_UPDATE', 'VOICE_SERVER_UPDATE']);
  expect(loopback.guild.voiceStates.get(client.user.id)).toMatchObject({ channelId: lounge?.id, selfDeaf: true });
});
