/** What came of a vote: how many want it, how many must, and whether that is enough. */
export interface VoteCount {
  readonly votes: number;
  readonly needed: number;
  readonly passed: boolean;
}

/** How many of these listeners must want it: at least one, whatever the ratio in percent. */
const neededOf = (listeners: number, ratio: number): number => Math.max(1, Math.ceil((listeners * ratio) / 100));

/** SkipVotes: who wants which entry skipped. One ballot a guild, about what plays now, of those who are in the channel now. */
export class SkipVotes {
  readonly #ballots = new Map<string, { readonly entryId: string; readonly voters: ReadonlySet<string> }>();

  /**
   * Counts a person's vote beside those of the people who are still `present`; who has left takes the vote along, and another
   * entry begins another ballot. A ballot that has passed is over.
   */
  cast(guildId: string, entryId: string, userId: string, present: readonly string[], ratio: number): VoteCount {
    const ballot = this.#ballots.get(guildId);
    const earlier = ballot?.entryId === entryId ? ballot.voters : new Set<string>();
    const voters = new Set([...earlier, userId]).intersection(new Set(present));
    const needed = neededOf(present.length, ratio);
    const passed = voters.size >= needed;
    if (passed) this.#ballots.delete(guildId);
    else this.#ballots.set(guildId, { entryId, voters });
    return { votes: voters.size, needed, passed };
  }

  forget(guildId: string): void {
    this.#ballots.delete(guildId);
  }
}
