import { Setting } from '../setting.ts';
import { Traps } from '../traps.ts';
import type { EventTrick, Told } from './event-tricks.ts';

/** The faults of the main gateway that are in force now. */
export class GatewaySwitches {
  /** While true every new connection is cut at once. */
  readonly down = new Setting(false);
  /** While true heartbeats are not acknowledged. */
  readonly silent = new Setting(false);
  /** How long an identify waits for READY. */
  readonly readyDelayMs = new Setting(0);
  /** The close codes that identifies and resumes meet. */
  readonly refusals = new Traps<null, number>();
  /** What happens to events on their way to bots. */
  readonly tricks = new Traps<Told, EventTrick>();
}
