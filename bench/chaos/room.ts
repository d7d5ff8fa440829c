import type { HeardPacket } from '../../loopback/ears.ts';
import type { Loopback } from '../../loopback/index.ts';
import type { Interaction, Person } from '../../loopback/people.ts';
import type { WorldGuild } from '../../loopback/world.ts';
import { sleep, within } from '../../src/lib/time.ts';
import { Hearing } from './hearing.ts';
import { ROOMS, type Room as RoomName } from './schedule.ts';
import type { SongBook } from './song-book.ts';
import type { SwallowLog } from './swallowed.ts';

interface RoomParts {
  readonly loopback: Loopback;
  readonly songs: SongBook;
  readonly swallowed: SwallowLog;
}

interface Wish {
  readonly options?: Options;
  readonly like?: RegExp;
}

type Options = Readonly<Record<string, string | number>>;

/** Anything but the error of a person who got no answer. */
const ANSWERED = /^(?!Error: )/;
const INSISTENCE = 12;
const INSIST_AFTER_MS = 2_000;

/** A guild of the scene: a witness in each of its voice channels, and what they hear together. */
export class Room {
  readonly number: number;
  readonly guild: WorldGuild;
  readonly hearing: Hearing;
  readonly #parts: RoomParts;
  readonly #witnesses: ReadonlyMap<RoomName, Person>;
  readonly #taken = new Map<string, number>();

  constructor(number: number, guild: WorldGuild, parts: RoomParts) {
    this.number = number;
    this.guild = guild;
    this.#parts = parts;
    this.#witnesses = new Map(ROOMS.map((room) => [room, parts.loopback.user(`${room}-${number}`, guild)]));
    for (const { name } of this.people) parts.swallowed.attend(name);
    this.hearing = new Hearing(parts.songs, (from, to) => parts.swallowed.between(from, to));
  }

  get people(): readonly Person[] {
    return [...this.#witnesses.values()];
  }

  /** Where the bot is, by Discord's word. */
  get botChannelId(): string | null {
    return this.guild.voiceStates.get(this.#parts.loopback.application.bot.id)?.channelId ?? null;
  }

  /** The one who is where the bot is, else anyone. */
  get speaker(): Person {
    const there = ROOMS.find((room) => this.channelId(room) === this.botChannelId) ?? ROOMS[0];
    const person = this.#witnesses.get(there);
    if (person === undefined) throw new Error(`nobody is in ${there}`);
    return person;
  }

  channelId(room: RoomName): string {
    const channel = [...this.guild.channels.values()].find(({ name }) => name === room);
    if (channel === undefined) throw new Error(`there is no ${room}`);
    return channel.id;
  }

  /** What stands in the text channel without being an answer, oldest first. */
  get told(): readonly string[] {
    const channel = [...this.guild.channels.values()].find(({ name }) => name === 'music');
    const messages = [...(this.#parts.loopback.world.messages.get(channel?.id ?? '')?.values() ?? [])];
    return messages.flatMap(({ message }) => (message.interaction_metadata ? [] : [message.content]));
  }

  /** Everybody takes their seat, if there is room. */
  enter(): void {
    for (const [room, person] of this.#witnesses) {
      try {
        person.join(room);
      } catch {
        // A fault has filled or closed the channel; they come when it is over.
      }
    }
  }

  /** Everybody goes. */
  empty(): void {
    for (const person of this.people) person.leave();
  }

  /** Judges what was heard since the last time; says in words what is wrong with it. */
  listen(): string[] {
    return this.hearing.take(this.#news()).map((wrong) => `guild ${this.number}: ${wrong}`);
  }

  /** Types a command; null when it could not even be typed. */
  async type(command: string, options: Options = {}): Promise<Interaction | null> {
    return await this.speaker.slash(command, options).catch(() => null);
  }

  /** Types a command and resolves with what is answered; rejects when that takes longer than `ms` milliseconds. */
  async ask(command: string, ms: number, options: Options = {}): Promise<string> {
    const { name } = this.speaker;
    const interaction = await this.speaker.slash(command, options);
    const late = () => new Error(`${name} waited ${ms} ms for an answer to /${command}`);
    const { content, embeds } = await within(ms, interaction.answered(), late);
    return [content, ...embeds.map(({ description = '' }) => description)].join('\n');
  }

  /** The same, but types it again, some times, when the answer is not as wanted or there is none: the bot may be on its way back. */
  async insist(command: string, ms: number, { options = {}, like = ANSWERED }: Wish = {}): Promise<void> {
    for (let tried = 1; ; tried += 1) {
      const answer = await this.ask(command, ms, options).catch(String);
      if (like.test(answer)) return;
      if (tried === INSISTENCE) throw new Error(`guild ${this.number}: /${command} was answered with: ${answer}`);
      await sleep(INSIST_AFTER_MS);
    }
  }

  #news(): HeardPacket[] {
    const news = this.people.flatMap(({ name }) => {
      const ears = this.#parts.loopback.ears(name);
      const taken = this.#taken.get(name) ?? 0;
      this.#taken.set(name, ears.count);
      return ears.from(taken, ears.count - taken);
    });
    return news.sort((one, other) => one.at - other.at);
  }
}
