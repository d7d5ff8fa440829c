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

/** A message that somebody sent, as everybody in the channel is told of it; `nonce` is what its sender knows it by. */
export interface SentMessage extends DisplayPlace {
  readonly nonce: string | null;
}

/** `gone`: deleted. `forbidden`: there, as it may be, and not to be touched. `busyForMs`: rate limited, and dropped. */
export type EditOutcome = 'done' | 'gone' | 'forbidden' | { readonly busyForMs: number };

/** What the display does to text channels. Rejects only for what may pass, such as a network failure: then nobody knows whether it was done. */
export interface DisplayChannel {
  /**
   * Resolves with the id of the new message, or with null when the bot may not write there. For a nonce that was sent a
   * moment ago there is no second message: the first one's id is returned.
   */
  send(channelId: string, message: DisplayMessage, nonce: string): Promise<string | null>;
  edit(place: DisplayPlace, message: DisplayMessage): Promise<EditOutcome>;
  /** `gone`: it is not there now, whoever removed it. */
  remove(place: DisplayPlace): Promise<'gone' | 'forbidden'>;
}
