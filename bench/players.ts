import type { SeenMessage } from '../loopback/people.ts';
import { within } from '../src/lib/time.ts';
import type { Seat } from './lane.ts';
import type { Supervised } from './supervised.ts';

const ANSWER_MS = 30_000;

/** Plays in a guild when it is asked to. */
export interface Player {
  /** Until when it is out of a channel that it was asked to leave. */
  readonly leavesWithinMs: number;
  /** Whether it hears people at all: Discord may be on its way back to it. */
  hears(seat: Seat): Promise<boolean>;
  /** Rejects with what was read when that is no success. */
  play(seat: Seat, url: string): Promise<void>;
  /** Stops and leaves, as far as it is there at all. */
  leave(seat: Seat): Promise<void>;
}

interface Kind {
  readonly file: string;
  readonly isReady: (line: string) => boolean;
  readonly drive: (program: Supervised) => Player;
}

/** The bot, whom people ask by slash commands, and the code that other bots copy, told by a line of its input. */
export const PLAYERS = {
  tenuto: {
    file: 'src/main.ts',
    isReady: (line) => line.includes('"msg":"ready"'),
    drive: () => ({
      // While a session of the main gateway is resumed nothing can be sent; one that is not confirmed is given up after 20 s.
      leavesWithinMs: 30_000,
      async hears({ ada }) {
        const answer = typed(ada, 'queue');
        return await answer.then(
          () => true,
          () => false,
        );
      },
      async play({ ada }, url) {
        const { ephemeral, content } = await typed(ada, 'play', { query: url });
        if (ephemeral) throw new Error(`/play was answered: ${content}`);
      },
      async leave({ ada }) {
        for (const command of ['stop', 'leave']) await typed(ada, command);
      },
    }),
  },
  bare: {
    file: 'bench/faults/bare-template.ts',
    isReady: (line) => line === 'ready',
    drive: (program) => ({
      leavesWithinMs: 6_000,
      hears: () => Promise.resolve(true),
      async play({ guildId, lounge }, url) {
        program.tell(JSON.stringify({ guildId, channelId: lounge, url }));
      },
      async leave({ guildId }) {
        program.tell(JSON.stringify({ guildId, channelId: null }));
      },
    }),
  },
} as const satisfies Record<string, Kind>;

export type PlayerName = keyof typeof PLAYERS;

/** Somebody types a command. Resolves with what they read, in bounded time. */
export async function typed(
  person: Seat['ada'],
  command: string,
  options: Readonly<Record<string, string | number>> = {},
): Promise<SeenMessage> {
  const answered = person.slash(command, options).then((interaction) => interaction.answered());
  return await within(ANSWER_MS, answered, () => new Error(`/${command} was not answered`));
}
