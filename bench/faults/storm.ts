import { sleep } from '../../src/lib/time.ts';
import { Lane } from '../lane.ts';
import type { PlayerName } from '../players.ts';
import { LANE_OPTIONS } from './run-lanes.ts';

const WARM_UP_MS = 20_000;
/** A storm rages for at least this long, and until it has spent its strength, before somebody else comes. */
const RAGE_MS = 3_000;
const LONGEST_RAGE_MS = 20_000;
const QUIET_MS = 3_000;
/** A minute's worth of sends may have to pass. */
const PATIENCE_MS = 70_000;

/** A newcomer beside a storm. */
export interface JoinBesideStorm {
  /** Op 4 of the guild that storms, before the newcomer came. */
  readonly storm_op4: number;
  /** Milliseconds from `/play` to the first frame; null when none came. */
  readonly first_frame_ms: number | null;
}

/** Somebody types `/play` in one guild while every identify of another is refused. */
export async function joinBesideStorm(player: PlayerName, signal: AbortSignal): Promise<JoinBesideStorm> {
  await using lane = await Lane.start({ player, loopback: LANE_OPTIONS, signal });
  const stormy = lane.addSeat();
  await lane.player.play(stormy, lane.songUrl);
  await stormy.ears.waitFor(50, WARM_UP_MS);
  const storm = lane.loopback.faults.throw('refuse-voice', { guildId: stormy.guildId, code: 4006 });
  lane.loopback.faults.throw('close-voice', { guildId: stormy.guildId, code: 4006 });
  const sent = () => lane.loopback.gateway.sent.list(4, stormy.guildId).length;
  await spent(sent, signal);
  const storm_op4 = sent();

  const calm = lane.addSeat();
  const asked = performance.now();
  // It is the sound that tells.
  const played = lane.player.play(calm, lane.songUrl).catch(() => undefined);
  const heard = await calm.ears.waitFor(1, PATIENCE_MS).catch(() => []);
  await played;
  storm.lift();
  const [first] = heard;
  return { storm_op4, first_frame_ms: first ? Math.round(first.at - asked) : null };
}

/** Resolves when no op 4 was sent for a moment. */
async function spent(sent: () => number, signal: AbortSignal): Promise<void> {
  const end = performance.now() + LONGEST_RAGE_MS;
  await sleep(RAGE_MS, signal);
  for (let before = -1; before !== sent() && performance.now() < end;) {
    before = sent();
    await sleep(QUIET_MS, signal);
  }
}
