import type { APIApplicationCommandOptionChoice } from 'discord-api-types/v10';
import type { Interaction, InteractionOutcome, SeenMessage } from './people.ts';
import type { DispatchedInteraction, World } from './world.ts';
import { seen } from './world/seen.ts';

/** Where an interaction stands. `shown` is the message that the person got for it. */
type State =
  | { readonly status: 'pending' }
  | { readonly status: 'deferred' }
  | { readonly status: 'answered'; readonly shown: string | null }
  | { readonly status: 'failed' };

/** One interaction from the act of a person to the end of its token. Who may do what with it is for `Interactions` to decide. */
export class PendingInteraction implements Interaction {
  readonly interaction: DispatchedInteraction;
  readonly personId: string;
  readonly channelId: string;
  /** The messages that the token reaches: the answer, the follow-ups, and the one that a pressed component is on. */
  readonly messages = new Set<string>();
  /** What `@original` names. */
  original: string | null = null;
  readonly #world: World;
  readonly #begunAt = performance.now();
  readonly #answer = Promise.withResolvers<SeenMessage>();
  readonly #completion = Promise.withResolvers<readonly APIApplicationCommandOptionChoice[]>();
  #state: State = { status: 'pending' };
  #firstResponseMs: number | null = null;

  constructor(world: World, interaction: DispatchedInteraction, personId: string, channelId: string) {
    this.#world = world;
    this.interaction = interaction;
    this.personId = personId;
    this.channelId = channelId;
    // Nobody has to wait for an answer; those who do still get the rejection.
    this.#answer.promise.catch(() => undefined);
    this.#completion.promise.catch(() => undefined);
  }

  get id(): string {
    return this.interaction.id;
  }

  get status(): State['status'] {
    return this.#state.status;
  }

  get outcome(): InteractionOutcome {
    const shown = this.#state.status === 'answered' ? this.#state.shown : this.original;
    const message = shown === null ? undefined : this.#world.messages.get(this.channelId)?.get(shown);
    return {
      interactionId: this.id,
      status: this.#state.status,
      firstResponseMs: this.#firstResponseMs,
      message: message === undefined ? null : seen(message),
    };
  }

  answered(): Promise<SeenMessage> {
    return this.#answer.promise;
  }

  /** The choices of an autocomplete, or a rejection when none came in time. */
  completed(): Promise<readonly APIApplicationCommandOptionChoice[]> {
    return this.#completion.promise;
  }

  /** The first callback came, and it said only that more will come. */
  defer(original: string): void {
    this.#respond({ status: 'deferred' });
    this.original = original;
    this.messages.add(original);
  }

  /** The person has a message to read. The first is the answer, later ones are follow-ups. */
  show(messageId: string): void {
    this.messages.add(messageId);
    if (this.#state.status === 'answered') return;
    this.#respond({ status: 'answered', shown: messageId });
    this.original ??= messageId;
    const message = this.#world.messages.get(this.channelId)?.get(messageId);
    if (message !== undefined) this.#answer.resolve(seen(message));
  }

  complete(choices: readonly APIApplicationCommandOptionChoice[]): void {
    this.#respond({ status: 'answered', shown: null });
    this.#completion.resolve(choices);
  }

  /** Discord tells the person that nothing came. An interaction that was answered stays so. */
  fail(why = 'The application did not respond'): void {
    if (this.#state.status === 'answered') return;
    this.#state = { status: 'failed' };
    const error = new Error(why);
    this.#answer.reject(error);
    this.#completion.reject(error);
  }

  #respond(next: State): void {
    this.#firstResponseMs ??= performance.now() - this.#begunAt;
    this.#state = next;
  }
}
