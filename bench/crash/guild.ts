import type { Loopback } from '../../loopback/index.ts';
import type { Interaction, Person, SeenMessage } from '../../loopback/people.ts';
import type { WorldGuild } from '../../loopback/world.ts';
import { sleep, within } from '../../src/lib/time.ts';
import { Dice } from '../chaos/dice.ts';
import type { Deed, Options } from './deed.ts';
import { draw } from './deeds.ts';
import { Listener } from './listener.ts';
import { Model, type Wrong } from './model.ts';
import { UNKNOWN } from './world.ts';
import type { Music } from './music.ts';
import { lookAtAll, lookAtQueue } from './view.ts';

const ANSWER_MS = 20_000;
const SHORTEST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 300;
/** Nothing was done, and the person was told so. */
const REFUSED =
  /^(I am just starting|I am restarting|I could not save that|I cannot reach|I am still reading the music library)/;
/** Nobody can say what became of it; who cannot be joined may still have been told to go on. */
const UNTOLD = /^(Discord did not take|That took too long|Something broke|I could not join)/;
/** So many of the last commands are told with what is wrong. */
const RECENT = 8;

interface UnderWay {
  readonly deed: Deed;
  readonly interaction: Interaction;
}

/** A guild with one person in its Lounge, who listens and types one command after the other. */
export class Guild {
  readonly number: number;
  readonly id: string;
  readonly model: Model;
  readonly listener: Listener;
  /** What is wrong with what the person was told, since this was asked last. */
  readonly #wrong: Wrong[] = [];
  readonly #person: Person;
  readonly #dice: Dice;
  readonly #music: Music;
  readonly #recent: string[] = [];
  #underWay: UnderWay | null = null;
  #commands = 0;
  #refused = 0;
  #interrupted = 0;

  constructor(
    number: number,
    seed: number,
    guild: WorldGuild,
    { loopback, music }: { loopback: Loopback; music: Music },
  ) {
    this.number = number;
    this.id = guild.id;
    this.#music = music;
    this.#dice = new Dice(seed * 1_000 + number);
    this.#person = loopback.user(`ada-${number}`, guild);
    this.#person.join('Lounge');
    this.model = new Model(music.songMs);
    this.listener = new Listener(loopback.ears(this.#person.name), music.book);
  }

  /** Commands that were typed, those of them that were refused because the bot was not there yet, and those that a kill fell into. */
  get figures() {
    return { commands: this.#commands, refused: this.#refused, interrupted: this.#interrupted };
  }

  /** True when music must be heard; null when nobody can know. */
  get sounds(): boolean | null {
    const world = this.model.certain;
    return world && world.current !== null && !world.paused;
  }

  /** The song of what plays, at a loudness at which it can be recognised. */
  get song(): string | null {
    const world = this.model.certain;
    const plain = world?.volume === 100 && world.filters === '' && world.normalise === 'off';
    return plain && world.current !== null ? this.#music.songOf(world.current.title) : null;
  }

  /** Types one command after the other until the bot is dead. Rejects when an answer does not come, or `signal` is aborted. */
  async act(signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(this.#dice.between(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS), signal);
      const world = this.model.certain;
      if (world === null) this.#found(await lookAtQueue(this.#asking(signal)));
      else await this.#do(draw({ world, model: this.model, dice: this.#dice, titles: this.#music.titles }), signal);
    }
  }

  /** Looks at everything there is to be seen. */
  async look(signal: AbortSignal): Promise<void> {
    const seen = await lookAtAll(this.#asking(signal), () => this.#person.sees('music'));
    this.#found(seen);
  }

  /** The bot is dead: what became of the command that was under way? */
  settle(): void {
    const underWay = this.#underWay;
    this.#underWay = null;
    if (underWay !== null) {
      const { status, message } = underWay.interaction.outcome;
      if (status === 'answered' && message !== null) this.#told(underWay.deed, message);
      else {
        this.#interrupted += 1;
        this.model.doubtful(...stepsOf(underWay.deed));
      }
    }
    this.listener.died();
  }

  /** What was answered last, in words. */
  get recent(): readonly string[] {
    return this.#recent;
  }

  /** What was wrong since this was asked last. */
  takeWrong(): readonly Wrong[] {
    return this.#wrong.splice(0);
  }

  async #do(deed: Deed, signal: AbortSignal): Promise<void> {
    if (deed.begins) this.listener.begins();
    const interaction = await this.#type(deed.command, deed.options);
    this.#underWay = { deed, interaction };
    const message = await this.#answer(deed.command, interaction, signal);
    this.#underWay = null;
    this.#told(deed, message);
  }

  #told(deed: Deed, { content }: SeenMessage): void {
    const words = `/${deed.command} ${JSON.stringify(deed.options)} -> ${content}`;
    this.#recent.push(words);
    if (this.#recent.length > RECENT) this.#recent.shift();
    if (REFUSED.test(content)) this.#refused += 1;
    else if (UNTOLD.test(content)) this.model.doubtful(...stepsOf(deed));
    else {
      const says = (...worlds: Parameters<Deed['says']>) => reads(content, deed.says(...worlds));
      this.#note(this.model.answered(words, deed.change, says));
    }
    // Asked for while the answer was on its way, the track may have begun before.
    if (deed.begins) this.listener.begins();
  }

  #found(seen: Parameters<Model['look']>[0]): void {
    this.#note(this.model.look(seen));
  }

  #note(wrong: Wrong | null): void {
    if (wrong !== null) this.#wrong.push(wrong);
  }

  #asking(signal: AbortSignal) {
    return async (command: string, options: Options = {}) =>
      await this.#answer(command, await this.#type(command, options), signal);
  }

  async #type(command: string, options: Options): Promise<Interaction> {
    this.#commands += 1;
    return await this.#person.slash(command, options);
  }

  async #answer(command: string, interaction: Interaction, signal: AbortSignal): Promise<SeenMessage> {
    const late = () => new Error(`guild ${this.number}: no answer to /${command}`);
    return await within(ANSWER_MS, interaction.answered(), late, signal);
  }
}

const stepsOf = ({ change, partly }: Deed) => (partly === undefined ? [change] : [partly, change]);

/** Whether an answer says this, whatever autoplay found. */
function reads(content: string, said: string): boolean {
  const [begins = '', ends = ''] = said.split(UNKNOWN);
  const from = content.indexOf(begins);
  return from !== -1 && content.includes(ends, from + begins.length);
}
