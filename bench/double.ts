import { join } from 'node:path';
import { run, type Program } from '../loopback/demo/processes.ts';

const ROOT = join(import.meta.dirname, '..');
const WAIT_MS = 60_000;
/** The page of the control API for `heard`. */
const MOST_PACKETS = 5_000;

/** A voice channel in a guild of its own, with one person in it. */
export interface Seat {
  readonly guildId: string;
  readonly channelId: string;
  readonly listener: string;
}

/** A packet that a person heard; `at` by the double's clock, milliseconds. */
export interface Arrival {
  readonly at: number;
  readonly dave: boolean;
}

interface Answered {
  readonly status: string;
  readonly message: { readonly content: string; readonly ephemeral: boolean } | null;
}

/** Discord's double as its own process, with as many guilds as are wanted, and what happens in them. */
export class Double {
  /** The settings that point a client at it. */
  readonly env: Readonly<Record<string, string>>;
  readonly #program: Program;
  readonly #url: string;
  readonly #signal: AbortSignal;

  private constructor(program: Program, facts: Facts, signal: AbortSignal) {
    this.env = facts.env;
    this.#program = program;
    this.#url = facts.control;
    this.#signal = signal;
  }

  static async start(signal: AbortSignal): Promise<Double> {
    const program = run(join(ROOT, 'loopback/main.ts'), ['--json']);
    try {
      const facts = JSON.parse(await program.line((line) => line.startsWith('{'))) as Facts;
      return new Double(program, facts, signal);
    } catch (error) {
      await program.end('SIGKILL');
      throw error;
    }
  }

  /** Makes a guild and sets a person into its voice channel. */
  async addSeat(number: number): Promise<Seat> {
    const { id: guildId, channels } = await this.#post<Guild>('/guilds', { name: `Bench ${number}` });
    const channelId = channels.find(({ name }) => name === 'Lounge')?.id ?? '';
    const listener = `listener-${number}`;
    await this.#post(`/people/${listener}/join`, { channel: channelId, guild: guildId });
    return { guildId, channelId, listener };
  }

  /** The person types `/play`. Rejects with what they read when that is no success. */
  async typePlay({ guildId, listener }: Seat, query: string): Promise<void> {
    const body = { command: 'play', options: { query }, guild: guildId, waitMs: WAIT_MS };
    const { status, message } = await this.#post<Answered>(`/people/${listener}/slash`, body);
    if (status !== 'answered' || message === null || message.ephemeral)
      throw new Error(`/play was not answered (${status}): ${message?.content ?? ''}`);
  }

  /** Resolves when the person has heard anything. */
  async hears({ listener }: Seat): Promise<void> {
    await this.#get(`/wait/heard?person=${listener}&count=1&timeoutMs=${WAIT_MS}`);
  }

  async heardCount({ listener }: Seat): Promise<number> {
    return (await this.#get<{ count: number }>(`/people/${listener}/heard?limit=0`)).count;
  }

  /** What the person heard from packet `from` on. */
  async heard({ listener }: Seat, from: number): Promise<readonly Arrival[]> {
    const path = `/people/${listener}/heard?payload=none&from=${from}&limit=${MOST_PACKETS}`;
    return (await this.#get<{ packets: readonly Arrival[] }>(path)).packets;
  }

  /** Resolves when the bot is in no voice channel there, and forgets what was heard. */
  async clear({ guildId, listener }: Seat): Promise<void> {
    await this.#get(`/wait/voice?user=bot&guild=${guildId}&timeoutMs=${WAIT_MS}`);
    await this.#read(fetch(`${this.#url}/people/${listener}/heard`, { method: 'DELETE', signal: this.#signal }));
  }

  /** What it was asked that it does not have: a run with any of that proves nothing. */
  async problems(): Promise<readonly string[]> {
    return (await this.#get<{ problems: readonly string[] }>('/problems')).problems;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.end('SIGTERM');
  }

  async #get<T>(path: string): Promise<T> {
    return await this.#read<T>(fetch(`${this.#url}${path}`, { signal: this.#signal }));
  }

  async #post<T>(path: string, body: object): Promise<T> {
    const headers = { 'content-type': 'application/json' };
    const request = { method: 'POST', headers, body: JSON.stringify(body), signal: this.#signal };
    return await this.#read<T>(fetch(`${this.#url}${path}`, request));
  }

  async #read<T>(answer: Promise<Response>): Promise<T> {
    const response = await answer.catch((cause: unknown) => {
      // Its first line is the facts, which are long and known.
      const said = this.#program.output().split('\n').slice(1).join('\n');
      throw new Error(`the double does not answer; it said:\n${said}`, { cause });
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the double refused: ${text}`);
    return JSON.parse(text) as T;
  }
}

interface Facts {
  readonly control: string;
  readonly env: Readonly<Record<string, string>>;
}

interface Guild {
  readonly id: string;
  readonly channels: readonly { readonly id: string; readonly name: string }[];
}
