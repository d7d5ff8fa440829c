import { somePackets, type Case } from './case.ts';
import { page, segmented, song, songPages, tagsPacket } from './ogg-writer.ts';
import { opusHead } from './webm-writer.ts';

const PACKETS = somePackets();
const SECOND = somePackets(60);

const row = (name: string, bytes: Buffer, packets: Case['packets'] = PACKETS, unfit = false): Case => ({
  name: `Ogg: ${name}`,
  container: 'ogg-opus',
  bytes,
  packets,
  unfit,
});

const VORBIS = [
  page(segmented(Buffer.from('\u0001vorbis and more')), { serial: 9, sequence: 0, first: true, granule: 0 }),
  page(segmented(Buffer.from('\u0003vorbis and more')), { serial: 9, sequence: 1, granule: 0 }),
  page(segmented(Buffer.alloc(300)), { serial: 9, sequence: 2, granule: 960, last: true }),
];

/** Two streams that are played at the same time: all begin before one goes on. */
function together(one: readonly Buffer[], other: readonly Buffer[]): Buffer {
  const length = Math.max(one.length, other.length);
  return Buffer.concat(
    Array.from({ length }, (_, index) => [one[index], other[index]])
      .flat()
      .flatMap((part) => part ?? []),
  );
}

const large = PACKETS.map((packet) => Buffer.concat([packet, Buffer.alloc(900, packet)]));
const pages = songPages(PACKETS);
const damaged = Buffer.concat([...pages.slice(0, 2), Buffer.alloc(5_000, 'OggS'), ...pages.slice(2)]);
const lengths = (toc: number, packetMs: number) => {
  const packets = somePackets(100, toc);
  return [song(packets, { packetMs }), packets] as const;
};

/** Ogg in every form that its writers use. */
export const OGG_CASES: readonly Case[] = [
  row('usual', song(PACKETS)),
  row('packets over page boundaries', song(large, { pageSegments: 3 }), large),
  row('a packet over three pages', song(large, { pageSegments: 2 }), large),
  row('tags of 1 MB', song(PACKETS, { tags: tagsPacket(1024 * 1024) })),
  row('chained: the next song', Buffer.concat([song(PACKETS), song(SECOND, { serial: 8 })]), [...PACKETS, ...SECOND]),
  row('chained: the same serial again', Buffer.concat([song(PACKETS), song(SECOND)]), [...PACKETS, ...SECOND]),
  row('several streams, Opus first', together(pages, VORBIS)),
  row('several streams, Opus second', together(VORBIS, pages)),
  row('several streams of Opus', together(pages, songPages(SECOND, { serial: 8 }))),
  row('10 ms', ...lengths(0xf4, 10)),
  row('40 ms', ...lengths(0x14, 40)),
  row('60 ms', ...lengths(0x1c, 60)),
  row('mono', song(PACKETS, { head: opusHead(1) })),
  row('5.1 channels', song(PACKETS, { head: opusHead(6, 0, 1) }), PACKETS, true),
  row('output gain', song(PACKETS, { head: opusHead(2, -512) }), PACKETS, true),
  row('a stretch that is no Ogg', damaged),
  row('recorded without an end', Buffer.concat(pages.slice(0, -1)), PACKETS.slice(0, 91)),
  row('Vorbis', Buffer.concat(VORBIS), null),
  row('Opus, then a song in Vorbis', Buffer.concat([song(PACKETS), ...VORBIS]), null),
  row('starts in the middle', song(PACKETS).subarray(900), null),
  row('a web page', Buffer.from(`<!DOCTYPE html><html>${'<p>Not found</p>'.repeat(500)}`), null),
  row('empty', Buffer.alloc(0), null),
];
