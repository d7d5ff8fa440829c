import { GatewayIntentBits, MessagePayload, type MessageTarget } from 'discord.js';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startLoopback } from '../../loopback/index.ts';
import { createClient, logIn } from '../../src/discord/client.ts';
import { createLogger } from '../../src/telemetry/logger.ts';

const client = createClient({ apiUrl: 'http://127.0.0.1:1/api' }, createLogger({ level: 'silent' }));

it('asks for what slash commands, voice and the display need, and nothing privileged', () => {
  expect(client.options.intents.toArray()).toEqual(['Guilds', 'GuildVoiceStates', 'GuildMessages']);
  for (const privileged of ['GuildMembers', 'GuildPresences', 'MessageContent'] as const)
    expect(client.options.intents.has(GatewayIntentBits[privileged])).toBe(false);
});

it('asks for what people write only where channels for requests are wanted', () => {
  const config = { apiUrl: 'http://127.0.0.1:1/api', requestChannels: true };
  const reading = createClient(config, createLogger({ level: 'silent' }));
  expect(reading.options.intents.toArray()).toEqual(['Guilds', 'GuildVoiceStates', 'GuildMessages', 'MessageContent']);
});

it('says to the operator what to do when Discord refuses that', async () => {
  const loopback = await startLoopback();
  onTestFinished(() => loopback.close());
  const config = { apiUrl: loopback.rest.url, requestChannels: true };
  const refused = createClient(config, createLogger({ level: 'silent' }));
  onTestFinished(() => refused.destroy());
  await expect(logIn(refused, loopback.application.token)).rejects.toThrow(
    /^REQUEST_CHANNELS=true needs the "Message Content Intent".* developer portal .*REQUEST_CHANNELS=false/,
  );
  expect(loopback.problems()).toEqual(['gateway: closed with 4014 (Disallowed intent(s).)']);
});

it('pings nobody, also when a message does not say so itself', () => {
  const target = { client } as unknown as MessageTarget;
  const { body } = MessagePayload.create(target, '@everyone').resolveBody();
  expect(body).toMatchObject({ content: '@everyone', allowed_mentions: { parse: [], replied_user: false } });
});

it('forgets within a minute what it knew of the rate limit of an interaction, unless that holds something back', () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { rest } = createClient({ apiUrl: 'http://127.0.0.1:1/api' }, createLogger({ level: 'silent' }));
  onTestFinished(() => rest.clearHandlerSweeper());
  const limit = (id: string, inactive: boolean) => void rest.handlers.set(id, { id, inactive, queueRequest: vi.fn() });
  limit('over', true);
  limit('waited for', false);
  vi.advanceTimersByTime(60_000);
  expect([...rest.handlers.keys()]).toEqual(['waited for']);
});
