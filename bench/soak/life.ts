import type { Dice } from '../chaos/dice.ts';
import type { Lane, Seat } from '../lane.ts';

const ANSWER_MS = 30_000;
const SONGS_EACH = 3;

/** How many times more often people do something while a bot warms up. */
export const HURRY = 32;
/** How many times more often things go wrong then. More would use up what Discord allows, and guilds would cool down. */
export const TROUBLE = 4;

type Event = (lane: Lane, seat: Seat) => unknown;

/**
 * What people do now and then; an entry that stands there twice happens twice as often. What is added to a queue that goes round
 * stays there: somebody takes out what makes it longer than it was, more often than there is any, and so it does not grow.
 */
const DEEDS: readonly Event[] = [
  (_, { ada }) => ada.slash('skip'),
  (_, { ada }) => ada.slash('skip'),
  (lane, { ada }) => ada.slash('play', { query: lane.songUrl }),
  (_, { ada }) => ada.slash('remove', { position: SONGS_EACH }),
  (_, { ada }) => ada.slash('remove', { position: SONGS_EACH }),
  (_, { ada }) => ada.slash('pause'),
  (_, { ada }) => ada.slash('resume'),
  (_, { ada }) => ada.slash('resume'),
  (_, { ada }) => ada.slash('voicestatus'),
  (_, { ada }) => ada.slash('nowplaying'),
  (_, { ada }) => ada.slash('volume', { level: 80 }),
  (_, { ada }) => ada.slash('volume', { level: 100 }),
];

/** What goes wrong now and then. */
const FAULTS: readonly Event[] = [
  ({ loopback }, { guildId }) => loopback.faults.throw('close-voice', { guildId, code: 4006 }),
  ({ loopback }, { guildId }) => loopback.faults.throw('cut-voice', { guildId }),
  ({ loopback }, { guildId }) => loopback.faults.throw('change-voice-server', { guildId }),
  ({ loopback }) => loopback.faults.throw('gateway-reconnect', {}),
];

/** Starts music that does not end. */
export async function startMusic(lane: Lane, seats: readonly Seat[]): Promise<void> {
  for (const { ada } of seats) {
    for (let song = 0; song < SONGS_EACH; song += 1) await answered(ada.slash('play', { query: lane.songUrl }));
    await answered(ada.slash('loop', { mode: 'queue' }));
  }
}

/** Lets chance do one thing to one guild. */
export async function live(lane: Lane, seats: readonly Seat[], dice: Dice): Promise<void> {
  await happen([...DEEDS, ...FAULTS], lane, seats, dice);
}

/**
 * The same for a life in which people do `HURRY` times as much, and things go wrong `TROUBLE` times as often: what a bot
 * remembers up to a bound is soon at its bound, and V8 has compiled most of what is used.
 */
export async function hurry(lane: Lane, seats: readonly Seat[], dice: Dice): Promise<void> {
  if (dice.chance(TROUBLE / HURRY)) await live(lane, seats, dice);
  else await happen(DEEDS, lane, seats, dice);
}

async function happen(events: readonly Event[], lane: Lane, seats: readonly Seat[], dice: Dice): Promise<void> {
  try {
    await dice.pick(events)(lane, dice.pick(seats));
  } catch {
    // The fault met nothing, or the command could not be typed: that may be.
  }
}

async function answered(asked: ReturnType<Seat['ada']['slash']>): Promise<void> {
  const interaction = await asked;
  await Promise.race([interaction.answered(), new Promise((resolve) => setTimeout(resolve, ANSWER_MS).unref())]);
}
