import { somePackets, type Case } from './case.ts';
import * as write from './webm-writer.ts';

const PACKETS = somePackets();
const TRACKS = '1654ae6b';
const VIDEO = write.track({ number: write.unsigned(2), type: 1, codec: 'V_VP9', head: Buffer.alloc(500) });
const PICTURE = write.simpleBlock(Buffer.alloc(20_000, 0xa3), { number: write.vint(2) });
const VORBIS = write.track({ codec: 'A_VORBIS', head: Buffer.alloc(4_000) });
const ZLIB = write.element(
  '6d80',
  write.element('6240', write.element('5034', write.element('4254', Buffer.from([0])))),
);

const row = (name: string, bytes: Buffer, packets: Case['packets'] = PACKETS, unfit = false): Case => ({
  name: `WebM: ${name}`,
  container: 'webm-opus',
  bytes,
  packets,
  unfit,
});

const simple = write.clusters(PACKETS, (packet, at) => write.simpleBlock(packet, { at }));
const withTracks = (tracks: write.Part, blocks: write.Part) =>
  write.file([write.info(), write.element(TRACKS, tracks), blocks]);

/** Four frames a block, as Matroska writers lace sound. */
function laced(name: string): Buffer {
  const { bits, body } = write.LACINGS[name] ?? { bits: 0, body: () => Buffer.alloc(0) };
  const fours = (packets: readonly Buffer[]) =>
    Array.from({ length: packets.length / 4 }, (_, index) => packets.slice(index * 4, index * 4 + 4));
  const blocks = fours(name === 'fixed' ? EVEN : PACKETS).map((four, index) =>
    write.simpleBlock(body(four), { at: index * 80, lacing: bits }),
  );
  return withTracks(write.track(), write.cluster(0, blocks));
}

const EVEN = PACKETS.map((packet) => packet.subarray(0, 50));
const BEHIND = PACKETS.map((packet) => packet.subarray(1));
const LARGE = write.unsigned(300);

/** WebM and Matroska in every form that their writers use. */
export const WEBM_CASES: readonly Case[] = [
  row('SimpleBlock', write.webm(PACKETS)),
  row(
    'BlockGroup',
    withTracks(
      write.track(),
      write.clusters(PACKETS, (packet, at) => write.blockGroup(packet, { at })),
    ),
  ),
  row('Xiph lacing', laced('Xiph')),
  row('EBML lacing', laced('EBML')),
  row('fixed lacing', laced('fixed'), EVEN),
  row(
    'unknown sizes',
    Buffer.concat([
      write.EBML_HEADER,
      write.endless('18538067', [
        write.info(),
        write.element(TRACKS, write.track()),
        [PACKETS.slice(0, 50), PACKETS.slice(50)].map((part, index) =>
          write.endless('1f43b675', [
            write.element('e7', write.unsigned(index * 1_000)),
            part.map((packet, place) => write.simpleBlock(packet, { at: place * 20 })),
          ]),
        ),
      ]),
    ]),
  ),
  row(
    'track number of two bytes',
    withTracks(
      [VIDEO, write.track({ number: LARGE })],
      write.clusters(PACKETS, (packet, at) => [PICTURE, write.simpleBlock(packet, { at, number: write.vint(300) })]),
    ),
  ),
  row(
    'track number 1 written in four bytes',
    withTracks(
      write.track(),
      write.clusters(PACKETS, (packet, at) => write.simpleBlock(packet, { at, number: write.vint(1, 4) })),
    ),
  ),
  row(
    'header stripping',
    withTracks(
      write.track({ encodings: write.stripping(Buffer.from([0xfc])) }),
      write.clusters(BEHIND, (packet, at) => write.simpleBlock(packet, { at })),
    ),
  ),
  row(
    'video beside the sound',
    withTracks(
      [VIDEO, write.track()],
      write.clusters(PACKETS, (packet, at) => [PICTURE, write.simpleBlock(packet, { at })]),
    ),
  ),
  row(
    'pictures attached in front',
    write.file([
      write.attachment('cover.jpg', Buffer.alloc(1024 * 1024, 0xae)),
      write.info(),
      write.element(TRACKS, write.track()),
      simple,
    ]),
  ),
  row('two files in one', Buffer.concat([write.webm(PACKETS), write.webm(PACKETS)]), [...PACKETS, ...PACKETS]),
  row(
    'starts in the middle, behind its header',
    withTracks(write.track(), [Buffer.concat(simple).subarray(900)]),
    PACKETS.slice(20),
  ),
  row('5.1 channels', write.webm(PACKETS, write.track({ head: write.opusHead(6, 0, 1) })), PACKETS, true),
  row('output gain', write.webm(PACKETS, write.track({ head: write.opusHead(2, 512) })), PACKETS, true),
  row('mono', write.webm(PACKETS, write.track({ head: write.opusHead(1) }))),
  row('Vorbis', write.webm(PACKETS, VORBIS), null),
  row('no sound, only video', withTracks(VIDEO, write.cluster(0, PICTURE)), null),
  row('sound that is compressed with zlib', write.webm(PACKETS, write.track({ encodings: ZLIB })), null),
  row('starts in the middle, without its header', Buffer.concat(simple).subarray(500), null),
  row('a web page', Buffer.from(`<!DOCTYPE html><html>${'<p>Not found</p>'.repeat(500)}`), null),
  row('empty', Buffer.alloc(0), null),
];
