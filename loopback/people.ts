import type {
  APIApplicationCommandOptionChoice,
  APIAttachment,
  APIEmbed,
  APIMessageTopLevelComponent,
} from 'discord-api-types/v10';
import type { FileToSend } from './world.ts';

/** A message as a person in the channel sees it. */
export interface SeenMessage {
  readonly id: string;
  readonly channelId: string;
  readonly authorId: string;
  readonly content: string;
  readonly embeds: readonly APIEmbed[];
  readonly components: readonly APIMessageTopLevelComponent[];
  readonly attachments: readonly APIAttachment[];
  /** "Only you can see this". */
  readonly ephemeral: boolean;
  /** "… is thinking". */
  readonly thinking: boolean;
  readonly editedAt: string | null;
  /** Set when the message answers an interaction, and which one. */
  readonly interactionId: string | null;
  /** Whom it notified: user ids, role ids, `everyone`, `here`. */
  readonly pinged: readonly string[];
}

/** How a bot answered one interaction, as the person met it. */
export interface InteractionOutcome {
  readonly interactionId: string;
  /** `failed`: Discord showed "The application did not respond". */
  readonly status: 'pending' | 'deferred' | 'answered' | 'failed';
  /** Milliseconds from the act to the first callback; null while there is none. */
  readonly firstResponseMs: number | null;
  /** What the person reads now, or null before there is a message. */
  readonly message: SeenMessage | null;
}

/** A person in front of a Discord client. Everything that they do passes through the rules that Discord has for people. */
export interface Person {
  readonly id: string;
  readonly name: string;
  /** Joins a voice channel of the guild, by name or id. */
  join(channel: string): void;
  move(channel: string): void;
  leave(): void;
  /** Types a slash command in a text channel. Rejects when the command is not registered or the options do not fit its definition. */
  slash(
    name: string,
    options?: Readonly<Record<string, string | number | boolean | FileToSend>>,
    where?: { readonly channel?: string },
  ): Promise<Interaction>;
  /** Types into an option that completes; resolves with the choices shown, or rejects when none came within 3 s. */
  autocomplete(
    name: string,
    options: Readonly<Record<string, string | number | boolean | FileToSend>>,
    focused: string,
  ): Promise<readonly APIApplicationCommandOptionChoice[]>;
  /** Writes a message in a text channel, with files and as a reply where that is said. Throws when they may not. */
  say(
    content: string,
    more?: { readonly channel?: string; readonly files?: readonly FileToSend[]; readonly replyTo?: string },
  ): SeenMessage;
  /** Chooses a command in the menu of a message that they see. Rejects when there is none such. */
  useOn(messageId: string, command: string): Promise<Interaction>;
  /** Presses a button (or chooses values in a select menu) of a message that they can see. Rejects when there is none such. */
  press(messageId: string, customId: string, values?: readonly string[]): Promise<Interaction>;
  /** Everything that they see in the channel, oldest first. */
  sees(channel?: string): readonly SeenMessage[];
}

/** One interaction from its maker's side. */
export interface Interaction {
  readonly id: string;
  readonly outcome: InteractionOutcome;
  /**
   * Resolves at the first final answer (a message, not "thinking"), or rejects when Discord would show a failure. After a press
   * that was only acknowledged (callback type 6) it waits for the edit or follow-up, and at last for the token's end.
   */
  answered(): Promise<SeenMessage>;
}
