import { agrees, inWords, learnt, type Seen } from './seen.ts';
import { EMPTY_WORLD, ended, grown, maySeek, UNKNOWN, type Entry, type World } from './world.ts';

/** What a command does to a world. */
export type Change = (world: World) => World;

/** A track this close to its end may have come to it: where it is, is known from its start and the clock alone. */
const MARGIN_MS = 3_000;
/** So soon after the end of the last track autoplay has found something. */
const SEEKING_MS = 10_000;

/** What is wrong with what was found, in words, and how much of what people were told is gone. */
export interface Wrong {
  readonly lost: number;
  readonly words: string;
}

/**
 * What one guild was told, as all the worlds that this leaves possible. An answered command has happened; one that was under way
 * when the bot died may have happened or not, until somebody looks.
 */
export class Model {
  readonly #songMs: number;
  #worlds: readonly World[] = [EMPTY_WORLD];
  /** How things stood before each answered command since somebody last looked, the oldest first. */
  #told: { readonly words: string; readonly before: readonly World[] }[] = [];
  #entries = 0;
  #acknowledged = 0;

  constructor(songMs: number) {
    this.#songMs = songMs;
  }

  /** The one world there is, or null while there are several or nobody has looked at what the bot has chosen. */
  get certain(): World | null {
    const [world, other] = this.#late();
    if (world === undefined || other !== undefined || world.mixed) return null;
    const { current, upcoming, since } = world;
    const seeking = current === null && maySeek(world) && performance.now() - since < SEEKING_MS;
    const strange = [current, ...upcoming].some((entry) => entry?.title === UNKNOWN);
    return seeking || strange ? null : world;
  }

  /** Commands that changed something and were answered. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** A track that was just asked for. */
  entry(title: string): Entry {
    this.#entries += 1;
    return { number: this.#entries, title };
  }

  /** A command was answered: it has happened, as `says` reads in the answer; what is returned is wrong with it. */
  answered(words: string, change: Change, says: (before: World, after: World) => boolean): Wrong | null {
    const before = this.#now();
    const possible = before.flatMap((world) => {
      const after = change(world);
      return says(world, after) ? [after] : [];
    });
    this.#acknowledged += 1;
    this.#told.push({ words, before });
    if (possible.length > 0) {
      this.#worlds = unalike(possible);
      return null;
    }
    this.#worlds = before.map(change);
    return { lost: 0, words: `${words}: that is no answer where ${before.map(inWords).join(' | ')}` };
  }

  /** A command was under way when the bot died, or nobody could tell what became of it: any of its steps may have been done. */
  doubtful(...steps: readonly Change[]): void {
    this.#worlds = this.#now().flatMap((world) => [world, ...steps.map((step) => step(world))]);
  }

  /** Somebody has looked. What cannot be is told, and then believed. */
  look(seen: Seen): Wrong | null {
    const worlds = this.#now();
    const possible = worlds.filter((world) => agrees(world, seen)).map((world) => learnt(world, seen));
    const told = this.#told;
    this.#told = [];
    if (possible.length > 0) {
      // In the file everything is to be seen: what is the same there is the same.
      const file = seen.undoable !== undefined;
      // The next process does not know how the queue ended.
      this.#worlds = file ? possible.slice(0, 1).map((world) => ({ ...world, over: false })) : unalike(possible);
      return null;
    }
    this.#believe(seen);
    const since = told.findLastIndex(({ before }) => before.some((world) => agrees(world, seen)));
    const lost = since === -1 ? [] : told.slice(since).map(({ words }) => words);
    const expected = worlds.map(inWords).join('\n    or ');
    const missing = lost.length === 0 ? '' : `\n  as it was before: ${lost.join(', ')}`;
    return { lost: lost.length, words: `found    ${inWords(seen)}\n  expected ${expected}${missing}` };
  }

  /** The worlds at this moment: autoplay may have found something before a track ended, and after. */
  #now(): readonly World[] {
    const found = (world: World) => grown(world, () => ({ ...this.entry(UNKNOWN), byItself: true }));
    return this.#late(this.#worlds.flatMap(found)).flatMap(found);
  }

  /** A track that may have ended may have made way for the next. */
  #late(worlds = this.#worlds): readonly World[] {
    const late = performance.now() - this.#songMs + MARGIN_MS;
    const over = worlds.filter(({ current, since }) => current !== null && since <= late);
    return [...worlds, ...over.flatMap(ended)];
  }

  #believe(seen: Seen): void {
    const entry = (title: string) => this.entry(title);
    const {
      loop = 'off',
      volume = 100,
      paused = false,
      undoable = null,
      filters = '',
      normalise = 'off',
      autoplay = false,
    } = seen;
    this.#worlds = [
      {
        ...EMPTY_WORLD,
        current: seen.current === null ? null : entry(seen.current),
        upcoming: seen.upcoming.map(entry),
        history: (seen.history ?? []).map(entry),
        loop,
        volume,
        filters,
        normalise,
        autoplay,
        paused,
        undoable: undoable === null ? null : { what: 'clear', upcoming: undoable.map(entry), turned: [] },
        since: performance.now(),
      },
    ];
  }
}

/** Of worlds that differ in nothing but in when, and how often, something unknown was found: the first. */
function unalike(worlds: readonly World[]): readonly World[] {
  const content = (world: World) =>
    JSON.stringify(world, (key, value: unknown) => (key === 'number' || key === 'since' ? undefined : value));
  return [...new Map(worlds.toReversed().map((world) => [content(world), world])).values()].toReversed();
}
