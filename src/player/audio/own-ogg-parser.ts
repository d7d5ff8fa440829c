import prism from 'prism-media';
import type { OnHead, OpusParser } from './opus-parser.ts';

/**
 * Opus packets of the Ogg that our own ffmpeg writes, which needs no more than prism-media's demuxer: one stream, whole pages, and
 * whether it is complete the program's exit says. Files of strangers come in forms that it takes for silence or noise
 * (docs/decisions/0015-our-own-demuxers.md).
 */
export class OwnOggParser implements Omit<OpusParser, 'timeMs'> {
  readonly complete = false;
  readonly #demuxer = new prism.opus.OggDemuxer();
  #failure: Error | null = null;

  constructor(onHead: OnHead) {
    this.#demuxer.on('head', onHead);
    this.#demuxer.on('error', (error: Error) => (this.#failure ??= error));
  }

  feed(chunk: Buffer): void {
    this.#demuxer.write(chunk);
  }

  next(): Buffer | null {
    return this.#failure ? this.finish() : (this.#demuxer.read() as Buffer | null);
  }

  finish(): null {
    if (this.#failure) throw this.#failure;
    return null;
  }
}
