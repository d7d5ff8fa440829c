/** What is done to one datagram: `onward` is called once, more than once, or later; or else `lose`. */
export type Impairment = (onward: () => void, lose: () => void) => void;

/** In: from clients. */
export type Direction = 'in' | 'out' | 'both';

/** Where an impairment is in force. */
export interface Front {
  readonly direction: Direction;
  /** Left out: in all guilds, and for datagrams that belong to none. */
  readonly guildId?: string;
  /** Each direction of each guild gets its own: what befalls one does not depend on how the others are mixed with it. */
  readonly impairment: () => Impairment;
}

/** The network between clients and voice servers: perfect, but for what faults lay over it. */
export class Weather {
  readonly #fronts = new Map<Front, Map<string, Impairment>>();
  #lost = 0;

  /** How many datagrams from clients were lost. */
  get lost(): number {
    return this.#lost;
  }

  /** A datagram of a guild, or of none, goes through everything that is in force, the oldest first. */
  pass(direction: 'in' | 'out', guildId: string | null, onward: () => void): void {
    const lane = `${direction} ${guildId}`;
    const lose = () => void (direction === 'in' && (this.#lost += 1));
    [...this.#fronts]
      .filter(([front]) => front.direction === 'both' || front.direction === direction)
      .filter(([front]) => front.guildId === undefined || front.guildId === guildId)
      .reduceRight((next, [{ impairment }, lanes]) => {
        const impair = lanes.get(lane) ?? impairment();
        lanes.set(lane, impair);
        return () => impair(next, lose);
      }, onward)();
  }

  /** Is in force until the returned function is called. */
  lay(front: Front): () => void {
    const laid = { ...front };
    this.#fronts.set(laid, new Map());
    return () => void this.#fronts.delete(laid);
  }
}
