import { AsyncLocalStorage } from 'node:async_hooks';
import type { DiscordGatewayAdapterCreator } from '@discordjs/voice';

// A constant of the process as its timers and sockets are: node hands it from each to what follows from it.
const context = new AsyncLocalStorage<string>();

/** Acts for a guild: all that follows, in whatever timer or socket, can be told to be its doing. */
export function inGuild<T>(guildId: string, act: () => T): T {
  return context.run(guildId, act);
}

/** The guild for which what runs now runs, also in the handler of an uncaught exception; null when it is for none. */
export function guildInContext(): string | null {
  return context.getStore() ?? null;
}

/** The same adapter, with what the library makes of Discord's events (the sockets above all) done for the guild. */
export function actingFor(guildId: string, create: DiscordGatewayAdapterCreator): DiscordGatewayAdapterCreator {
  return (library) =>
    create({
      onVoiceServerUpdate: (data) => inGuild(guildId, () => library.onVoiceServerUpdate(data)),
      onVoiceStateUpdate: (data) => inGuild(guildId, () => library.onVoiceStateUpdate(data)),
      destroy: () => inGuild(guildId, () => library.destroy()),
    });
}
