import { somePackets, type Case } from './case.ts';
import { song } from './ogg-writer.ts';
import * as write from './webm-writer.ts';

const PACKETS = somePackets(24);
const groups = write.clusters(PACKETS, (packet, at) => write.blockGroup(packet, { at }));
const lacing = write.LACINGS['EBML'] ?? { bits: 0, body: () => Buffer.alloc(0) };
const laced = [0, 8, 16].map((from) =>
  write.simpleBlock(lacing.body(PACKETS.slice(from, from + 8)), { at: from * 20, lacing: lacing.bits }),
);
const webm = (tracks: write.Part, blocks: write.Part) =>
  write.file([write.info(), write.element('1654ae6b', tracks), blocks]);

/** Small files, so that much can be tried on them. */
export const SMALL: readonly Case[] = [
  { name: 'WebM', container: 'webm-opus', bytes: write.webm(PACKETS), packets: PACKETS },
  { name: 'WebM in groups', container: 'webm-opus', bytes: webm(write.track(), groups), packets: PACKETS },
  {
    name: 'WebM, laced',
    container: 'webm-opus',
    bytes: webm(write.track(), write.cluster(0, laced)),
    packets: PACKETS,
  },
  { name: 'Ogg', container: 'ogg-opus', bytes: song(PACKETS, { pageSegments: 5 }), packets: PACKETS },
];
