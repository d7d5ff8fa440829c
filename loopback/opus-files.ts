import { readFile } from 'node:fs/promises';
import { oggOpusPackets } from './voice/ogg.ts';
import { webmOpusPackets } from './voice/webm.ts';

/**
 * Every Opus packet of an Ogg or WebM file, in order, headers left out: what a listener must hear when the file is passed through.
 * Rejects for files of another kind and for files without Opus.
 */
export async function opusPacketsOf(path: string): Promise<readonly Buffer[]> {
  const bytes = await readFile(path);
  const packets = bytes.subarray(0, 4).toString('latin1') === 'OggS' ? oggOpusPackets(bytes) : webmOpusPackets(bytes);
  if (packets.length === 0) throw new Error(`${path} has no Opus packets that can be read`);
  return packets;
}
