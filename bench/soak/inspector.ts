import { once } from 'node:events';
import { z } from 'zod';
import { within } from '../../src/lib/time.ts';

/** As NODE_OPTIONS: the inspector of Node, for this machine alone and on any free port, which it says on standard error. */
export const INSPECTED = '--inspect=127.0.0.1:0';

const ANSWER_MS = 10_000;

const Message = z.object({
  id: z.number().optional(),
  result: z.unknown().optional(),
  method: z.string().optional(),
  params: z.object({ sessionId: z.string().optional(), message: z.string().optional() }).optional(),
});
type Message = z.infer<typeof Message>;

/** Questions to one thread of a program and its answers (https://chromedevtools.github.io/devtools-protocol/v8/). */
export class Session {
  readonly #post: (message: string) => void;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #lastId = 0;

  constructor(post: (message: string) => void) {
    this.#post = post;
  }

  /** Resolves with the result; rejects when none comes in time. */
  async ask(method: string, params: object = {}): Promise<unknown> {
    const id = (this.#lastId += 1);
    const answered = new Promise((resolve) => void this.#waiting.set(id, resolve));
    this.#post(JSON.stringify({ id, method, params }));
    return await within(ANSWER_MS, answered, () => new Error(`the inspector did not answer ${method}`));
  }

  hear({ id = 0, result }: Message): void {
    this.#waiting.get(id)?.(result);
    this.#waiting.delete(id);
  }
}

/** All threads of a program, the first being its main one. The program is let go when this is disposed of. */
export class Inspector implements Disposable {
  readonly #socket: WebSocket;
  readonly #main: Session;
  readonly #workers = new Map<string, Session>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.#main = new Session((message) => socket.send(message));
    socket.addEventListener('message', ({ data }) => this.#hear(parsed(String(data))));
  }

  static async attach(url: string): Promise<Inspector> {
    const socket = new WebSocket(url);
    await within(ANSWER_MS, once(socket, 'open'), () => new Error('the inspector cannot be reached'));
    const inspector = new Inspector(socket);
    // A domain of Node's own: https://nodejs.org/docs/latest/api/inspector.html
    await inspector.#main.ask('NodeWorker.enable', { waitForDebuggerOnStart: false });
    return inspector;
  }

  get threads(): readonly Session[] {
    return [this.#main, ...this.#workers.values()];
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  #hear(heard: Message): void {
    const { sessionId = '', message = '' } = heard.params ?? {};
    if (heard.method === undefined) this.#main.hear(heard);
    if (heard.method === 'NodeWorker.attachedToWorker') this.#workers.set(sessionId, this.#worker(sessionId));
    if (heard.method === 'NodeWorker.detachedFromWorker') this.#workers.delete(sessionId);
    if (heard.method === 'NodeWorker.receivedMessageFromWorker') this.#workers.get(sessionId)?.hear(parsed(message));
  }

  #worker(sessionId: string): Session {
    // An answer that does not come is noticed by whoever asked the worker.
    const post = (message: string) => this.#main.ask('NodeWorker.sendMessageToWorker', { sessionId, message });
    return new Session((message) => void post(message).catch(() => undefined));
  }
}

const parsed = (text: string): Message => Message.parse(JSON.parse(text));
