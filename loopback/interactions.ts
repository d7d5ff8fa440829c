import {
  InteractionResponseType as Response,
  InteractionType,
  MessageFlags,
  type APIMessage,
  type APIUser,
} from 'discord-api-types/v10';
import { z } from 'zod';
import { PendingInteraction } from './pending-interaction.ts';
import type { UploadedFile } from './rest/body.ts';
import { ApiError, NotInTheDouble } from './rest/errors.ts';
import { isThinking, rewriteMessage, writeMessage } from './rest/messages.ts';
import { autocompletion } from './rest/validate/commands.ts';
import { invalidForm, maybe, oneOf, parse } from './rest/validate/form.ts';
import { parseMessage } from './rest/validate/message.ts';
import type { DispatchedInteraction, World, WorldChannel, WorldMessage } from './world.ts';

/** https://discord.com/developers/docs/interactions/receiving-and-responding#responding-to-an-interaction */
const ANSWER_WITHIN_MS = 3_000;
const TOKEN_LIVES_MS = 15 * 60_000;

const FITTING: Readonly<Record<DispatchedInteraction['type'], readonly Response[]>> = {
  [InteractionType.ApplicationCommand]: [Response.ChannelMessageWithSource, Response.DeferredChannelMessageWithSource],
  [InteractionType.MessageComponent]: [
    Response.ChannelMessageWithSource,
    Response.DeferredChannelMessageWithSource,
    Response.DeferredMessageUpdate,
    Response.UpdateMessage,
  ],
  [InteractionType.ApplicationCommandAutocomplete]: [Response.ApplicationCommandAutocompleteResult],
};
const NOT_BUILT: ReadonlySet<Response> = new Set([Response.Modal, Response.PremiumRequired, Response.LaunchActivity]);

const callback = z.object({ type: z.int(), data: maybe(z.unknown()) });
const withFlags = z.object({ flags: maybe(z.int()) });
const isEphemeral = (data: unknown): boolean =>
  ((parse(withFlags, data ?? {}, ['data']).flags ?? 0) & MessageFlags.Ephemeral) !== 0;

/** What a callback did, for the answer to `with_response`. */
export interface Acknowledged {
  readonly type: Response;
  readonly interaction: DispatchedInteraction;
  readonly message: APIMessage | null;
}

type Files = readonly UploadedFile[];

/** What a bot wants a message to be. `at`: where that stands in the request; `followed`: the message that it follows up. */
interface Said {
  readonly data: unknown;
  readonly files: Files;
  readonly at?: readonly string[];
  readonly followed?: string | null;
}

/** A message that an interaction's token names: an id, or `@original`. */
export type Target = '@original' | (string & {});

