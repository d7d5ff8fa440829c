import type { Dice } from '../chaos/dice.ts';
import type { Model } from './model.ts';
import type { World } from './world.ts';

export type Options = Readonly<Record<string, string | number | boolean>>;

/** A command as it is typed, what it does, and the part of the answer that says so. */
export interface Deed {
  readonly command: string;
  readonly options: Options;
  readonly change: (world: World) => World;
  /** What is true when it has been done in part. */
  readonly partly?: (world: World) => World;
  readonly says: (before: World, after: World) => string;
  /** It makes a track play from its beginning. */
  readonly begins: boolean;
}

/** What a person can know who decides what to do next. */
export interface Situation {
  readonly world: World;
  readonly model: Model;
  readonly dice: Dice;
  /** All there are. */
  readonly titles: readonly string[];
}

/** A kind of deed. */
export interface Row {
  /** How often, relative to the others. */
  readonly weight: (world: World) => number;
  readonly make: (situation: Situation) => Omit<Deed, 'command' | 'begins'> & { readonly begins?: boolean };
}

export const plays = ({ current }: World): boolean => current !== null;
export const whilePlaying = (weight: number) => (world: World) => (plays(world) ? weight : 0);
