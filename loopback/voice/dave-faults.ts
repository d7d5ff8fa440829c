import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import type { DaveGroup } from './dave.ts';
import type { House } from './house.ts';
import { uint16 } from './mls-wire.ts';
import type { Switches } from './switches.ts';

/** What can be said to a member of a call in Discord's name, and what can be made to go wrong with end-to-end encryption. */
export interface DaveFaults {
  /** Tells the member something, numbered like everything that is said to it. False when it has no session. */
  tell(guildId: string, userId: string, op: number, d: unknown): boolean;
  /** The same as a binary message. */
  tellBinary(guildId: string, userId: string, op: number, payload: Uint8Array): boolean;
  /** Op 29 or 30 with what cannot be followed; that the member says so in op 31 is not its mistake. */
  mislead(guildId: string, userId: string, what: 'commit' | 'welcome', transition: number, payload: Buffer): boolean;
  /** The group of the channel that the member is connected to; null without a session or encryption there. */
  group(guildId: string, userId: string): DaveGroup | null;
  /** No transition is executed until lifted. */
  holdTransitions(): () => void;
  /** Identifies that do not offer this version are closed with 4017 until lifted. */
  demandVersion(version: number): () => void;
}

export function daveFaults(house: House, switches: Switches): DaveFaults {
  const tellBinary = (guildId: string, userId: string, op: number, payload: Uint8Array): boolean => {
    const session = house.session(guildId, userId);
    session?.tellBinary(op, payload);
    return session !== undefined;
  };
  return {
    tell(guildId, userId, op, d) {
      const session = house.session(guildId, userId);
      session?.tell(op, d);
      return session !== undefined;
    },
    tellBinary,
    mislead(guildId, userId, what, transition, payload) {
      house.session(guildId, userId)?.misledAbout.add(transition);
      const op = what === 'commit' ? VoiceOpcodes.DaveMlsAnnounceCommitTransition : VoiceOpcodes.DaveMlsWelcome;
      return tellBinary(guildId, userId, op, Buffer.concat([uint16(transition), payload]));
    },
    group(guildId, userId) {
      const session = house.session(guildId, userId);
      return (session && house.room(session)?.dave) ?? null;
    },
    holdTransitions: () => switches.transitionsAreHeld.lay(true),
    demandVersion: (version) => switches.demandedDave.lay(version),
  };
}
