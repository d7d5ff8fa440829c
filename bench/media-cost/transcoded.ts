import { kitFor } from './kit.ts';
import { WAYS } from './ways.ts';

/** The packets that the bot makes of a link from its beginning: ffmpeg makes the same of the same each time. */
export async function transcoded(url: string, signal: AbortSignal): Promise<readonly Buffer[]> {
  const kit = kitFor(new URL(url).host);
  try {
    const packets: Buffer[] = [];
    const sound = await WAYS.tenuto({ url, format: 'other', volume: 100, filters: [], signal }, kit);
    for await (const packet of sound as AsyncIterable<Buffer>) packets.push(packet);
    return packets;
  } finally {
    await kit.relay.close();
    await kit.subprocesses.closeAll();
  }
}
