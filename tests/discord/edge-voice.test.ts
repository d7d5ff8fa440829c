import { once } from 'node:events';
import { ChannelType, PermissionFlagsBits } from 'discord-api-types/v10';
import { Events } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { Announcer } from '../../src/discord/announcer.ts';
import { ClientVoiceGateway } from '../../src/discord/client-voice-gateway.ts';
import { createClient, logIn } from '../../src/discord/client.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { edge } from './fixtures/edge.ts';

describe('what happens in voice becomes facts', () => {
  it('where the bot is, and how many people are in a channel', async () => {
    const { loopback, facts, channelId, client, seesInVoice } = await edge();
    const bot = loopback.application.bot.id;
    const ada = loopback.user('ada');
    const [lounge, studio] = [channelId('Lounge'), channelId('Studio')];
    const told = (fact: string) => until(fact, () => facts.at(-1) === fact, 10_000);
    ada.join('Lounge');
    await told(`listeners ${lounge} 1`);
    loopback.world.setVoiceState(loopback.guild.id, bot, { channelId: lounge });
    await seesInVoice(bot, 'Lounge');
    expect(facts.at(-1)).toBe(`listeners ${lounge} 1`);
    expect(facts).toContain(`own ${lounge}`);
    expect(new ClientVoiceGateway(client).ownChannelId(loopback.guild.id)).toBe(lounge);
    ada.move('Studio');
    await told(`listeners ${studio} 1`);
    expect(facts.at(-2)).toBe(`listeners ${lounge} 0`);
    ada.leave();
    await told(`listeners ${studio} 0`);
    loopback.world.setVoiceState(loopback.guild.id, bot, null);
    await seesInVoice(bot, null);
    expect(facts.slice(-2)).toEqual(['own null', `listeners ${lounge} 0`]);
    expect(new ClientVoiceGateway(client).ownChannelId(loopback.guild.id)).toBeNull();
  });

  it('whether anybody can hear the bot, with each of its voice states', async () => {
    const { loopback, facts, channelId, client } = await edge();
    const { world, guild, application } = loopback;
    const gateway = new ClientVoiceGateway(client);
    const stage = world.addChannel(guild.id, 'Stage', ChannelType.GuildStageVoice);
    /** What the double makes of the bot's voice state, and what is told of it. */
    const changed = async (change: Parameters<typeof world.setVoiceState>[2]) => {
      facts.splice(0);
      world.setVoiceState(guild.id, application.bot.id, change);
      await until('the voice state', () => facts.some((fact) => fact.startsWith('own ')), 10_000);
      const told = facts.find((fact) => ['muted', 'suppressed', 'audible'].includes(fact)) ?? null;
      expect(gateway.ownSilence(guild.id)).toBe(told === 'audible' ? null : told);
      return told;
    };
    expect(gateway.ownSilence(guild.id)).toBeNull();
    expect(await changed({ channelId: channelId('Lounge') })).toBe('audible');
    expect(await changed({ serverMute: true })).toBe('muted');
    expect(await changed({ selfDeaf: true })).toBe('muted');
    expect(await changed({ channelId: stage.id })).toBe('muted');
    expect(await changed({ serverMute: false })).toBe('suppressed');
    expect(await changed({ suppress: false })).toBe('audible');
    expect(await changed({ serverMute: true })).toBe('muted');
    expect(await changed(null)).toBeNull();
    expect(await changed({ channelId: stage.id })).toBe('suppressed');
  });

  it('in which channels the bot may play, and who would listen there', async () => {
    const { loopback, channelId, client, facts } = await edge();
    const { world, guild, application } = loopback;
    const gateway = new ClientVoiceGateway(client);
    const [lounge, studio] = [channelId('Lounge'), channelId('Studio')];
    const stage = world.addChannel(guild.id, 'Stage', ChannelType.GuildStageVoice);
    const deny = async (id: string, permission: bigint) => {
      const known = once(client, Events.ChannelUpdate);
      world.setOverwrite(id, { id: application.bot.id, type: 'member', allow: 0n, deny: permission });
      await known;
    };
    expect([lounge, studio, '1'].map((id) => gateway.mayPlayIn(guild.id, id))).toEqual([true, true, true]);
    await deny(lounge, PermissionFlagsBits.Speak);
    await deny(studio, PermissionFlagsBits.Connect);
    await deny(stage.id, PermissionFlagsBits.Speak);
    expect([lounge, studio, stage.id].map((id) => gateway.mayPlayIn(guild.id, id))).toEqual([false, false, true]);
    loopback.user('ada').join('Lounge');
    await until('ada', () => facts.includes(`listeners ${lounge} 1`), 10_000);
    expect([lounge, studio].map((id) => gateway.listenersIn(guild.id, id))).toEqual([1, 0]);
  });

  it('a channel that is deleted, a guild that goes and comes, a gateway that is lost', async () => {
    const { loopback, facts, channelId, client, audience } = await edge();
    const told = (fact: string) => until(fact, () => facts.includes(fact), 10_000);
    const { id } = loopback.guild;
    expect(audience.knows(id)).toBe(true);
    const gateway = new ClientVoiceGateway(client);
    const studio = channelId('Studio');
    expect(gateway.channelExists(id, studio)).toBe(true);
    const deleted = once(client, Events.ChannelDelete);
    loopback.world.deleteChannel(studio);
    await deleted;
    expect(gateway.channelExists(id, studio)).toBe(false);
    facts.splice(0);
    const gone = once(client, Events.GuildUnavailable);
    loopback.world.setGuildAvailable(id, false);
    await gone;
    expect(audience.knows(id)).toBe(false);
    loopback.world.setGuildAvailable(id, true);
    await told('guild available');
    expect(audience.knows(id)).toBe(true);
    expect(facts.slice(-2)).toEqual(['own null', `listeners ${channelId('Lounge')} 0`]);
    facts.splice(0);
    loopback.faults.throw('drop-gateway', {});
    await told('gateway resumed');
    expect(facts).toEqual(['gateway lost', 'gateway resumed']);
    expect(gateway.mainGatewayReady(id)).toBe(true);
    const removed = once(client, Events.GuildDelete);
    loopback.world.removeGuild(id);
    await removed;
    expect(audience.knows(id)).toBe(false);
    expect(gateway.adapterCreator(id)).toBeNull();
  });
});

