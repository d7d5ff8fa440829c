/** The bytes are no file of this kind, are damaged beyond what can be passed over, or break off. */
export class DemuxError extends Error {
  override readonly name = 'DemuxError';
}

/** Takes Opus packets out of a container. Any bytes may come; whatever is wrong with them is thrown as a DemuxError. */
export interface OpusParser {
  /** The next bytes. They are not copied, so they must not change any more. */
  feed(chunk: Buffer): void;
  /** The next packet, or null when more bytes are needed. */
  next(): Buffer | null;
  /** Whether the file itself says that it ends here, and everything before that was there. */
  readonly complete: boolean;
  /** There will be no more bytes. Throws when that is in the middle of something, or when there was no sound at all. */
  finish(): void;
  /** Where the packet that came last begins, in milliseconds, as the container says it. */
  readonly timeMs: number;
}

/** Told of each OpusHead (RFC 7845, 5.1) before the packets that it is about; a file of several songs has several. */
export type OnHead = (head: Buffer) => void;

/** More than this without anything that belongs to the sound is no gap any more. */
export const MAX_LOST_BYTES = 4 * 1024 * 1024;
