import { GatewayDispatchEvents, PermissionFlagsBits } from 'discord-api-types/v10';
import { describe, expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { watchTalk } from '../../src/discord/talk.ts';
import type { SentMessage } from '../../src/now-playing/display-channel.ts';
import { render } from '../../src/now-playing/render.ts';
import { DiscordDisplay } from '../../src/now-playing/discord-display.ts';
import { entry, playback } from '../commands/fixtures/music.ts';
import { edge } from './fixtures/edge.ts';

const WELL = { state: 'ready', verdict: 'healthy' } as const;

describe('the display', () => {
  it('has buttons that act under the same guards', async () => {
    const { loopback, client, asked, seesInVoice, channelId } = await edge({ next: entry('2') });
    const [ada, bob] = [loopback.user('ada'), loopback.user('bob')];
    const display = new DiscordDisplay(client.rest);
    const messageId = await display.send(channelId('music'), render(playback(), WELL), '1');
    const refused = await (await bob.press(messageId ?? '', 'np:skip:1')).answered();
    expect(refused).toMatchObject({ content: 'Join a voice channel first, then try again.', ephemeral: true });
    ada.join('Lounge');
    await seesInVoice(ada.id, 'Lounge');
    const done = await (await ada.press(messageId ?? '', 'np:skip:1')).answered();
    expect(done).toMatchObject({ content: 'Skipped. Next is **Song 2**.', ephemeral: true });
    expect(asked).toEqual([`skip ${loopback.guild.id} 1 while 1`]);
  });

  it('is sent, edited and removed, and what is gone is no error', async () => {
    const { loopback, client, channelId } = await edge();
    const ada = loopback.user('ada');
    const display = new DiscordDisplay(client.rest);
    const place = { channelId: channelId('music'), messageId: '' };
    place.messageId = (await display.send(place.channelId, render(playback(), WELL), '1')) ?? '';
    const paused = render(playback({ status: 'paused' }), WELL);
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
    expect(await display.send(channelId('music'), render(playback(), WELL), '1')).toBeNull();
  });

  it('drops an edit that Discord limits, at once, and rejects what may pass', async () => {
    const { loopback, client, channelId } = await edge();
    const display = new DiscordDisplay(client.rest);
    const message = (status: 'paused' | 'playing') => render(playback({ status }), WELL);
    const messageId = (await display.send(channelId('music'), message('playing'), '1')) ?? '';
    const place = { channelId: channelId('music'), messageId };
    loopback.faults.throw('fail-rest', { status: 429, retryAfterS: 600, times: 1, route: 'PATCH' });
    expect(await display.edit(place, message('paused'))).toEqual({ busyForMs: expect.closeTo(600_000, -4) });
    loopback.faults.throw('cut-rest', { route: 'PATCH' });
    await expect(display.edit(place, message('paused'))).rejects.toThrow();
  });

  it('is there once, however often it is sent under one nonce', async () => {
    const { loopback, client, channelId } = await edge();
    const display = new DiscordDisplay(client.rest);
    const send = (nonce: string) => display.send(channelId('music'), render(playback(), WELL), nonce);
    const first = await send('one');
    expect(await send('one')).toBe(first);
    expect(await send('two')).not.toBe(first);
    expect(loopback.user('ada').sees().length).toBe(2);
  });

  it('hears of each message in a guild, not what it says, and remembers nobody for it', async () => {
    const { loopback, client, channelId } = await edge();
    const heard: (readonly [string, SentMessage])[] = [];
    const stop = watchTalk(client, (...said) => void heard.push(said));
    const [ada, place] = [loopback.user('ada'), channelId('music')];
    const first = ada.say('hello', { channel: place }).id;
    await until('the message to be heard of', () => heard.length > 0, 10_000);
    expect(heard).toEqual([[loopback.guild.id, { channelId: place, messageId: first, nonce: null }]]);
    stop();
    ada.say('hello again', { channel: place });
    // What the bot sends itself comes behind it.
    const own = new Promise((resolve) => client.ws.once(GatewayDispatchEvents.MessageUpdate, resolve));
    const display = new DiscordDisplay(client.rest);
    const messageId = (await display.send(place, render(playback(), WELL), '1')) ?? '';
    await display.edit({ channelId: place, messageId }, render(playback({ status: 'paused' }), WELL));
    await own;
    expect(heard.length).toBe(1);
    expect(client.users.cache.has(ada.id)).toBe(false);
  });
});
