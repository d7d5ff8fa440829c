import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { opusPacketsOf, type Ears } from '../loopback/ears.ts';
import { startLoopback, type Loopback, type LoopbackOptions } from '../loopback/index.ts';
import { makeFixtures, startMediaHost } from '../loopback/media.ts';
import type { Person } from '../loopback/people.ts';
import { PLAYERS, type Player, type PlayerName } from './players.ts';
import { Supervised, type Life } from './supervised.ts';

const FIXTURES = join(import.meta.dirname, '../data/loopback/media');
/** Longer than any one fault is watched. */
const SONG_SECONDS = 90;

/** A guild of its own, with one person in its Lounge who listens. */
export interface Seat {
  readonly guildId: string;
  readonly lounge: string;
  readonly studio: string;
  readonly music: string;
  /** In the Lounge. */
  readonly ada: Person;
  readonly ears: Ears;
  /** Another person of the guild, in no channel yet. */
  another(name: string): Person;
}

export interface LaneOptions {
  /** Who plays. Default: the bot. */
  readonly player?: PlayerName;
  readonly loopback?: LoopbackOptions;
  /** Settings of the player beside those that point it at the double. */
  readonly env?: Readonly<Record<string, string>>;
  /** Aborted when nobody waits any more: the program is killed, and none is started again. */
  readonly signal?: AbortSignal;
}

/**
 * Discord's double in this process, a song, and a program that plays in a process of its own: they live over many guilds.
 * Everything ends, and nothing is left behind, when the lane is disposed of.
 */
export class Lane implements AsyncDisposable {
  readonly loopback: Loopback;
  readonly songUrl: string;
  readonly song: readonly Buffer[];
  readonly #launch: () => Promise<Supervised>;
  readonly #drive: (program: Supervised) => Player;
  readonly #ends: AsyncDisposableStack;
  readonly #past: PastLife[] = [];
  #program: Supervised;
  #player: Player;
  #seats = 0;

  private constructor(stage: Stage, program: Supervised, ends: AsyncDisposableStack) {
    this.loopback = stage.loopback;
    this.songUrl = stage.songUrl;
    this.song = stage.song;
    this.#launch = stage.launch;
    this.#drive = stage.drive;
    this.#program = program;
    this.#player = stage.drive(program);
    this.#ends = ends;
  }

  /** Resolves when the program is ready to play. */
  static async start({ player = 'tenuto', loopback: options = {}, env = {}, signal }: LaneOptions = {}): Promise<Lane> {
    await using ends = new AsyncDisposableStack();
    const dataDir = await mkdtemp(join(tmpdir(), 'tenuto-lane-'));
    ends.defer(() => rm(dataDir, { recursive: true, force: true, maxRetries: 3 }));
    const fixtures = await makeFixtures(FIXTURES, { seconds: SONG_SECONDS });
    const media = await startMediaHost(fixtures);
    ends.defer(() => media.close());
    const loopback = await startLoopback(options);
    ends.defer(() => loopback.close());
    const { file, isReady, drive } = PLAYERS[player];
    const settings = {
      ...loopback.env,
      DATA_DIR: dataDir,
      ALLOW_PRIVATE_HOSTS: '127.0.0.1',
      LOG_LEVEL: 'info',
      ...env,
    };
    const stage: Stage = {
      loopback,
      songUrl: media.urlOf('song.webm'),
      song: await opusPacketsOf(fixtures.pathOf('song.webm')),
      launch: () => Supervised.start(file, settings, isReady, signal),
      drive,
    };
    const lane = new Lane(stage, await stage.launch(), ends.move());
    return lane;
  }

  /** The program that plays, as it runs now. */
  get program(): Supervised {
    return this.#program;
  }

  /** What it can be asked to do. */
  get player(): Player {
    return this.#player;
  }

  /** How the programs before this one ended. */
  get past(): readonly PastLife[] {
    return this.#past;
  }

  /** A fresh guild with somebody in its Lounge. */
  addSeat(): Seat {
    const number = (this.#seats += 1);
    const guild = this.loopback.addGuild(`Guild ${number}`);
    const channel = (wanted: string) => [...guild.channels.values()].find(({ name }) => name === wanted)?.id ?? '';
    const another = (name: string) => this.loopback.user(`${name}-${number}`, guild);
    const ada = another('ada');
    ada.join('Lounge');
    return {
      guildId: guild.id,
      lounge: channel('Lounge'),
      studio: channel('Studio'),
      music: channel('music'),
      ada,
      ears: this.loopback.ears(ada.name),
      another,
    };
  }

  /** Ends the program, if it has not ended by itself, and starts it again with the same data. `why`: for those who read of it. */
  async restart(why: string): Promise<void> {
    this.#past.push({ ...(await this.#program.end()), why });
    this.#program = await this.#launch();
    this.#player = this.#drive(this.#program);
  }

  /** Ends everything, and resolves with how each program ended, in order. */
  async close(): Promise<readonly PastLife[]> {
    this.#past.push({ ...(await this.#program.end()), why: 'all is done' });
    await this.#ends.disposeAsync();
    return this.#past;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ends.disposed) return;
    await this.#program.end();
    await this.#ends.disposeAsync();
  }
}

/** How a program ended, and why another one was started. */
export type PastLife = Life & { readonly why: string };

interface Stage {
  readonly loopback: Loopback;
  readonly songUrl: string;
  readonly song: readonly Buffer[];
  readonly launch: () => Promise<Supervised>;
  readonly drive: (program: Supervised) => Player;
}
