import { until } from '../../loopback/until.ts';
import type { Lane, Seat } from '../lane.ts';

/** A second of the song. */
const FRAMES = 50;
const WARM_UP_MS = 20_000;
const AT_ONCE_MS = 2_000;
const STARTS = 3;
/** Each takes the three seconds that Discord waits for an answer. */
const HEARINGS = 10;
const LAST_LINES = 15;

/** A fresh guild in which the song is heard. A program that does not play any more after the last scenario is started again. */
export async function playing(lane: Lane, frames: number): Promise<Seat> {
  for (let start = 1; ; start += 1) {
    const seat = lane.addSeat();
    // What the last scenario did to the main gateway or to REST is not what this one is about.
    for (let time = 0; time < HEARINGS && lane.program.running; time += 1) if (await lane.player.hears(seat)) break;
    try {
      await lane.player.play(seat, lane.songUrl);
      await seat.ears.waitFor(frames, WARM_UP_MS);
      return seat;
    } catch (error) {
      if (start === STARTS) throw error;
      await cleared(lane, seat);
      await lane.restart(`it did not play: ${String(error)}`);
    }
  }
}

/** Plays a moment of a song with nothing wrong. */
export async function warmUp(lane: Lane): Promise<void> {
  await cleared(lane, await playing(lane, FRAMES));
}

/** Resolves when the player is out of the guild, and a running one is there. One that does not leave is started again. */
export async function cleared(lane: Lane, seat: Seat): Promise<void> {
  const { world, application } = lane.loopback;
  const botId = application.bot.id;
  const guild = () => world.guilds.get(seat.guildId);
  const place = () => guild()?.voiceStates.get(botId)?.channelId;
  const isOut = () => place() === undefined;
  const ask = async (patienceMs: number) => {
    if (guild()?.members.has(botId)) await lane.player.leave(seat).catch(() => undefined);
    await until('the player to leave', isOut, patienceMs);
  };
  // It obeys those who are where it is, or believes to be: a scenario may have taken the one away from the other.
  const follow = () => {
    const where = guild()?.channels.get(place() ?? '');
    if (where && guild()?.voiceStates.get(seat.ada.id)?.channelId !== where.id) seat.ada.join(where.name);
  };
  const leave = async () => {
    await ask(AT_ONCE_MS).catch(async () => {
      follow();
      await ask(lane.player.leavesWithinMs);
    });
  };
  const restart = async (why: string) => {
    const said = lane.program.said(seat.guildId).slice(-LAST_LINES);
    const places = `it is in ${place()}, and ${seat.ada.name} in ${guild()?.voiceStates.get(seat.ada.id)?.channelId}`;
    // With nobody to play to, the new one does not go on here.
    if (guild()) seat.ada.leave();
    await lane.restart([`${why}; ${places}`, ...said].join('\n'));
  };
  // The place of a process that has died is nobody's.
  const vacate = () => void (isOut() || world.setVoiceState(seat.guildId, botId, null));
  if (!lane.program.running) await restart('it had ended').then(vacate);
  await leave().catch((error: unknown) => restart(`it did not leave: ${String(error)}`).then(vacate));
  if (guild()) seat.ada.leave();
  seat.ears.clear();
}
