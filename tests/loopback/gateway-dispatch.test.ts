import {
  ChannelType,
  GatewayIntentBits,
  GatewayOpcodes,
  MessageType,
  PermissionFlagsBits,
} from 'discord-api-types/v10';
import { describe, expect, it } from 'vitest';
import type { WorldMessage } from '../../loopback/world.ts';
import { stage, type Stage } from './gateway-fixture.ts';

const { Guilds, GuildMessages, GuildVoiceStates, MessageContent, GuildMembers, GuildPresences } = GatewayIntentBits;

function say({ world, guild, text }: Stage, authorId: string, content: string, onlyFor: string | null = null): void {
  const author = world.users.get(authorId);
  if (!author) throw new Error('nobody says it');
  const message: WorldMessage = {
    guildId: guild.id,
    onlyFor,
    pinged: [],
    message: {
      id: world.nextId(),
      channel_id: text.id,
      author,
      content,
      timestamp: new Date().toISOString(),
      edited_timestamp: null,
      tts: false,
      mention_everyone: false,
      mentions: [...world.users.values()].filter(({ id }) => content.includes(`<@${id}>`)),
      mention_roles: [],
      attachments: [],
      embeds: [{ title: 'a song' }],
      components: [],
      pinned: false,
      type: MessageType.Default,
    },
  };
  world.createMessage(message);
}

describe('what a session is told at the start', () => {
  it('is READY with unavailable guilds, then each guild complete', async () => {
    const scene = await stage();
    scene.world.setVoiceState(scene.guild.id, scene.ada, { channelId: scene.lounge.id });
    const client = scene.connect();
    const ready = await client.identify(scene.application.token);
    expect(ready).toMatchObject({
      v: 10,
      user: { id: scene.application.id, bot: true, username: 'tenuto' },
      guilds: [{ id: scene.guild.id, unavailable: true }],
      resume_gateway_url: scene.gateway.url,
      shard: [0, 1],
      application: { id: scene.application.id, flags: 0 },
    });
    const { d: guild } = await client.event('GUILD_CREATE');
    expect(guild).toMatchObject({
      name: 'Loopback',
      owner_id: scene.ada,
      member_count: 2,
      large: false,
      threads: [],
      presences: [],
      stage_instances: [],
      roles: [{ id: scene.guild.id, name: '@everyone', permissions: expect.stringMatching(/^\d+$/) }],
      channels: [
        { name: 'music', type: ChannelType.GuildText },
        { name: 'Lounge', type: ChannelType.GuildVoice, user_limit: 0 },
        { name: 'Studio', type: ChannelType.GuildVoice, user_limit: 1 },
      ],
      voice_states: [{ user_id: scene.ada, channel_id: scene.lounge.id }],
    });
    expect(guild['voice_states']).not.toMatchObject([{ guild_id: scene.guild.id }]);
  });

  it('lists only itself and those in voice as members, unless it sees presences', async () => {
    const scene = await stage({ identifyWindowMs: 0, privilegedIntents: GuildPresences });
    const plain = scene.connect();
    await plain.identify(scene.application.token);
    const seeing = scene.connect();
    await seeing.identify(scene.application.token, { intents: Guilds | GuildPresences });
    expect((await plain.event('GUILD_CREATE')).d['members']).toHaveLength(1);
    expect((await seeing.event('GUILD_CREATE')).d['members']).toHaveLength(2);
  });

  it('says that a guild in an outage is unavailable, and all of it when it is back', async () => {
    const scene = await stage();
    scene.world.setGuildAvailable(scene.guild.id, false);
    const client = scene.connect();
    await client.identify(scene.application.token);
    expect((await client.event('GUILD_DELETE')).d).toEqual({ id: scene.guild.id, unavailable: true });
    scene.world.setGuildAvailable(scene.guild.id, true);
    await client.event('GUILD_CREATE');
  });

  it('is only what belongs to its shard', async () => {
    const scene = await stage({ identifyWindowMs: 0 });
    const other = 1 - Number((BigInt(scene.guild.id) >> 22n) % 2n);
    const client = scene.connect();
    const ready = await client.identify(scene.application.token, { shard: [other, 2] });
    expect(ready).toMatchObject({ guilds: [], shard: [other, 2] });
    scene.world.setVoiceState(scene.guild.id, scene.ada, { channelId: scene.lounge.id });
    await client.settle();
    expect(client.events).toEqual(['READY']);
  });
});

