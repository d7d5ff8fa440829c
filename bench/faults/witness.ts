import { matchFrames } from '../../loopback/ears.ts';
import type { WorldChange, WorldMessage } from '../../loopback/world.ts';
import type { Lane, Seat } from '../lane.ts';
import { mostInAMinute } from './rates.ts';

/** Frames of before the fault that count as around it, milliseconds. */
const BEFORE_MS = 200;

/** What was heard of the song in a guild. */
export interface Hearing {
  /** The longest time between two frames around the fault, milliseconds; null when none came after it. */
  readonly gapMs: number | null;
  /** Frames that were never heard, beside the late ones. */
  readonly lost: number;
  /** Frames that reached the server when their session had ended. */
  readonly late: number;
  readonly repeated: number;
  /** Packets that are not of the song. */
  readonly foreign: number;
}

/** Watches one guild of a lane: what is read and heard there, and what is sent for it. */
export class Witness implements Disposable {
  readonly #lane: Lane;
  readonly #seat: Seat;
  readonly #texts: string[] = [];
  readonly #problemsBefore: ReadonlySet<string>;
  readonly #lateBefore: number;
  readonly #unhandledBefore: number;
  #messages = 0;
  #live = 0;
  #mostLive = 0;

  constructor(lane: Lane, seat: Seat) {
    this.#lane = lane;
    this.#seat = seat;
    const { world, voice } = lane.loopback;
    this.#problemsBefore = new Set(lane.loopback.problems());
    this.#lateBefore = voice.strayDatagrams().late;
    this.#unhandledBefore = lane.program.unhandled().length;
    world.on('change', this.#onChange);
    voice.events.on('event', this.#onVoice);
  }

  /** Everything that the text channel was told unasked, and every edit of it, in order. */
  get texts(): readonly string[] {
    return this.#texts;
  }

  /** How many messages that were. */
  get messages(): number {
    return this.#messages;
  }

  /** How many voice sessions the guild had at most at a time. */
  get mostLive(): number {
    return this.#mostLive;
  }

  /** What the double has to complain about since. */
  get problems(): readonly string[] {
    return this.#lane.loopback.problems().filter((problem) => !this.#problemsBefore.has(problem));
  }

  /** Faults that nothing in the program expected. */
  get unhandled(): readonly string[] {
    return this.#lane.program.unhandled().slice(this.#unhandledBefore);
  }

  /** When op 4 was sent from a moment on. */
  op4Since(at: number): readonly number[] {
    return this.#op4().filter((sentAt) => sentAt >= at);
  }

  /** The most op 4 in any minute, the first join counted. */
  get op4AMinute(): number {
    return mostInAMinute(this.#op4());
  }

  /** How many frames of any kind arrived from a moment on. */
  framesSince(at: number): number {
    const { packets } = this.#seat.ears;
    return packets.length - packets.findLastIndex((packet) => packet.at < at) - 1;
  }

  /** What was heard around a fault at that moment; `asked`: the song was asked for then, and nothing was heard before. */
  hearing(at: number, asked: boolean): Hearing {
    const { matched, gaps, repeats, foreign } = matchFrames(this.#seat.ears.packets, this.#lane.song);
    const arrivals = matched.map(({ packet }) => packet.at);
    const around = [...(asked ? [at] : []), ...arrivals.filter((arrival) => arrival >= at - BEFORE_MS)];
    const waits = around.slice(1).map((arrival, index) => arrival - (around[index] ?? arrival));
    const late = this.#lane.loopback.voice.strayDatagrams().late - this.#lateBefore;
    const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0);
    return {
      gapMs: arrivals.some((arrival) => arrival > at) ? Math.round(Math.max(...waits)) : null,
      lost: Math.max(0, missing - late),
      late,
      repeated: repeats.length,
      foreign: foreign.length,
    };
  }

  [Symbol.dispose](): void {
    this.#lane.loopback.world.off('change', this.#onChange);
    this.#lane.loopback.voice.events.off('event', this.#onVoice);
  }

  #op4(): readonly number[] {
    return this.#lane.loopback.gateway.sent.list(4, this.#seat.guildId).map(({ at }) => at);
  }

  readonly #onChange = (change: WorldChange): void => {
    if (change.type !== 'message-created' && change.type !== 'message-edited') return;
    const { guildId, message } = change.message;
    const unasked = message.interaction_metadata === undefined;
    if (guildId !== this.#seat.guildId || message.author.bot !== true || !unasked) return;
    const text = textOf(change.message);
    if (text === '') return;
    if (change.type === 'message-created') this.#messages += 1;
    if (this.#texts.at(-1) !== text) this.#texts.push(text);
  };

  readonly #onVoice = ({ what, guildId }: { readonly what: string; readonly guildId: string | null }): void => {
    if (guildId !== this.#seat.guildId) return;
    if (what === 'identified' || what === 'resumed') this.#live += 1;
    else if (what === 'closed') this.#live -= 1;
    this.#mostLive = Math.max(this.#mostLive, this.#live);
  };
}

/** The words of a message. The display of what plays has an author, and says nothing about voice. */
function textOf({ message: { content, embeds } }: WorldMessage): string {
  const said = embeds
    .filter(({ author }) => author === undefined)
    .map(({ title, description }) => [title, description]);
  return [content, ...said.flat()].filter(Boolean).join('\n');
}
