import type { HeardPacket } from '../ears.ts';
import type { InteractionOutcome } from '../people.ts';

const PAGE = 5_000;

type Options = Readonly<Record<string, string | number | boolean>>;

/** The double's control API, as the demo uses it; every call rejects with the API's own line when it is refused. */
export class ControlClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async join(person: string, channel: string): Promise<void> {
    await this.#post(`/people/${person}/join`, { channel });
  }

  /** Types a command and waits for what the person reads. */
  async slash(person: string, command: string, options: Options = {}): Promise<InteractionOutcome> {
    return await this.#post<InteractionOutcome>(`/people/${person}/slash`, { command, options, waitMs: 60_000 });
  }

  /** Throws a fault in the guild. */
  async fault(name: string, params: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#post('/faults', { name, params });
  }

  /** Resolves with what the route answers as soon as it holds. */
  async wait<T>(what: string, query: Readonly<Record<string, string | number>>): Promise<T> {
    const params = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
    );
    return await this.#get<T>(`/wait/${what}?${params.toString()}`);
  }

  /** How many packets the person has heard. */
  async heardCount(person: string): Promise<number> {
    return (await this.#get<{ count: number }>(`/people/${person}/heard?limit=0`)).count;
  }

  /** Everything that the person has heard from packet `from` on; `at` in milliseconds since 1970. */
  async heard(person: string, from = 0): Promise<HeardPacket[]> {
    const packets: HeardPacket[] = [];
    for (;;) {
      const page = await this.#get<HeardPage>(
        `/people/${person}/heard?payload=base64&limit=${PAGE}&from=${from + packets.length}`,
      );
      const shown = page.packets.map(({ base64, at, ...packet }) => ({
        ...packet,
        at: at + page.timeOrigin,
        opus: Buffer.from(base64, 'base64'),
      }));
      packets.push(...shown);
      if (page.packets.length < PAGE) return packets;
    }
  }

  async problems(): Promise<readonly string[]> {
    return (await this.#get<{ problems: readonly string[] }>('/problems')).problems;
  }

  async #get<T>(path: string): Promise<T> {
    return await this.#read<T>(await fetch(`${this.#url}${path}`));
  }

  async #post<T>(path: string, body: unknown): Promise<T> {
    const headers = { 'content-type': 'application/json' };
    return await this.#read<T>(
      await fetch(`${this.#url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) }),
    );
  }

  async #read<T>(response: Response): Promise<T> {
    const text = await response.text();
    if (!response.ok) throw new Error(`the double refused: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}

interface HeardPage {
  readonly timeOrigin: number;
  readonly packets: readonly (Omit<HeardPacket, 'opus'> & { readonly base64: string })[];
}
