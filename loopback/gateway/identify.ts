import { GatewayCloseCodes } from 'discord-api-types/v10';
import { z } from 'zod';
import type { World, WorldApplication } from '../world.ts';
import { CloseWith } from './connection.ts';
import { judgeIntents } from './intents.ts';

const Identify = z.object({
  token: z.string(),
  intents: z.unknown().optional(),
  shard: z.tuple([z.number().int(), z.number().int()]).default([0, 1]),
  properties: z.record(z.string(), z.unknown()),
  compress: z.boolean().optional(),
  large_threshold: z.number().int().min(50).max(250).default(50),
  presence: z.unknown().optional(),
});

/** What an identify that is in order says. */
export interface Identity {
  readonly application: WorldApplication;
  readonly intents: number;
  readonly shard: readonly [id: number, count: number];
  /** Guilds with more members than this come without those who are offline. */
  readonly largeThreshold: number;
}

/** The application of a token; closes with 4004 when there is none. */
export function authenticate(world: World, token: string): WorldApplication {
  const bare = token.replace(/^Bot /, '');
  for (const application of world.applications.values()) if (application.token === bare) return application;
  throw new CloseWith(GatewayCloseCodes.AuthenticationFailed, 'Authentication failed.');
}

/** Op 2, checked in Discord's order: token, shard, intents. `privileged` are the intents the application was allowed. */
export function identity(world: World, d: unknown, privileged: number): Identity {
  const { token, shard, intents, large_threshold: largeThreshold } = Identify.parse(d);
  const application = authenticate(world, token);
  const [id, count] = shard;
  if (count < 1 || id < 0 || id >= count) throw new CloseWith(GatewayCloseCodes.InvalidShard, 'Invalid shard.');
  const verdict = judgeIntents(intents, privileged);
  if (verdict === 'disallowed') throw new CloseWith(GatewayCloseCodes.DisallowedIntents, 'Disallowed intent(s).');
  if (verdict === 'invalid' || typeof intents !== 'number') {
    throw new CloseWith(GatewayCloseCodes.InvalidIntents, 'Invalid intent(s).');
  }
  return { application, intents, shard, largeThreshold };
}