/** Discord's rules for interactions: who may answer one, when, how, and what becomes of it. Refuses with Discord's errors. */
export class Interactions {
  readonly #world: World;
  readonly #byId = new Map<string, PendingInteraction>();
  readonly #byToken = new Map<string, PendingInteraction>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(world: World) {
    this.#world = world;
  }

  /** A person acted: the application is told, and its three seconds begin. */
  begin(interaction: DispatchedInteraction, person: APIUser, channel: WorldChannel): PendingInteraction {
    const pending = new PendingInteraction(this.#world, interaction, person.id, channel.id);
    this.#byId.set(interaction.id, pending);
    this.#byToken.set(interaction.token, pending);
    this.#after(ANSWER_WITHIN_MS, () => {
      if (pending.status === 'pending') pending.fail();
    });
    this.#after(TOKEN_LIVES_MS, () => {
      this.#expire(pending);
      this.#byId.delete(interaction.id);
      this.#byToken.delete(interaction.token);
    });
    this.#world.dispatch(interaction.application_id, interaction);
    return pending;
  }

  /** The first response: POST /interactions/{id}/{token}/callback. */
  respond(id: string, token: string, body: unknown, files: Files = []): Acknowledged {
    const pending = this.#byId.get(id);
    if (pending === undefined || pending.interaction.token !== token || pending.status === 'failed') {
      throw new ApiError('unknownInteraction');
    }
    if (pending.status !== 'pending') throw new ApiError('alreadyAcknowledged');
    const { type, data } = parse(callback, body);
    if (NOT_BUILT.has(type)) throw new NotInTheDouble(`interaction callbacks of type ${type}`);
    const fitting = FITTING[pending.interaction.type];
    if (!fitting.includes(type)) throw invalidForm([{ path: ['type'], ...oneOf(fitting) }]);
    const message = this.#acknowledge(pending, type, data, files);
    return { type, interaction: pending.interaction, message: message?.message ?? null };
  }

  /** GET of the answer or a follow-up. */
  read(applicationId: string, token: string, target: Target): APIMessage {
    return this.#reach(applicationId, token, target).message;
  }

  /** PATCH of the answer or a follow-up. */
  edit(applicationId: string, token: string, target: Target, body: unknown, files: Files = []): APIMessage {
    const { pending, message } = this.#reach(applicationId, token, target);
    return this.#fill(pending, message, { data: body, files }).message;
  }

  /** DELETE of the answer or a follow-up. */
  remove(applicationId: string, token: string, target: Target): void {
    const { pending, message } = this.#reach(applicationId, token, target);
    this.#world.deleteMessage(pending.channelId, message.id);
  }

  /** POST of a follow-up. Right after a deferral it takes the place of "thinking", whose visibility it keeps, as documented. */
  followUp(applicationId: string, token: string, body: unknown, files: Files = []): APIMessage {
    const pending = this.#open(applicationId, token);
    const original = pending.original === null ? undefined : this.#stored(pending, pending.original);
    if (original !== undefined && isThinking(original))
      return this.#fill(pending, original, { data: body, files }).message;
    return this.#write(pending, { data: body, files, followed: pending.original }).message;
  }

  /** Stops all clocks. Whoever still waits for an answer is told that none will come. */
  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    for (const pending of this.#byId.values()) pending.fail('the double was closed');
  }

  /** Only "thinking" turns into a failure. Nobody waits for what should have become of the message that a component is on. */
  #expire(pending: PendingInteraction): void {
    const original = pending.original === null ? undefined : this.#stored(pending, pending.original);
    if (original !== undefined && !isThinking(original)) pending.show(original.id);
    else pending.fail();
  }

  #acknowledge(pending: PendingInteraction, type: Response, data: unknown, files: Files): WorldMessage | null {
    const { interaction } = pending;
    if (type === Response.ApplicationCommandAutocompleteResult) {
      pending.complete(parse(autocompletion, data, ['data']).choices);
      return null;
    }
    if (type === Response.ChannelMessageWithSource) return this.#write(pending, { data, files, at: ['data'] });
    if (type === Response.DeferredChannelMessageWithSource) {
      const { flags } = parse(withFlags, data ?? {}, ['data']);
      if (((flags ?? 0) & ~MessageFlags.Ephemeral) !== 0) throw new NotInTheDouble(`deferrals with the flags ${flags}`);
      const thinking = writeMessage(this.#world, {
        ...this.#draft(pending, isEphemeral(data)),
        body: {},
        thinking: true,
      });
      pending.defer(thinking.message.id);
      return thinking;
    }
    if (interaction.type !== InteractionType.MessageComponent) return null;
    const on = this.#stored(pending, interaction.message.id);
    if (on === undefined) throw new ApiError('unknownMessage');
    if (type === Response.UpdateMessage) return this.#fill(pending, on, { data, files, at: ['data'] });
    pending.defer(on.id);
    return null;
  }

  #write(pending: PendingInteraction, { data, files, at = [], followed = null }: Said): WorldMessage {
    const body = parseMessage(data, at);
    const message = writeMessage(this.#world, { ...this.#draft(pending, isEphemeral(data)), body, files, followed });
    pending.show(message.message.id);
    return message;
  }

  #fill(pending: PendingInteraction, message: APIMessage, { data, files, at = [] }: Said): WorldMessage {
    const body = parseMessage(data, at, message.flags);
    const filled = rewriteMessage(this.#world, this.#channel(pending), message, body, files);
    pending.show(message.id);
    return filled;
  }

  #draft(pending: PendingInteraction, ephemeral: boolean) {
    const { interaction, personId } = pending;
    const application = this.#world.applications.get(interaction.application_id);
    if (application === undefined) throw new ApiError('unknownApplication');
    const channel = this.#channel(pending);
    return { channel, author: application.bot, interaction, onlyFor: ephemeral ? personId : null };
  }

  #channel({ channelId }: PendingInteraction): WorldChannel {
    const channel = this.#world.channel(channelId);
    if (channel === undefined) throw new ApiError('unknownChannel');
    return channel;
  }

  /** The interaction behind a webhook's token, once it has been answered. */
  #open(applicationId: string, token: string): PendingInteraction {
    const pending = this.#byToken.get(token);
    if (pending === undefined || pending.interaction.application_id !== applicationId) {
      throw new ApiError('invalidWebhookToken');
    }
    const hasMessages = pending.interaction.type !== InteractionType.ApplicationCommandAutocomplete;
    if (!hasMessages || pending.status === 'pending' || pending.status === 'failed')
      throw new ApiError('unknownWebhook');
    return pending;
  }

  #reach(applicationId: string, token: string, target: Target) {
    const pending = this.#open(applicationId, token);
    const id = target === '@original' ? pending.original : target;
    const message = id !== null && pending.messages.has(id) ? this.#stored(pending, id) : undefined;
    if (message === undefined) throw new ApiError('unknownMessage');
    return { pending, message };
  }

  #stored = ({ channelId }: PendingInteraction, id: string): APIMessage | undefined =>
    this.#world.messages.get(channelId)?.get(id)?.message;

  #after(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    timer.unref();
    this.#timers.add(timer);
  }
}
