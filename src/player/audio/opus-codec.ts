import opus, { type OpusEncoder } from '@discordjs/opus';

const SAMPLE_RATE = 48_000;
const CHANNELS = 2;
const BITRATE = 128_000;

/** 20 ms of 16-bit stereo at 48 kHz. */
export const FRAME_BYTES = 960 * CHANNELS * 2;

/** Decodes packets of any length and any number of channels to 16-bit stereo, and encodes frames of 20 ms. */
export function createCodec(): OpusEncoder {
  const codec = new opus.OpusEncoder(SAMPLE_RATE, CHANNELS);
  codec.setBitrate(BITRATE);
  return codec;
}
