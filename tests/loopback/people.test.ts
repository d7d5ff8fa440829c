import {
  ApplicationCommandOptionType as Option,
  ButtonStyle,
  ChannelType,
  ComponentType,
  PermissionFlagsBits,
} from 'discord-api-types/v10';
import { SlashCommandBuilder } from 'discord.js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { commandBody } from '../../loopback/rest/validate/commands.ts';
import { parse } from '../../loopback/rest/validate/form.ts';
import { settle } from './rest-town.ts';

const deny = (deny: bigint, id: string) => ({ id, type: 'member' as const, allow: 0n, deny });

describe('a person who types a command', () => {
  const play = new SlashCommandBuilder()
    .setName('play')
    .setDescription('Play a song')
    .addStringOption((o) =>
      o.setName('query').setDescription('What').setRequired(true).setMaxLength(10).setAutocomplete(true),
    )
    .addIntegerOption((o) => o.setName('volume').setDescription('How loud').setMinValue(0).setMaxValue(100))
    .addStringOption((o) => o.setName('loop').setDescription('Again').addChoices({ name: 'One', value: 'one' }))
    .addUserOption((o) => o.setName('for').setDescription('Whom'));

  function withPlay() {
    const town = settle();
    const { name, description, options } = parse(commandBody, JSON.parse(JSON.stringify(play)));
    town.register({ name, description: description ?? '', ...(options && { options }) });
    return town;
  }

  it('gives the bot what Discord would give it', async () => {
    const { ada, ben, latest, application, guild, text } = withPlay();
    await ada.slash('play', { for: ben.id, query: 'a song' });
    const [command] = application.commands.get('global') ?? [];
    expect(latest()).toMatchObject({
      type: 2,
      version: 1,
      application_id: application.id,
      guild_id: guild.id,
      channel_id: text.id,
      channel: { id: text.id, type: 0 },
      member: { user: { id: ada.id }, permissions: expect.stringMatching(/^\d+$/) },
      app_permissions: expect.stringMatching(/^\d+$/),
      entitlements: [],
      authorizing_integration_owners: { '0': guild.id },
      context: 0,
      locale: 'en-US',
      guild_locale: 'en-US',
      data: {
        id: command?.id,
        name: 'play',
        type: 1,
        options: [
          { name: 'query', type: Option.String, value: 'a song' },
          { name: 'for', type: Option.User, value: ben.id },
        ],
        resolved: { users: { [ben.id]: { username: 'ben' } }, members: { [ben.id]: { roles: [] } } },
      },
    });
  });

  it.each<[string, Record<string, string | number | boolean>, string]>([
    ['a command that is not registered', {}, 'no command /pause'],
    ['nothing where something is required', {}, 'option "query" is required'],
    ['an option that is not there', { query: 'a', speed: 2 }, 'there is no option "speed"'],
    ['a number for text', { query: 1 }, 'option "query" takes text'],
    ['too long a text', { query: 'x'.repeat(11) }, 'takes at most 10 characters'],
    ['a number out of range', { query: 'a', volume: 101 }, 'takes at most 100'],
    ['half a number', { query: 'a', volume: 0.5 }, 'takes a whole number'],
    ['none of the choices', { query: 'a', loop: 'two' }, 'takes one of its choices'],
    ['a user who is not there', { query: 'a', for: '1' }, 'there is no user 1'],
  ])('cannot send %s', async (what, options, why) => {
    const { ada } = withPlay();
    await expect(ada.slash(what.startsWith('a command') ? 'pause' : 'play', options)).rejects.toThrow(why);
  });

  it('needs the permission for it, of the channel and of the command', async () => {
    const { world, text, ada, ben, register } = withPlay();
    world.setOverwrite(text.id, deny(PermissionFlagsBits.UseApplicationCommands, ada.id));
    await expect(ada.slash('play', { query: 'a' })).rejects.toThrow('ada may not use commands in #general');
    register({ name: 'ban', default_member_permissions: String(PermissionFlagsBits.BanMembers) });
    await expect(ben.slash('ban')).rejects.toThrow('ben may not use /ban');
    register({ name: 'reset', default_member_permissions: '0' });
    await expect(ben.slash('reset')).rejects.toThrow('ben may not use /reset');
  });

  it('finds the command of the guild before the global one', async () => {
    const { ada, application, guild, register, latest } = settle();
    register({ name: 'play' });
    const [global] = application.commands.get('global') ?? [];
    if (global !== undefined) application.commands.set(guild.id, [{ ...global, id: '7', guild_id: guild.id }]);
    await ada.slash('play');
    expect(latest()).toMatchObject({ data: { id: '7', guild_id: guild.id } });
  });

  it('chooses roles and channels, of the types that the option takes', async () => {
    const { ada, world, guild, register, latest } = settle();
    const role = world.addRole(guild.id, 'staff', 0n);
    const [text, voice] = [ChannelType.GuildText, ChannelType.GuildVoice] as const;
    const [chat, lounge] = [world.addChannel(guild.id, 'chat', text), world.addChannel(guild.id, 'lounge', voice)];
    const options = [
      { type: Option.Role as const, name: 'role', description: 'a' },
      { type: Option.Channel as const, name: 'channel', description: 'a', channel_types: [text] },
    ];
    register({ name: 'config', options });
    await ada.slash('config', { role: role.id, channel: chat.id });
    expect(latest()).toMatchObject({
      data: {
        options: [
          { type: 8, name: 'role', value: role.id },
          { type: 7, name: 'channel', value: chat.id },
        ],
        resolved: { roles: { [role.id]: { name: 'staff' } }, channels: { [chat.id]: { name: 'chat', type: 0 } } },
      },
    });
    await expect(ada.slash('config', { channel: lounge.id })).rejects.toThrow(
      'of a type that the option does not take',
    );
    await expect(ada.slash('config', { role: chat.id })).rejects.toThrow('there is no role');
  });

  it('reaches subcommands and their groups', async () => {
    const { ada, register, latest } = settle();
    const volume = { type: Option.Subcommand as const, name: 'volume', description: 'a' };
    register({
      name: 'config',
      options: [{ type: Option.SubcommandGroup, name: 'player', description: 'a', options: [volume] }, volume],
    });
    await ada.slash('config volume');
    expect(latest()).toMatchObject({ data: { options: [{ type: 1, name: 'volume', options: [] }] } });
    await ada.slash('config player volume');
    expect(latest()).toMatchObject({
      data: { options: [{ type: 2, name: 'player', options: [{ type: 1, name: 'volume' }] }] },
    });
    await expect(ada.slash('config')).rejects.toThrow('needs a subcommand');
    await expect(ada.slash('config nothing')).rejects.toThrow('has no subcommand');
  });

  it('is shown choices while typing', async () => {
    const { ada, interactions, latest } = withPlay();
    const shown = ada.autocomplete('play', { query: 'so', volume: 7 }, 'query');
    const { id, token, type, ...interaction } = latest();
    expect(type).toBe(4);
    expect(interaction).toMatchObject({
      data: {
        options: [
          { name: 'query', value: 'so', focused: true },
          { name: 'volume', value: '7' },
        ],
      },
    });
    interactions.respond(id, token, { type: 8, data: { choices: [{ name: 'Song', value: 'song' }] } });
    expect(await shown).toEqual([{ name: 'Song', value: 'song' }]);
    await expect(ada.autocomplete('play', {}, 'volume')).rejects.toThrow('does not complete');
  });
});

