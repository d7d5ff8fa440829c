import { ActionRowBuilder, ButtonBuilder, ButtonStyle, Client, Events, MessageFlags } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { channelId, join, loggedIn, type Scene } from './discordjs-client.ts';

const resumed = ({ client }: Scene) => new Promise<void>((resolve) => client.once(Events.ShardResume, () => resolve()));

describe('discord.js, unmodified,', () => {
  it('logs in and knows the guild, its channels and itself', async () => {
    const { client, loopback } = await loggedIn();
    expect(client.user.username).toBe('tenuto');
    const guild = client.guilds.cache.get(loopback.guild.id);
    expect(guild?.channels.cache.map(({ name }) => name)).toEqual(['music', 'Lounge', 'Studio']);
    expect(guild?.members.me?.id).toBe(loopback.application.bot.id);
  });

  it('is refused with a wrong token', async () => {
    const { loopback } = await loggedIn();
    const other = new Client({ intents: [], rest: { api: loopback.env['DISCORD_API_URL'] ?? '' } });
    await expect(other.login('MTIz.NDU2.Nzg5')).rejects.toThrow(/token/i);
  });

  it('defers a slash command and edits the answer in, which the person sees', async () => {
    const { loopback } = await loggedIn(async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      await interaction.deferReply();
      await interaction.editReply(`Playing ${interaction.options.getString('query')}`);
    });
    const ada = loopback.user('ada');
    const asked = await ada.slash('play', { query: 'a song' });
    expect(await asked.answered()).toMatchObject({ content: 'Playing a song', ephemeral: false });
    expect(ada.sees().at(-1)?.content).toBe('Playing a song');
  });

  it('answers so that only the person who asked sees it', async () => {
    const { loopback } = await loggedIn(async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      await interaction.reply({ content: 'Join a voice channel first.', flags: MessageFlags.Ephemeral });
    });
    const ada = loopback.user('ada');
    const bob = loopback.user('bob');
    const answer = await (await ada.slash('play', { query: 'x' })).answered();
    expect(answer.ephemeral).toBe(true);
    expect(bob.sees()).toEqual([]);
  });

  it('completes an option while the person types', async () => {
    const { loopback } = await loggedIn(async (interaction) => {
      if (!interaction.isAutocomplete()) return;
      await interaction.respond([{ name: `${interaction.options.getFocused()}!`, value: 'tune' }]);
    });
    expect(await loopback.user('ada').autocomplete('play', { query: 'tu' }, 'query')).toEqual([
      { name: 'tu!', value: 'tune' },
    ]);
  });

  it('hears a button and changes the message that it is on', async () => {
    const button = new ButtonBuilder().setCustomId('pause').setLabel('Pause').setStyle(ButtonStyle.Primary);
    const components = [new ActionRowBuilder<ButtonBuilder>().addComponents(button)];
    const { loopback } = await loggedIn(async (interaction) => {
      if (interaction.isChatInputCommand()) await interaction.reply({ content: 'Playing', components });
      if (interaction.isButton()) await interaction.update({ content: 'Paused', components: [] });
    });
    const ada = loopback.user('ada');
    const message = await (await ada.slash('play', { query: 'x' })).answered();
    const pressed = await ada.press(message.id, 'pause');
    await pressed.answered();
    expect(ada.sees().at(-1)).toMatchObject({ id: message.id, content: 'Paused', components: [] });
  });

  it.each([
    ['a lost connection', 'drop-gateway', {}],
    ['op 7', 'gateway-reconnect', {}],
    ['a resumable op 9', 'invalid-session', { resumable: true }],
  ] as const)('resumes after %s, and is told what it missed', async (_what, name, params) => {
    const scene = await loggedIn();
    const { client, loopback } = scene;
    const again = resumed(scene);
    loopback.faults.throw(name, params);
    loopback.user('ada').join('Lounge');
    await again;
    const states = client.guilds.cache.get(loopback.guild.id)?.voiceStates.cache;
    await until('ada in voice', () => states?.has(loopback.user('ada').id), 10_000);
    expect(loopback.gateway.sent.list(2)).toHaveLength(1);
  });

  it('identifies anew after an op 9 that ends its session', async () => {
    const { loopback, client } = await loggedIn(undefined, { gateway: { identifyWindowMs: 0 } });
    const ready = new Promise<void>((resolve) => client.once(Events.ShardReady, () => resolve()));
    loopback.faults.throw('invalid-session', { resumable: false });
    await ready;
    expect(loopback.gateway.sessions).toHaveLength(1);
    expect(loopback.gateway.sent.list(2)).toHaveLength(2);
  });

  it('joins a voice channel with @discordjs/voice, moves, and leaves', async () => {
    const { loopback, client } = await loggedIn();
    const connection = await join({ loopback, client });
    const studio = channelId(loopback, 'Studio');
    loopback.faults.throw('move', { guildId: loopback.guild.id, channelId: studio });
    const inStudio = await until(
      'a voice session in the studio',
      () => loopback.voice.sessions().find((session) => session.channelId === studio && session.mode !== null),
      15_000,
    );
    expect(inStudio).toMatchObject({ userId: client.user.id, status: 'connected' });
    expect(connection.joinConfig.channelId).toBe(studio);
    connection.destroy();
    await until('nobody in voice', () => loopback.guild.voiceStates.size === 0, 15_000);
  });
});
