import { ChannelType, PermissionFlagsBits } from 'discord-api-types/v10';
import { describe, expect, it } from 'vitest';
import { createPerson } from '../../loopback/person.ts';
import { World, type WorldChange } from '../../loopback/world.ts';
import { settle } from './rest-town.ts';

const deny = (deny: bigint, id: string) => ({ id, type: 'member' as const, allow: 0n, deny });

describe('a person in voice', () => {
  it('joins, moves and leaves, and everyone is told each time', () => {
    const { world, guild, voice, ada } = settle();
    const other = world.addChannel(guild.id, 'other', voice.type);
    const changes: WorldChange[] = [];
    world.on('change', (change) => changes.push(change));
    ada.join('music');
    ada.move(other.id);
    ada.leave();
    ada.leave();
    expect(changes).toMatchObject([
      { type: 'voice-state', userId: ada.id, previous: null, state: { channelId: voice.id } },
      { type: 'voice-state', previous: { channelId: voice.id }, state: { channelId: other.id } },
      { type: 'voice-state', previous: { channelId: other.id }, state: null },
    ]);
    expect(() => ada.move('music')).toThrow('is in no voice channel');
  });

  it('keeps its session while it is there, and has a fresh one the next time', () => {
    const { guild, ada } = settle();
    const session = () => guild.voiceStates.get(ada.id)?.sessionId;
    ada.join('music');
    const first = session();
    ada.join('music');
    expect(session()).toBe(first);
    ada.leave();
    ada.join('music');
    expect(session()).not.toBe(first);
  });

  it('is kept out of a full channel, and of one that it may not connect to', () => {
    const { world, voice, guild, ada, ben } = settle();
    ada.join('music');
    expect(() => ben.join('music')).toThrow('ben cannot join #music: full');
    world.setOverwrite(voice.id, { ...deny(0n, ben.id), allow: PermissionFlagsBits.MoveMembers });
    ben.join('music');
    world.setOverwrite(voice.id, deny(PermissionFlagsBits.Connect, ben.id));
    expect(() => ben.join('music')).toThrow('permission');
    expect(world.voiceMembers(guild.id, voice.id)).toEqual([ada.id, ben.id]);
    expect(() => ben.join('general')).toThrow('is not a voice channel');
    expect(() => ben.join('nowhere')).toThrow('there is no channel');
  });
});

it('is in voice in one guild at most', () => {
  const { world, interactions, guild, ada } = settle();
  const other = world.addGuild('village', { owner: guild.ownerId });
  world.addChannel(other.id, 'music', ChannelType.GuildVoice);
  const abroad = createPerson(world, interactions, { guildId: other.id, name: 'ada', userId: ada.id });
  ada.join('music');
  abroad.join('music');
  expect([guild.voiceStates.has(ada.id), other.voiceStates.has(ada.id)]).toEqual([false, true]);
  ada.join('music');
  expect([guild.voiceStates.has(ada.id), other.voiceStates.has(ada.id)]).toEqual([true, false]);
});

describe('the world', () => {
  it('tells of every change once', () => {
    const world = new World();
    const told: string[] = [];
    world.on('change', ({ type }) => told.push(type));
    const heard = (act: () => unknown): string[] => {
      told.length = 0;
      act();
      return [...told];
    };
    const guild = world.addGuild('town', { owner: world.addUser('mayor').id });
    const user = world.addUser('ada');
    expect(heard(() => world.addMember(guild.id, user.id))).toEqual(['member-added']);
    const role = world.addRole(guild.id, 'singer', 0n);
    expect(heard(() => world.setRolePermissions(guild.id, role.id, 1n))).toEqual(['role-changed']);
    const text = world.addChannel(guild.id, 'general', ChannelType.GuildText);
    expect(heard(() => world.setOverwrite(text.id, deny(1n, user.id)))).toEqual(['channel-changed']);
    const voice = world.addChannel(guild.id, 'music', ChannelType.GuildVoice);
    expect(heard(() => world.setVoiceState(guild.id, user.id, { channelId: voice.id }))).toEqual(['voice-state']);
    expect(heard(() => world.setVoiceState(guild.id, user.id, { selfMute: true }))).toEqual(['voice-state']);
    expect(heard(() => world.moveMember(guild.id, user.id, voice.id))).toEqual(['voice-state']);
    expect(heard(() => world.deleteChannel(voice.id))).toEqual(['voice-state', 'channel-deleted']);
    expect(heard(() => world.setVoiceState(guild.id, user.id, null))).toEqual([]);
    expect(heard(() => world.setGuildAvailable(guild.id, false))).toEqual(['guild-unavailable']);
    expect(heard(() => world.setGuildAvailable(guild.id, false))).toEqual([]);
    expect(heard(() => world.setGuildAvailable(guild.id, true))).toEqual(['guild-available']);
    expect(heard(() => world.removeMember(guild.id, user.id))).toEqual(['member-removed']);
    expect(heard(() => world.removeGuild(guild.id))).toEqual(['guild-removed']);
  });

  it('puts whoever comes to a stage into its audience', () => {
    const { world, guild, ada } = settle();
    const stage = world.addChannel(guild.id, 'stage', ChannelType.GuildStageVoice);
    ada.join('music');
    expect(guild.voiceStates.get(ada.id)).toMatchObject({ suppress: false });
    ada.move(stage.id);
    expect(guild.voiceStates.get(ada.id)).toMatchObject({ suppress: true });
    world.setVoiceState(guild.id, ada.id, { suppress: false });
    world.setVoiceState(guild.id, ada.id, { selfMute: true });
    expect(guild.voiceStates.get(ada.id)).toMatchObject({ suppress: false, selfMute: true });
  });

  it('suppresses whoever may not speak, on joining and when permissions change, and tells of it', () => {
    const { world, guild, voice, ada, ben } = settle();
    const told: unknown[] = [];
    const suppressed = () => guild.voiceStates.get(ada.id)?.suppress;
    world.setOverwrite(voice.id, deny(PermissionFlagsBits.Speak, ada.id));
    ada.join('music');
    expect(suppressed()).toBe(true);
    world.on('change', (change) => {
      if (change.type === 'voice-state') told.push([change.userId, change.state?.suppress]);
    });
    world.setOverwrite(voice.id, deny(0n, ada.id));
    expect(suppressed()).toBe(false);
    world.setRolePermissions(guild.id, guild.id, PermissionFlagsBits.ViewChannel | PermissionFlagsBits.Connect);
    expect(suppressed()).toBe(true);
    world.addMember(guild.id, ada.id, [world.addRole(guild.id, 'singer', PermissionFlagsBits.Speak).id]);
    expect(suppressed()).toBe(false);
    world.setOverwrite(voice.id, deny(PermissionFlagsBits.Speak, ben.id));
    expect(told).toEqual([
      [ada.id, false],
      [ada.id, true],
      [ada.id, false],
    ]);
  });
});
