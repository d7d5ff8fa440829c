import { Duplex } from 'node:stream';
import { OggParser } from './ogg-parser.ts';
import type { OnHead, OpusParser } from './opus-parser.ts';
import { WebmParser } from './webm-parser.ts';

/** Few: what is waiting here is lost when the file turns out to be damaged behind it. */
const QUEUED_PACKETS = 2;

const PARSERS = {
  'webm-opus': (onHead: OnHead): OpusParser => new WebmParser(onHead),
  'ogg-opus': (onHead: OnHead): OpusParser => new OggParser(onHead),
};

/**
 * The bytes of a file in, its Opus packets out, one an item. 'head' tells each OpusHead before the packets that it is about;
 * 'error' is a DemuxError. Packets are taken out of their chunk only when they are asked for, so that a chunk full of tiny
 * ones costs no more memory than any other.
 */
export class OpusDemuxer extends Duplex {
  readonly #parser: OpusParser;
  #wanted = false;
  #more: (() => void) | null = null;
  #broken: Error | null = null;

  constructor(container: keyof typeof PARSERS) {
    super({ readableObjectMode: true, readableHighWaterMark: QUEUED_PACKETS });
    this.#parser = PARSERS[container]((head) => this.emit('head', head));
  }

  /**
   * The bytes of an input, to be piped into this. Where they fail behind a container that is complete, as behind a
   * Content-Length that is too long, that was the end.
   */
  async *bytesOf(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
    try {
      yield* input;
    } catch (error) {
      this.#broken = error instanceof Error ? error : new Error(String(error));
    }
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#parser.feed(chunk);
    this.#more = done;
    this.#advance();
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#broken && !this.#parser.complete) return done(this.#broken);
    try {
      this.#parser.finish();
      this.push(null);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _read(): void {
    this.#wanted = true;
    this.#advance();
  }

  #advance(): void {
    try {
      while (this.#wanted && this.#more) {
        const packet = this.#parser.next();
        if (packet) this.#wanted = this.push(packet);
        else this.#askForMore();
      }
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  #askForMore(): void {
    const more = this.#more;
    this.#more = null;
    more?.();
  }
}
