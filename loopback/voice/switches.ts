import { Setting } from '../setting.ts';
import { Traps } from '../traps.ts';
import type { Told, Trick } from './tricks.ts';

/** Someone who wants to connect. */
export interface Caller {
  readonly asks: 'identify' | 'resume';
  readonly guildId: string;
}

/** The faults of signalling that are in force now. */
export class Switches {
  /** The close codes that identifies and resumes meet. */
  readonly refusals = new Traps<Caller, number>();
  /** What happens to messages on their way to clients. */
  readonly tricks = new Traps<Told, Trick>();
  /** While it is true, no transition of DAVE is executed. */
  readonly transitionsAreHeld = new Setting(false);
  /** The version of DAVE that clients must offer, over that which is spoken. */
  readonly demandedDave = new Setting(0);
}
