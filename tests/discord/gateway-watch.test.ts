import { once } from 'node:events';
import { Client, Events, GatewayIntentBits } from 'discord.js';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { startLoopback } from '../../loopback/index.ts';
import { watchResumes } from '../../src/discord/gateway-watch.ts';

it('makes a new gateway session when Discord does not confirm that the old one is resumed', async () => {
  const loopback = await startLoopback({ gateway: { identifyWindowMs: 0 } });
  onTestFinished(() => loopback.close());
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    rest: { api: loopback.env['DISCORD_API_URL'] ?? '' },
  });
  onTestFinished(() => client.destroy());
  client.on(Events.Error, () => undefined);
  const resumed: number[] = [];
  client.on(Events.ShardResume, (shardId) => resumed.push(shardId));
  watchResumes(client, pino({ level: 'silent' }), 200);
  const ready = once(client, Events.ClientReady);
  await client.login(loopback.application.token);
  await ready;

  loopback.faults.throw('swallow-event', { what: 'resumed', times: 1 });
  const anew = once(client, Events.ShardReady);
  loopback.faults.throw('drop-gateway', {});
  await anew;

  expect(resumed).toEqual([]);
  loopback.faults.throw('drop-gateway', {});
  await once(client, Events.ShardResume);
  expect(loopback.problems()).toEqual([]);
});
