/** Who asked for what nobody asked for: autoplay, in place of a person's id. */
export const AUTOPLAY = 'autoplay';

/** Who asked for an entry, as people read it. */
export const requesterInWords = (requestedBy: string): string =>
  requestedBy === AUTOPLAY ? 'autoplay' : `<@${requestedBy}>`;
