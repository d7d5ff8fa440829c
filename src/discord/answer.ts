import { MessageFlags } from 'discord.js';
import type { Reply } from '../commands/command.ts';
import { Progress } from './progress.ts';
import { toMessage, type OutgoingMessage } from './replies.ts';

type Flags = { readonly flags?: MessageFlags.Ephemeral };

/** The part of an interaction that answering needs; discord.js's interactions fit it. */
export interface Answerable {
  reply(message: OutgoingMessage & Flags): Promise<unknown>;
  deferReply(options: Flags): Promise<unknown>;
  editReply(message: OutgoingMessage): Promise<unknown>;
  deleteReply(): Promise<unknown>;
  followUp(message: OutgoingMessage & Flags): Promise<unknown>;
}

const EPHEMERAL: Flags = { flags: MessageFlags.Ephemeral };

/** The answer to one interaction: first `defer` (Discord waits 3 s for it), then `send` within 15 minutes. */
export class Answer {
  readonly #to: Answerable;
  readonly #ephemeral: boolean;
  #deferred = false;
  #progress: Progress | null = null;

  constructor(to: Answerable, ephemeral: boolean) {
    this.#to = to;
    this.#ephemeral = ephemeral;
  }

  async defer(): Promise<void> {
    await this.#to.deferReply(this.#ephemeral ? EPHEMERAL : {});
    this.#deferred = true;
  }

  /** Shows how far it is, as often as people read. What fails here, `send` will tell. */
  progress(reply: Reply): void {
    this.#progress ??= new Progress((latest) => this.#to.editReply(toMessage(latest)));
    this.#progress.show(reply);
  }

  async send(reply: Reply): Promise<void> {
    await this.#progress?.end();
    await this.#to.editReply(toMessage(reply));
  }

  /** Tells what went wrong so that only the person who asked sees it. */
  async fail(line: string): Promise<void> {
    const message = toMessage(line);
    await this.#progress?.end();
    if (!this.#deferred) {
      await this.#to.reply({ ...message, ...EPHEMERAL });
    } else if (this.#ephemeral) {
      await this.#to.editReply(message);
    } else {
      // A follow-up takes the place and the flags of a deferred answer that is still open, so that has to go first.
      await this.#to.deleteReply();
      await this.#to.followUp({ ...message, ...EPHEMERAL });
    }
  }
}
