import type { Thrown } from '../../loopback/faults.ts';
import { sleep } from '../../src/lib/time.ts';
import type { Lane, Seat } from '../lane.ts';
import type { Act, Step, Throw } from './scenario.ts';

type Moment = { readonly atMs: number; readonly act: () => void };

/** Takes the steps at their times. Resolves when the last of them is taken, or lifted if it is to be lifted. */
export async function takeSteps(lane: Lane, seat: Seat, steps: readonly Step[]): Promise<void> {
  let now = 0;
  for (const { atMs, act } of moments(lane, seat, steps)) {
    if (atMs > now) await sleep(atMs - now);
    now = Math.max(now, atMs);
    act();
  }
}

function moments(lane: Lane, seat: Seat, steps: readonly Step[]): readonly Moment[] {
  return steps
    .flatMap((step): Moment[] => {
      const { atMs = 0 } = step;
      if ('person' in step) return [{ atMs, act: () => perform(seat, step) }];
      let thrown: Thrown | null = null;
      const begin = { atMs, act: () => void (thrown = throwAt(lane, seat, step)) };
      if (step.forMs === undefined) return [begin];
      return [begin, { atMs: atMs + step.forMs, act: () => thrown?.lift() }];
    })
    .toSorted((one, other) => one.atMs - other.atMs);
}

function throwAt(lane: Lane, seat: Seat, { fault, params }: Throw): Thrown {
  const thrown = lane.loopback.faults.throwByName(fault, filled(params, seat));
  if (thrown === null) throw new Error(`there is no fault ${fault}`);
  return thrown;
}

/** The parameters with the ids of this guild in place of their names. */
export function filled(params: object, ids: Pick<Seat, 'guildId' | 'lounge' | 'studio' | 'music'>): object {
  const known: Readonly<Record<string, string>> = {
    '{guild}': ids.guildId,
    '{lounge}': ids.lounge,
    '{studio}': ids.studio,
    '{music}': ids.music,
  };
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => [key, typeof value === 'string' ? (known[value] ?? value) : value]),
  );
}

function perform(seat: Seat, { person, does, where = 'Lounge' }: Act): void {
  const who = person === 'ada' ? seat.ada : seat.another(person);
  if (does === 'leave') who.leave();
  else who[does](where);
}
