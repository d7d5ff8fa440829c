import type { Interaction } from '../../loopback/people.ts';
import { later } from '../../src/lib/time.ts';
import type { Room } from './room.ts';
import type { Scene } from './scene.ts';
import type { Act, Deed, Step } from './schedule.ts';

type Fault = Extract<Act, { kind: 'fault' }>;
type Options = Readonly<Record<string, string | number>>;

/** What people read when a song was really ended before its end. */
const ENDED_IT = /^(Skipped|Stopped)/;
/** Done, and the answer was lost on the way. */
const UNTOLD = /Discord did not take/;

/** Carries out steps in a scene. Whatever lasts ends by itself, or with `life`. */
export class Acting {
  readonly #scene: Scene;
  readonly #life: AbortSignal;
  readonly #asked: Interaction[] = [];
  readonly #thrown: { readonly room: Room; readonly inWords: string }[] = [];
  #songs = 0;

  constructor(scene: Scene, life: AbortSignal) {
    this.#scene = scene;
    this.#life = life;
  }

  /** Faults that met something. */
  get faults(): number {
    return this.#thrown.length;
  }

  /** Those that met this guild, or all guilds, in words. */
  thrownAt(room: Room): readonly string[] {
    const here = this.#thrown.filter((one) => one.room === room || !one.inWords.includes('guildId'));
    return here.map(({ inWords }) => inWords);
  }

  /** Every command that was typed. */
  get asked(): readonly Interaction[] {
    return this.#asked;
  }

  /** Begins the step's act; what people typed is answered later. */
  async act({ guild, act }: Step): Promise<void> {
    const room = this.#scene.rooms[guild];
    if (room === undefined) throw new Error(`there is no guild ${guild}`);
    if (act.kind === 'fault') this.#break(room, act);
    else await this.#do(room, act.deed, act.options);
  }

  #break(room: Room, { name, params, room: where, forMs }: Fault): void {
    const ids: Readonly<Record<string, string>> = { guildId: room.guild.id, channelId: room.channelId(where) };
    const here = Object.entries(params).map(([key, value]) => [key, value === key ? ids[key] : value]);
    try {
      const thrown = this.#scene.loopback.faults.throwByName(name, Object.fromEntries(here));
      this.#thrown.push({ room, inWords: `${name} ${JSON.stringify(params)}` });
      if (thrown?.lasts) later(forMs, this.#life, thrown.lift);
    } catch {
      // It met nothing: the bot is not where it would be met. The next one may.
    }
  }

  async #do(room: Room, deed: Deed, options: Options): Promise<void> {
    switch (deed) {
      case 'leave-room':
        room.empty();
        return later(Number(options['forMs']), this.#life, () => room.enter());
      case 'play':
        return void (await this.#type(room, deed, { query: this.#scene.songUrl(this.#songs++) }));
      case 'skip':
      case 'stop':
        return await this.#cut(room, deed);
      case 'volume':
        if (options['level'] !== 100) room.hearing.expectOtherLoudness();
        return void (await this.#type(room, deed, options));
      case 'pause':
      case 'resume':
      case 'loop':
      case 'leave':
      case 'voicestatus':
      case 'queue':
        return void (await this.#type(room, deed, options));
    }
  }

  async #cut(room: Room, deed: Deed): Promise<void> {
    const takeBack = room.hearing.expectCut();
    const interaction = await this.#type(room, deed, {});
    if (interaction === null) return takeBack();
    interaction.answered().then(
      ({ content }) => void (ENDED_IT.test(content) || UNTOLD.test(content) || takeBack()),
      // Nobody knows whether it was done: it may have been.
      () => undefined,
    );
  }

  async #type(room: Room, command: string, options: Options): Promise<Interaction | null> {
    const interaction = await room.type(command, options);
    if (interaction !== null) this.#asked.push(interaction);
    return interaction;
  }
}
