import { GatewayDispatchEvents, GatewayOpcodes } from 'discord-api-types/v10';
import { z } from 'zod';
import type { Connection } from './connection.ts';
import type { GatewaySession } from './session.ts';

/** What the opcodes do; the gateway implements it. */
export interface Commands {
  heartbeat(connection: Connection): void;
  identify(connection: Connection, d: unknown): void;
  resume(connection: Connection, d: unknown): void;
  voiceState(session: GatewaySession, d: unknown): void;
  guildMembers(session: GatewaySession, d: unknown): void;
}

/** One opcode that clients may send, by when it is allowed. */
export type OpcodeRow =
  | { readonly when: 'always' | 'before-session'; run(commands: Commands, connection: Connection, d: unknown): void }
  | { readonly when: 'in-session'; run(commands: Commands, session: GatewaySession, d: unknown): void };

/** As the number of the last event, or null before the first: https://discord.com/developers/docs/events/gateway-events#heartbeat */
const Heartbeat = z.int().min(0).nullable();
const SoundboardRequest = z.object({ guild_ids: z.array(z.string()) });

const Presence = z.object({
  since: z.number().nullable(),
  activities: z.array(z.unknown()),
  status: z.enum(['online', 'dnd', 'idle', 'invisible', 'offline']),
  afk: z.boolean(),
});

/** Every opcode that a client may send; any other, and a payload that does not fit, closes with 4001. */
export const OPCODES: Readonly<Partial<Record<number, OpcodeRow>>> = {
  [GatewayOpcodes.Heartbeat]: {
    when: 'always',
    run: (commands, connection, d) => {
      Heartbeat.parse(d);
      commands.heartbeat(connection);
    },
  },
  [GatewayOpcodes.Identify]: {
    when: 'before-session',
    run: (commands, connection, d) => commands.identify(connection, d),
  },
  [GatewayOpcodes.Resume]: { when: 'before-session', run: (commands, connection, d) => commands.resume(connection, d) },
  [GatewayOpcodes.VoiceStateUpdate]: {
    when: 'in-session',
    run: (commands, session, d) => commands.voiceState(session, d),
  },
  [GatewayOpcodes.RequestGuildMembers]: {
    when: 'in-session',
    run: (commands, session, d) => commands.guildMembers(session, d),
  },
  [GatewayOpcodes.PresenceUpdate]: { when: 'in-session', run: (_commands, _session, d) => void Presence.parse(d) },
  [GatewayOpcodes.RequestSoundboardSounds]: {
    when: 'in-session',
    run: (_commands, session, d) => {
      const known = SoundboardRequest.parse(d).guild_ids.filter((id) => session.guilds.has(id));
      for (const guild_id of known) {
        session.dispatch(GatewayDispatchEvents.SoundboardSounds, { guild_id, soundboard_sounds: [] });
      }
    },
  },
};
