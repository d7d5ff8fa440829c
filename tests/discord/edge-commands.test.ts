import { ChannelType, PermissionFlagsBits } from 'discord-api-types/v10';
import type { Client } from 'discord.js';
import { describe, expect, it } from 'vitest';
import type { Person } from '../../loopback/people.ts';
import { until } from '../../loopback/until.ts';
import { TenutoError } from '../../src/lib/errors.ts';
import { entry, playback } from '../commands/fixtures/music.ts';
import { edge } from './fixtures/edge.ts';

const added = { enqueued: { entries: [entry('1')], place: 0 } };

describe('somebody types a command', () => {
  it('and everybody reads the answer', async () => {
    const { loopback, asked, seesInVoice, channelId } = await edge(added);
    const [ada, bob] = [loopback.user('ada'), loopback.user('bob')];
    ada.join('Lounge');
    await seesInVoice(ada.id, 'Lounge');
    const answer = await (await ada.slash('play', { query: 'blue train' })).answered();
    expect(answer).toMatchObject({ content: 'Playing **Song 1** (3:00).', ephemeral: false, pinged: [] });
    expect(bob.sees().map(({ content }) => content)).toEqual([answer.content]);
    expect(asked.at(-1)).toBe(
      `play ${loopback.guild.id} ${channelId('Lounge')} ${channelId('music')} ${ada.id} Blue Train`,
    );
  });

  it('and only that person reads why it did not work, without a trace for others', async () => {
    const { loopback, seesInVoice } = await edge({ failing: { resolve: new TenutoError('NOTHING_FOUND') } });
    const [ada, bob] = [loopback.user('ada'), loopback.user('bob')];
    ada.join('Lounge');
    await seesInVoice(ada.id, 'Lounge');
    await ada.slash('play', { query: 'x' });
    const told = await until('the line', () => ada.sees().find(({ ephemeral }) => ephemeral), 10_000);
    expect(told.content).toBe('I found nothing for that. Try other words or a link.');
    expect(ada.sees()).toHaveLength(1);
    expect(bob.sees()).toEqual([]);
  });

  it('and is told at once by the guard, with nothing asked of the player', async () => {
    const { loopback, asked } = await edge();
    const ada = loopback.user('ada');
    const answer = await (await ada.slash('skip', { amount: 2 })).answered();
    expect(answer).toMatchObject({ content: 'Join a voice channel first, then try again.', ephemeral: true });
    expect(asked).toEqual([]);
  });

  it('in a channel where the bot may not connect, and is told which permission is missing', async () => {
    const { loopback, client, seesInVoice, channelId } = await edge();
    const ada = loopback.user('ada');
    loopback.world.setOverwrite(channelId('Studio'), {
      id: loopback.application.bot.id,
      type: 'member',
      allow: 0n,
      deny: PermissionFlagsBits.Connect,
    });
    ada.join('Studio');
    await seesInVoice(ada.id, 'Studio');
    const me = client.guilds.cache.get(loopback.guild.id)?.members.me;
    await until('the overwrite', () => me?.permissionsIn(channelId('Studio')).has('Connect') === false, 10_000);
    const answer = await (await ada.slash('play', { query: 'x' })).answered();
    expect(answer.content).toBe(`I may not join <#${channelId('Studio')}>. Give me the "Connect" permission there.`);
  });

  it.each([
    ['in a server that the bot is not in', (client: Client, guildId: string) => client.guilds.cache.delete(guildId)],
    [
      'in a server of which the bot knows no more than its id',
      (client: Client, guildId: string) => {
        const guild = client.guilds.cache.get(guildId);
        guild?.members.cache.clear();
        guild?.voiceStates.cache.clear();
      },
    ],
  ])('%s yet, and is not told to join a voice channel', async (_where, forget) => {
    const { loopback, client, asked, seesInVoice } = await edge();
    const ada = loopback.user('ada');
    ada.join('Lounge');
    await seesInVoice(ada.id, 'Lounge');
    forget(client, loopback.guild.id);
    const answer = await (await ada.slash('play', { query: 'x' })).answered();
    expect(answer).toMatchObject({ content: 'I am just starting. Try again in a few seconds.', ephemeral: true });
    expect(asked).toEqual([]);
  });

  it('in a full channel, unless the bot may move people', async () => {
    const { loopback, client, seesInVoice, asked } = await edge(added);
    const { guild, world, application } = loopback;
    const ada = loopback.user('ada');
    const booth = world.addChannel(guild.id, 'Booth', ChannelType.GuildVoice, { userLimit: 1 });
    ada.join('Booth');
    await seesInVoice(ada.id, 'Booth');
    const answer = await (await ada.slash('play', { query: 'x' })).answered();
    expect(answer).toMatchObject({ content: expect.stringContaining(`<#${booth.id}> is full.`), ephemeral: true });
    expect(asked).toEqual([]);
    const allow = PermissionFlagsBits.MoveMembers;
    world.setOverwrite(booth.id, { id: application.bot.id, type: 'member', allow, deny: 0n });
    const me = client.guilds.cache.get(guild.id)?.members.me;
    await until('the overwrite', () => me?.permissionsIn(booth.id).has('MoveMembers'), 10_000);
    expect((await (await ada.slash('play', { query: 'x' })).answered()).content).toContain('Playing');
  });

  it('while the bot plays for others in another channel, and is sent there', async () => {
    const { loopback, seesInVoice, channelId } = await edge();
    const [ada, bob] = [loopback.user('ada'), loopback.user('bob')];
    const bot = loopback.application.bot.id;
    ada.join('Lounge');
    bob.join('Studio');
    loopback.world.setVoiceState(loopback.guild.id, bot, { channelId: channelId('Studio') });
    await seesInVoice(bot, 'Studio');
    const answer = await (await ada.slash('play', { query: 'x' })).answered();
    expect(answer).toMatchObject({
      content: `Join <#${channelId('Studio')}> first: I am playing there.`,
      ephemeral: true,
    });
  });

  it('that says something to that person alone', async () => {
    const { loopback } = await edge();
    const answer = await (await loopback.user('ada').slash('voicestatus')).answered();
    expect(answer.ephemeral).toBe(true);
    expect(answer.embeds[0]?.description).toContain('Not in a voice channel.');
  });

  it('that only managers and DJs may use, and its button too', async () => {
    const reason = 'the voice session is no longer valid (4006)';
    const state = { status: 'cooling-down', channelId: '7', reason, until: Date.now() + 30_000 } as const;
    const { loopback, asked } = await edge({ report: { state } });
    const { world, guild } = loopback;
    const [ada, ben, cleo] = [loopback.user('ada'), loopback.user('ben'), loopback.user('cleo')];
    const managers = world.addRole(guild.id, 'staff', PermissionFlagsBits.ManageGuild);
    guild.members.get(ben.id)?.roles.push(managers.id);
    guild.members.get(cleo.id)?.roles.push(world.addRole(guild.id, 'dj', 0n).id);
    /** What somebody is told who looks at the status and presses "Retry now". */
    const retry = async (person: Person) => {
      const status = await (await person.slash('voicestatus')).answered();
      return await (await person.press(status.id, 'do:retry')).answered();
    };
    const refused = 'Only people with the "Manage Server" permission or the role "DJ" may do that.';
    expect(await retry(ada)).toMatchObject({ content: refused, ephemeral: true });
    expect((await (await ada.slash('reconnect')).answered()).content).toBe(refused);
    expect(asked).toEqual([]);
    for (const person of [ben, cleo]) expect((await retry(person)).content).toContain('is new');
    expect(asked).toEqual([`reconnect ${guild.id}`, `reconnect ${guild.id}`]);
  });

  it('that answers with an embed', async () => {
    const { loopback } = await edge({ playback: playback({ upcoming: [entry('2')] }) });
    const answer = await (await loopback.user('ada').slash('queue')).answered();
    expect(answer.embeds[0]?.title).toBe('Queue');
  });

  it('while Discord does not answer REST in time, and the command is not run', async () => {
    const { loopback, asked, seesInVoice } = await edge();
    const ada = loopback.user('ada');
    ada.join('Lounge');
    await seesInVoice(ada.id, 'Lounge');
    loopback.faults.throw('slow-rest', { ms: 3_500, route: '/callback' });
    await expect((await ada.slash('pause')).answered()).rejects.toThrow();
    await until('the late callback', () => loopback.rest.requests.some(({ status }) => status === 404), 10_000);
    expect(asked).toEqual([]);
  });
});
