import type { APIActionRowComponent, APIButtonComponent, APIEmbed } from 'discord.js';

/** A display as Discord's message routes take it: plain JSON, so that two of them can be compared. */
export interface DisplayMessage {
  readonly embeds: readonly APIEmbed[];
  readonly components: readonly APIActionRowComponent<APIButtonComponent>[];
}

/** Where a display is. */
export interface DisplayPlace {
  readonly channelId: string;
  readonly messageId: string;
}

/** `gone`: deleted, or not to be touched any more. `busyForMs`: rate limited, and dropped. */
export type EditOutcome = 'done' | 'gone' | { readonly busyForMs: number };

/** What the display does to text channels. Rejects only for what may pass, such as a network failure. */
export interface DisplayChannel {
  /** Resolves with the id of the new message, or with null when the bot may not write there. */
  send(channelId: string, message: DisplayMessage): Promise<string | null>;
  edit(place: DisplayPlace, message: DisplayMessage): Promise<EditOutcome>;
  /** What is gone already is fine. */
  remove(place: DisplayPlace): Promise<void>;
}
