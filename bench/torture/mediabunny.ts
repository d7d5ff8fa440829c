import { Duplex } from 'node:stream';
import { EncodedPacketSink, Input, MATROSKA, OGG, ReadableStreamSource, WEBM } from 'mediabunny';
import type { Case } from './case.ts';

const FORMATS = { 'webm-opus': [WEBM, MATROSKA], 'ogg-opus': [OGG] } as const;

/** mediabunny as a demuxer in a pipeline: bytes in, Opus packets out. Where it finds none that is an error, as a player would make one. */
export const mediabunnyDemuxer = (container: Case['container']): Duplex =>
  Duplex.from((bytes: AsyncIterable<Buffer>) => packetsOf(container, bytes));

async function* packetsOf(container: Case['container'], bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const rest = bytes[Symbol.asyncIterator]();
  const stream = ReadableStream.from({ [Symbol.asyncIterator]: () => ({ next: () => rest.next() }) });
  // What it reads ahead fails where nobody waits, and is met again at the next packet.
  const source = new ReadableStreamSource(stream, { handleUnhandledError: () => undefined });
  using input = new Input({ formats: [...FORMATS[container]], source });
  const track = await input.getPrimaryAudioTrack();
  const codec = await track?.getCodec();
  if (!track || codec !== 'opus') throw new Error(`its sound is ${codec ?? 'of no kind'}, not Opus`);
  for await (const { data } of new EncodedPacketSink(track).packets()) yield Buffer.from(data);
  // It stops behind the last packet, and a pipeline waits until everything has been read.
  while ((await rest.next()).done !== true);
}