describe('what a session is told later', () => {
  it('depends on its intents', async () => {
    const scene = await stage();
    const client = scene.connect();
    await client.identify(scene.application.token, { intents: GuildMessages });
    scene.world.setVoiceState(scene.guild.id, scene.ada, { channelId: scene.lounge.id });
    scene.world.addRole(scene.guild.id, 'DJ', 0n);
    say(scene, scene.ada, 'hello');
    await client.settle();
    expect(client.events).toEqual(['READY', 'MESSAGE_CREATE']);
  });

  it('has the words of a message only with the intent, or when the bot wrote it or is mentioned', async () => {
    const scene = await stage({ identifyWindowMs: 0, privilegedIntents: MessageContent });
    const plain = scene.connect();
    await plain.identify(scene.application.token, { intents: GuildMessages });
    const reading = scene.connect();
    await reading.identify(scene.application.token, { intents: GuildMessages | MessageContent });
    const mention = `<@${scene.application.id}> play`;
    for (const [author, words] of [
      [scene.ada, 'hello'],
      [scene.application.id, 'mine'],
      [scene.ada, mention],
    ] as const) {
      say(scene, author, words);
    }
    await Promise.all([plain.settle(), reading.settle()]);
    const words = ({ received }: typeof plain) =>
      received.filter(({ t }) => t === 'MESSAGE_CREATE').map(({ d }) => d['content']);
    expect(words(plain)).toEqual(['', 'mine', mention]);
    expect(words(reading)).toEqual(['hello', 'mine', mention]);
    expect(plain.received.find(({ t }) => t === 'MESSAGE_CREATE')?.d).toMatchObject({
      embeds: [],
      guild_id: scene.guild.id,
      member: { joined_at: expect.any(String) },
    });
  });

  it('has no ephemeral messages, and none of channels that it cannot see', async () => {
    const scene = await stage();
    const client = scene.connect();
    await client.identify(scene.application.token, { intents: GuildMessages });
    say(scene, scene.application.id, 'only for ada', scene.ada);
    scene.world.setOverwrite(scene.text.id, {
      id: scene.application.id,
      type: 'member',
      allow: 0n,
      deny: PermissionFlagsBits.ViewChannel,
    });
    say(scene, scene.ada, 'behind its back');
    await client.settle();
    expect(client.events).toEqual(['READY']);
  });

  it('is told of guilds, channels, roles and members as they come, change and go', async () => {
    const scene = await stage({ privilegedIntents: GuildMembers });
    const { world, guild, lounge } = scene;
    const client = scene.connect();
    await client.identify(scene.application.token, { intents: Guilds | GuildMembers });
    await client.event('GUILD_CREATE');
    const bob = world.addUser('bob').id;
    const second = world.addGuild('Second', { owner: bob });
    world.addMember(second.id, scene.application.id);
    world.addMember(guild.id, bob);
    const role = world.addRole(guild.id, 'DJ', 0n);
    world.setRolePermissions(guild.id, role.id, PermissionFlagsBits.Speak);
    world.setOverwrite(lounge.id, { id: role.id, type: 'role', allow: 0n, deny: 0n });
    world.deleteChannel(lounge.id);
    world.removeMember(guild.id, bob);
    world.setGuildAvailable(guild.id, false);
    world.setGuildAvailable(guild.id, true);
    world.removeMember(second.id, scene.application.id);
    world.removeGuild(guild.id);
    await client.settle();
    expect(client.events.slice(2)).toEqual([
      'GUILD_CREATE',
      'GUILD_MEMBER_ADD',
      'GUILD_ROLE_CREATE',
      'GUILD_ROLE_UPDATE',
      'CHANNEL_UPDATE',
      'CHANNEL_DELETE',
      'GUILD_MEMBER_REMOVE',
      'GUILD_DELETE',
      'GUILD_CREATE',
      'GUILD_DELETE',
      'GUILD_DELETE',
    ]);
    expect(client.received.filter(({ t }) => t === 'GUILD_DELETE').map(({ d }) => d)).toEqual([
      { id: guild.id, unavailable: true },
      { id: second.id },
      { id: guild.id },
    ]);
  });
});

describe('op 8', () => {
  it('finds members by prefix and by id, and says whom it did not find', async () => {
    const scene = await stage();
    const client = scene.connect();
    await client.identify(scene.application.token);
    client.send(GatewayOpcodes.RequestGuildMembers, { guild_id: scene.guild.id, query: 'AD', limit: 5, nonce: 'a' });
    client.send(GatewayOpcodes.RequestGuildMembers, {
      guild_id: scene.guild.id,
      user_ids: ['1', scene.ada],
      nonce: 'b',
    });
    const member = { user: { id: scene.ada } };
    expect((await client.event('GUILD_MEMBERS_CHUNK', ({ nonce }) => nonce === 'a')).d).toMatchObject({
      members: [member],
      chunk_index: 0,
      chunk_count: 1,
    });
    expect((await client.event('GUILD_MEMBERS_CHUNK', ({ nonce }) => nonce === 'b')).d).toMatchObject({
      members: [member],
      not_found: ['1'],
    });
  });

  it('gives the whole list only with the GuildMembers intent', async () => {
    const scene = await stage({ identifyWindowMs: 0, privilegedIntents: GuildMembers });
    const plain = scene.connect();
    await plain.identify(scene.application.token);
    const seeing = scene.connect();
    await seeing.identify(scene.application.token, { intents: Guilds | GuildMembers | GuildVoiceStates });
    const all = { guild_id: scene.guild.id, query: '', limit: 0 };
    plain.send(GatewayOpcodes.RequestGuildMembers, all);
    seeing.send(GatewayOpcodes.RequestGuildMembers, all);
    expect((await seeing.event('GUILD_MEMBERS_CHUNK')).d['members']).toHaveLength(2);
    await plain.settle();
    expect(plain.events).not.toContain('GUILD_MEMBERS_CHUNK');
  });
});
