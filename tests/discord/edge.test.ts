import { PermissionFlagsBits } from 'discord-api-types/v10';
import { describe, expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { TenutoError } from '../../src/lib/errors.ts';
import { Announcer } from '../../src/discord/announcer.ts';
import { Audience } from '../../src/discord/audience.ts';
import { ClientVoiceGateway } from '../../src/discord/client-voice-gateway.ts';
import { createClient, logIn } from '../../src/discord/client.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { render } from '../../src/now-playing/render.ts';
import { DiscordDisplay } from '../../src/now-playing/discord-display.ts';
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
    expect(answer).toMatchObject({ ephemeral: true, content: expect.stringContaining('Not in a voice channel.') });
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

describe('the display', () => {
  it('has buttons that act under the same guards', async () => {
    const { loopback, client, asked, seesInVoice, channelId } = await edge({ next: entry('2') });
    const [ada, bob] = [loopback.user('ada'), loopback.user('bob')];
    const display = new DiscordDisplay(client.rest);
    const messageId = await display.send(channelId('music'), render(playback(), { voiceReady: true }));
    const refused = await (await bob.press(messageId ?? '', 'np:skip:1')).answered();
    expect(refused).toMatchObject({ content: 'Join a voice channel first, then try again.', ephemeral: true });
    ada.join('Lounge');
    await seesInVoice(ada.id, 'Lounge');
    const done = await (await ada.press(messageId ?? '', 'np:skip:1')).answered();
    expect(done).toMatchObject({ content: 'Skipped. Next is **Song 2**.', ephemeral: true });
    expect(asked).toEqual([`skip ${loopback.guild.id} 1`]);
  });

  it('is sent, edited and removed, and what is gone is no error', async () => {
    const { loopback, client, channelId } = await edge();
    const ada = loopback.user('ada');
    const display = new DiscordDisplay(client.rest);
    const place = { channelId: channelId('music'), messageId: '' };
    place.messageId = (await display.send(place.channelId, render(playback(), { voiceReady: true }))) ?? '';
    const paused = render(playback({ status: 'paused' }), { voiceReady: true });
    expect(await display.edit(place, paused)).toBe('done');
    expect(ada.sees()[0]?.embeds[0]?.author?.name).toBe('Paused');
    await display.remove(place);
    expect(ada.sees()).toEqual([]);
    expect(await display.edit(place, paused)).toBe('gone');
    await display.remove(place);
  });

  it('is not sent where the bot may not write', async () => {
    const { loopback, client, channelId } = await edge();
    const deny = PermissionFlagsBits.SendMessages;
    const { id } = loopback.application.bot;
    loopback.world.setOverwrite(channelId('music'), { id, type: 'member', allow: 0n, deny });
    const display = new DiscordDisplay(client.rest);
    expect(await display.send(channelId('music'), render(playback(), { voiceReady: true }))).toBeNull();
  });

  it('drops an edit that Discord limits, at once, and rejects what may pass', async () => {
    const { loopback, client, channelId } = await edge();
    const display = new DiscordDisplay(client.rest);
    const message = (status: 'paused' | 'playing') => render(playback({ status }), { voiceReady: true });
    const messageId = (await display.send(channelId('music'), message('playing'))) ?? '';
    const place = { channelId: channelId('music'), messageId };
    loopback.faults.throw('fail-rest', { status: 429, retryAfterS: 600, times: 1, route: 'PATCH' });
    expect(await display.edit(place, message('paused'))).toEqual({ busyForMs: expect.closeTo(600_000, -4) });
    loopback.faults.throw('cut-rest', { route: 'PATCH' });
    await expect(display.edit(place, message('paused'))).rejects.toThrow();
  });
});

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
    expect(facts).toContain(`own ${lounge} unmuted`);
    expect(new ClientVoiceGateway(client).ownChannelId(loopback.guild.id)).toBe(lounge);
    ada.move('Studio');
    await told(`listeners ${studio} 1`);
    expect(facts.at(-2)).toBe(`listeners ${lounge} 0`);
    loopback.world.setVoiceState(loopback.guild.id, bot, { serverMute: true });
    await told(`own ${lounge} muted`);
    ada.leave();
    await told(`listeners ${studio} 0`);
    loopback.world.setVoiceState(loopback.guild.id, bot, null);
    await seesInVoice(bot, null);
    expect(facts.slice(-2)).toEqual(['own null muted', `listeners ${lounge} 0`]);
    expect(new ClientVoiceGateway(client).ownChannelId(loopback.guild.id)).toBeNull();
  });

  it('a channel that is deleted, a guild that goes and comes, a gateway that is lost', async () => {
    const { loopback, facts, channelId, client, audience } = await edge();
    const told = (fact: string) => until(fact, () => facts.includes(fact), 10_000);
    const { id } = loopback.guild;
    const studio = channelId('Studio');
    facts.splice(0);
    loopback.world.deleteChannel(studio);
    await told(`deleted ${studio}`);
    expect(await audience.available(id, new AbortController().signal)).toBe(true);
    loopback.world.setGuildAvailable(id, false);
    await told('guild unavailable');
    const coming = audience.available(id, new AbortController().signal);
    loopback.world.setGuildAvailable(id, true);
    await told('guild available');
    expect(await coming).toBe(true);
    expect(facts.slice(-2)).toEqual(['own null unmuted', `listeners ${channelId('Lounge')} 0`]);
    facts.splice(0);
    loopback.faults.throw('drop-gateway', {});
    await told('gateway ready');
    expect(facts).toEqual(['gateway lost', 'gateway ready']);
    expect(new ClientVoiceGateway(client).mainGatewayReady(id)).toBe(true);
    loopback.world.removeGuild(id);
    await told('guild removed');
    expect(await audience.available(id, new AbortController().signal)).toBe(false);
    expect(new ClientVoiceGateway(client).adapterCreator(id)).toBeNull();
  });
});

describe('a guild whose server is down', () => {
  it('is waited for no longer than the time or the signal allows', async () => {
    const { loopback, facts, client, audience } = await edge();
    const listeners = client.listenerCount('guildAvailable');
    loopback.world.setGuildAvailable(loopback.guild.id, false);
    await until('the outage', () => facts.includes('guild unavailable'), 10_000);
    const life = new AbortController();
    expect(await new Audience(client, 10).available(loopback.guild.id, life.signal)).toBe(false);
    const waiting = audience.available(loopback.guild.id, life.signal);
    life.abort();
    expect(await waiting).toBe(false);
    // That of the second audience is the one more.
    expect(client.listenerCount('guildAvailable')).toBe(listeners + 1);
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