describe('the login', () => {
  it('with a token that Discord refuses says what to do', async () => {
    const { loopback } = await edge();
    const client = createClient({ apiUrl: loopback.rest.url }, createLogger({ level: 'silent' }));
    await expect(logIn(client, 'MTIzNDU2.AbCdEf.wrong', 20_000)).rejects.toThrow(
      /^DISCORD_TOKEN was refused by Discord\. .*Reset Token/,
    );
  });

  it('that Discord does not answer ends', async () => {
    const { loopback } = await edge();
    const { lift } = loopback.faults.throw('slow-rest', { ms: 5_000, route: '/gateway/bot' });
    const client = createClient({ apiUrl: loopback.rest.url }, createLogger({ level: 'silent' }));
    await expect(logIn(client, loopback.application.token, 50)).rejects.toThrow(
      'did not answer the login within 0.05 s',
    );
    lift();
    await client.destroy();
  });
});

it('says a line in a channel without pinging anybody, and survives a channel that is gone', async () => {
  const { loopback, client, channelId } = await edge();
  const announcer = new Announcer(client.rest, createLogger({ level: 'silent' }));
  announcer.announce(loopback.guild.id, '1', 'nobody reads this');
  announcer.announce(loopback.guild.id, channelId('music'), '@everyone Back.');
  const ada = loopback.user('ada');
  const line = await until('the line', () => ada.sees().at(-1), 10_000);
  expect(line).toMatchObject({ content: '@everyone Back.', pinged: [] });
});
