import type { Dice } from '../chaos/dice.ts';
import type { Lane, Seat } from '../lane.ts';

const ANSWER_MS = 30_000;
const SONGS_EACH = 3;

type Event = (lane: Lane, seat: Seat) => unknown;

/** What happens to a guild now and then; an entry that stands there twice happens twice as often. */
const EVENTS: readonly Event[] = [
  (_, { ada }) => ada.slash('skip'),
  (_, { ada }) => ada.slash('skip'),
  (lane, { ada }) => ada.slash('play', { query: lane.songUrl }),
  (_, { ada }) => ada.slash('pause'),
  (_, { ada }) => ada.slash('resume'),
  (_, { ada }) => ada.slash('resume'),
  (_, { ada }) => ada.slash('voicestatus'),
  (_, { ada }) => ada.slash('nowplaying'),
  (_, { ada }) => ada.slash('volume', { level: 80 }),
  (_, { ada }) => ada.slash('volume', { level: 100 }),
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
  try {
    await dice.pick(EVENTS)(lane, dice.pick(seats));
  } catch {
    // The fault met nothing, or the command could not be typed: that may be.
  }
}

async function answered(asked: ReturnType<Seat['ada']['slash']>): Promise<void> {
  const interaction = await asked;
  await Promise.race([interaction.answered(), new Promise((resolve) => setTimeout(resolve, ANSWER_MS).unref())]);
}
