/** Discord's clock: one packet every 20 ms (https://discord.com/developers/docs/topics/voice-connections). */
export const PACKET_MS = 20;

/** Frame sizes in milliseconds by the upper five bits of the TOC byte (RFC 6716, table 2). */
const FRAME_MS = [
  [10, 20, 40, 60, 10, 20, 40, 60, 10, 20, 40, 60], // SILK
  [10, 20, 10, 20], // hybrid
  [2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20], // CELT
].flat();

/** How long an Opus packet sounds, in milliseconds; 0 for what is no packet (RFC 6716, 3.1). */
export function packetMs(packet: Buffer): number {
  // By index: destructuring asks an iterator, which costs more than all the rest, for every packet.
  const toc = packet[0];
  const count = packet[1] ?? 0;
  if (toc === undefined) return 0;
  const code = toc & 3;
  const frames = code === 0 ? 1 : code === 3 ? count & 0x3f : 2;
  return (FRAME_MS[toc >> 3] ?? 0) * frames;
}

/** In 256ths of a dB. */
const GAIN_STEPS = 256;

/** The output gain of a stream with this OpusHead (RFC 7845, 5.1) in dB; null where a client would not hear its packets right: surround. */
export function outputGainDb(head: Buffer): number | null {
  if (head.length < 19) return null;
  const channels = head.readUInt8(9);
  const mappingFamily = head.readUInt8(18);
  return channels >= 1 && channels <= 2 && mappingFamily === 0 ? head.readInt16LE(16) / GAIN_STEPS : null;
}
