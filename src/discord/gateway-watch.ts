import { Events, type Client } from 'discord.js';
import type { Logger } from 'pino';

/** A resumed session is confirmed within a round trip and the replay of what was missed. */
const CONFIRM_WITHIN_MS = 20_000;
/** `WebSocketShardStatus.Resuming` of @discordjs/ws 1.2.3, and its `WebSocketShardDestroyRecovery.Reconnect`: identify anew. */
const RESUMING = 2;
const IDENTIFY_ANEW = 0;

/** What of @discordjs/ws 1.2.3 is private in the declarations of discord.js only. */
interface Privates {
  readonly _ws: {
    fetchStatus(): Promise<ReadonlyMap<number, number>>;
    readonly strategy: {
      readonly shards: ReadonlyMap<number, { destroy(how: { recover: number; reason: string }): Promise<void> }>;
    };
  };
}

/**
 * Gives a resumed session up that Discord does not confirm: @discordjs/ws has no deadline for RESUMED, and holds every
 * message back, leaving voice too, until it comes.
 */
export function watchResumes(client: Client, log: Logger, confirmWithinMs = CONFIRM_WITHIN_MS): void {
  const waits = new Map<number, NodeJS.Timeout>();
  const settle = (shardId: number) => {
    clearTimeout(waits.get(shardId));
    waits.delete(shardId);
  };
  const look = async (shardId: number) => {
    const manager = (client.ws as unknown as Privates)._ws;
    // Else it is not connected yet, and tries that by itself.
    if ((await manager.fetchStatus()).get(shardId) !== RESUMING) return wait(shardId);
    log.warn({ shardId }, 'a resumed gateway session was not confirmed, so a new one is made');
    await manager.strategy.shards.get(shardId)?.destroy({ recover: IDENTIFY_ANEW, reason: 'RESUMED did not come' });
  };
  const wait = (shardId: number) => {
    settle(shardId);
    const report = (error: unknown) => log.error({ error, shardId }, 'the gateway session could not be looked at');
    waits.set(shardId, setTimeout(() => void look(shardId).catch(report), confirmWithinMs).unref());
  };
  client.on(Events.ShardReconnecting, wait);
  client.on(Events.ShardReady, settle);
  client.on(Events.ShardResume, settle);
  client.on(Events.ShardDisconnect, (_, shardId) => settle(shardId));
}
