import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { decoded, soundOf, type Sound } from '../../bench/media/pcm.ts';

const PER_MS = 8;
/** Half a second is compared; what a decoder makes of the packets before it has settled is left out. */
const BLOCK = 500 * PER_MS;
const SETTLING_PACKETS = 3;
const PACKET_MS = 20;

/** What ffmpeg makes of a file, with filters or without. */
export async function soundOfFile(path: string, chain: string | null = null): Promise<Sound> {
  const filters = chain === null ? [] : ['-af', chain];
  const args = ['-v', 'error', '-i', path, ...filters, '-ar', '48000', '-ac', '2', '-f', 's16le', '-'];
  const { stdout } = await promisify(execFile)('ffmpeg', args, {
    encoding: 'buffer',
    maxBuffer: 256 * 1024 ** 2,
    timeout: 60_000,
  });
  return soundOf(stdout);
}

/** Where in a sound what was heard begins, in milliseconds: looked for a second to either side of a place; null: nowhere there. */
export function placeOf(heard: readonly Buffer[], sound: Sound, nearMs: number): number | null {
  const skipped = SETTLING_PACKETS * PACKET_MS;
  const block = decoded(heard).subarray(skipped * PER_MS, skipped * PER_MS + BLOCK);
  if (block.length < BLOCK) throw new Error('too little was heard');
  const from = Math.max(0, Math.round((nearMs + skipped - 1_000) * PER_MS));
  let best = { likeness: 0.7, at: -1 };
  for (let at = from; at < from + 2_000 * PER_MS && at + BLOCK <= sound.length; at += 1) {
    const likeness = likenessAt(block, sound, at);
    if (likeness > best.likeness) best = { likeness, at };
  }
  return best.at === -1 ? null : best.at / PER_MS - skipped;
}

/** Normalised correlation. */
function likenessAt(block: Sound, sound: Sound, at: number): number {
  let [product, own, other] = [0, 0, 0];
  for (let index = 0; index < block.length; index += 1) {
    const [a = 0, b = 0] = [block[index], sound[at + index]];
    product += a * b;
    own += a * a;
    other += b * b;
  }
  return own === 0 || other === 0 ? 0 : product / Math.sqrt(own * other);
}
