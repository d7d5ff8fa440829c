/** What commands ask of the now-playing display. */
export interface Displays {
  /** Shows the display anew at the bottom of the channel, and forgets where it was before. */
  show(guildId: string, textChannelId: string): Promise<void>;
}
