import type { FaultTargets, Lift } from '../fault-row.ts';
import type { Consequences } from '../gateway/voice-door.ts';
import type { VoiceEvent } from '../voice/voice-service.ts';
import type { WorldChange } from '../world.ts';
import { hit } from './parameters.ts';

type Flag = 'serverMute' | 'serverDeaf' | 'selfDeaf';
/** Something that happens to someone in a guild. */
type Happening = { readonly guildId: string | null; readonly userId: string | null };

const stateOf = ({ world, botId }: FaultTargets, guildId: string) => world.guilds.get(guildId)?.voiceStates.get(botId);

/** Someone disconnects the bot, which must be in voice. */
export function disconnect(targets: FaultTargets, guildId: string): void {
  hit(stateOf(targets, guildId) !== undefined);
  targets.world.setVoiceState(guildId, targets.botId, null);
}

/** Someone drags the bot, which must be in voice, into a channel. */
export function move(targets: FaultTargets, guildId: string, channelId: string): void {
  hit(stateOf(targets, guildId) !== undefined);
  targets.world.moveMember(guildId, targets.botId, channelId);
}

/** Turns one of the bot's flags over, and back when lifted. Nobody mutes or deafens whom somebody has muted or deafened. */
export function flag(targets: FaultTargets, guildId: string, name: Flag): Lift {
  const { world, botId } = targets;
  const before = stateOf(targets, guildId)?.[name];
  hit(name === 'selfDeaf' ? before !== undefined : before === false);
  world.setVoiceState(guildId, botId, { [name]: !before });
  return () => {
    if (stateOf(targets, guildId)) world.setVoiceState(guildId, botId, { [name]: before });
  };
}

/** Does something of which the bot gets to know less, or in another way, than usual. */
export function telling({ gateway: { door } }: FaultTargets, changed: Partial<Consequences>, act: () => void): void {
  const { consequences } = door.rules;
  const lift = consequences.lay({ ...consequences.value, ...changed });
  try {
    act();
  } finally {
    lift();
  }
}

/** Drags the bot away and back again until it was moved so many times, is out of voice, or the fault is lifted. */
export function dragToAndFro(
  targets: FaultTargets,
  params: { readonly guildId: string; readonly channelId: string; readonly times: number; readonly everyMs: number },
): Lift {
  const { guildId, channelId, times, everyMs } = params;
  const home = stateOf(targets, guildId)?.channelId;
  let left = times;
  const drag = (): void => {
    const here = stateOf(targets, guildId)?.channelId;
    if (left === 0 || here === undefined || home === undefined) return clearInterval(timer);
    left -= 1;
    move(targets, guildId, here === channelId ? home : channelId);
  };
  const timer = setInterval(() => quietly(drag), everyMs).unref();
  hit(home !== undefined && home !== channelId);
  drag();
  return () => clearInterval(timer);
}

/** Where on a bot's way back into voice something happens to it: each watches for the point, and returns what ends the watch. */
const POINTS = {
  close: (_targets, _isItsOwn, met) => {
    met();
    return () => undefined;
  },
  join({ world }, isItsOwn, met) {
    const look = (change: WorldChange): void => {
      if (change.type === 'voice-state' && change.state !== null && isItsOwn(change)) met();
    };
    world.on('change', look);
    return () => world.off('change', look);
  },
  identify({ voice }, isItsOwn, met) {
    const look = (event: VoiceEvent): void => {
      if (event.what === 'identified' && isItsOwn(event)) met();
    };
    voice.events.on('event', look);
    return () => voice.events.off('event', look);
  },
} as const satisfies Record<
  string,
  (targets: FaultTargets, isItsOwn: (happening: Happening) => boolean, met: () => void) => Lift
>;

/** Closes the bot's voice connection with 4006 and acts, once, at that point of its way back. */
export function recovering(targets: FaultTargets, guildId: string, at: keyof typeof POINTS, act: () => void): Lift {
  const { voice, botId } = targets;
  hit(voice.faults.closeVoice(guildId, botId, 4006));
  let isOver = false;
  return POINTS[at](
    targets,
    (happening) => happening.guildId === guildId && happening.userId === botId,
    () => {
      if (isOver) return;
      isOver = true;
      // What was met is answered first.
      if (at === 'close') act();
      else setImmediate(() => quietly(act));
    },
  );
}

/** What was to happen to the bot may have become impossible meanwhile, and then does not happen. */
function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // Nobody is there to be told.
  }
}
