import { randomUUID } from 'node:crypto';
import { CloseWith } from './close-with.ts';
import type { Identify } from './messages.ts';
import type { SessionOwner } from './session.ts';

type Member = Pick<SessionOwner, 'guildId' | 'userId'>;

/** One member of one guild as a key. */
export const memberKey = ({ guildId, userId }: Member): string => `${guildId}:${userId}`;

/** Who may connect, and with which token. */
export class Admissions {
  readonly #owners = new Map<string, SessionOwner>();
  /** Every token that anyone ever had: a client that uses an old one was overtaken, one with another invented it. */
  readonly #given = new Set<string>();

  /** Returns the member's new token; an earlier one is void. */
  admit(member: Omit<SessionOwner, 'token'>): string {
    const token = randomUUID().replaceAll('-', '');
    this.#owners.set(memberKey(member), { ...member, token });
    this.#given.add(`${memberKey(member)}:${token}`);
    return token;
  }

  revoke(member: Member): void {
    this.#owners.delete(memberKey(member));
  }

  /** True when this is still what the member is to connect with. */
  stands(owner: SessionOwner): boolean {
    return this.#owners.get(memberKey(owner))?.token === owner.token;
  }

  /** Whose identify this is. */
  ownerOf({ server_id: guildId, user_id: userId, session_id: sessionId, token }: Identify): SessionOwner {
    const overtaken = this.#given.has(`${memberKey({ guildId, userId })}:${token}`);
    const invented = overtaken ? null : 'identified with a token that it was not given';
    if (![...this.#owners.values()].some((owner) => owner.guildId === guildId)) throw new CloseWith(4011, invented);
    const owner = this.#owners.get(memberKey({ guildId, userId }));
    if (owner?.token !== token) throw new CloseWith(4004, invented);
    if (owner.sessionId !== sessionId) throw new CloseWith(4006);
    return owner;
  }
}