describe('choices that come too late', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('are not shown', async () => {
    vi.useFakeTimers();
    const { ada, register } = settle();
    const options = [{ type: Option.String as const, name: 'query', description: 'a', autocomplete: true as const }];
    register({ name: 'play', options });
    const shown = ada.autocomplete('play', {}, 'query');
    vi.advanceTimersByTime(3_000);
    await expect(shown).rejects.toThrow('did not respond');
  });
});

describe('a person who presses', () => {
  const menu = {
    type: ComponentType.StringSelect,
    custom_id: 'menu',
    max_values: 2,
    options: ['a', 'b', 'c'].map((value) => ({ label: value, value })),
  };
  const buttons = [
    { type: ComponentType.Button, style: ButtonStyle.Primary, label: 'go', custom_id: 'go' },
    { type: ComponentType.Button, style: ButtonStyle.Primary, label: 'off', custom_id: 'off', disabled: true },
    { type: ComponentType.Button, style: ButtonStyle.Link, label: 'link', url: 'https://example.org' },
  ];
  const components = [buttons, [menu]].map((row) => ({ type: ComponentType.ActionRow, components: row }));

  async function withMessage(flags = 0) {
    const town = settle();
    town.register({ name: 'play' });
    const typed = await town.ada.slash('play');
    town.interactions.respond(typed.id, town.latest().token, { type: 4, data: { content: 'song', components, flags } });
    return { ...town, message: await typed.answered() };
  }

  it('sends the component and the message that it is on', async () => {
    const { ben, message, latest, application } = await withMessage();
    await ben.press(message.id, 'go');
    expect(latest()).toMatchObject({
      type: 3,
      application_id: application.id,
      member: { user: { id: ben.id } },
      message: { id: message.id, content: 'song' },
      data: { custom_id: 'go', component_type: 2 },
    });
    await ben.press(message.id, 'menu', ['a', 'c']);
    expect(latest()).toMatchObject({ data: { custom_id: 'menu', component_type: 3, values: ['a', 'c'] } });
  });

  it.each<[string, string, string[], string]>([
    ['what is not there', 'nothing', [], 'has no component'],
    ['what is disabled', 'off', [], 'is disabled'],
    ['a button with values', 'go', ['a'], 'takes no values'],
    ['a value that a menu does not have', 'menu', ['z'], 'has no value "z"'],
    ['more than a menu takes', 'menu', ['a', 'b', 'c'], 'takes 1 to 2 values'],
  ])('cannot press %s', async (_, customId, values, why) => {
    const { ada, message } = await withMessage();
    await expect(ada.press(message.id, customId, values)).rejects.toThrow(why);
  });

  it('sees no ephemeral message of others', async () => {
    const { ada, ben, message, latest, interactions, application } = await withMessage(64);
    expect(ada.sees()).toMatchObject([{ id: message.id, ephemeral: true }]);
    expect(ben.sees()).toEqual([]);
    await expect(ben.press(message.id, 'go')).rejects.toThrow('ben sees no message');
    const pressed = await ada.press(message.id, 'go');
    const { token } = latest();
    interactions.respond(pressed.id, token, { type: 6 });
    interactions.followUp(application.id, token, { content: 'more' });
    expect(await pressed.answered()).toMatchObject({ content: 'more', ephemeral: false });
  });
});
