/** What a datagram from a voice server can be, by its shape; only its tag could prove it. */
export type DatagramKind = 'audio' | 'discovery' | 'rtcp' | 'keep-alive' | 'other';

/** Datagrams of one UDP socket so far. */
export interface DatagramCounts {
  readonly sent: number;
  readonly received: Readonly<Record<DatagramKind, number>>;
}

/** RTP header, authentication tag and nonce: what is shorter carries no sound. https://docs.discord.com/developers/topics/voice-connections#transport-encryption-modes */
const SHORTEST_PACKET = 12 + 16 + 4;
const RTP_VERSION = 2;
const OPUS_PAYLOAD_TYPE = 120;
/** RFC 5761, section 4: what keeps RTCP apart from RTP on one port. */
const RTCP_TYPES = { from: 192, to: 223 } as const;
const KEEP_ALIVE_LENGTH = 8;

/** https://docs.discord.com/developers/topics/voice-connections#ip-discovery */
const DISCOVERY_LENGTH = 74;
const DISCOVERY_BODY_LENGTH = 70;
/** 64 bytes of address and two of port. */
const ADDRESS_FROM = 8;
const REQUEST = 1;
const ANSWER = 2;

/** Tells by its shape what a datagram is. */
export function kindOf(datagram: Buffer): DatagramKind {
  const [first = 0, second = 0] = datagram;
  const isRtp = first >> 6 === RTP_VERSION;
  if (isRtp && second >= RTCP_TYPES.from && second <= RTCP_TYPES.to) return 'rtcp';
  if (isRtp && (second & 0b0111_1111) === OPUS_PAYLOAD_TYPE && datagram.length > SHORTEST_PACKET) return 'audio';
  if (datagram.length === KEEP_ALIVE_LENGTH) return 'keep-alive';
  return isDiscovery(datagram, ANSWER) ? 'discovery' : 'other';
}

/** The 74 bytes that ask a voice server for our address. */
export function discoveryRequest(ssrc: number): Buffer {
  const request = Buffer.alloc(DISCOVERY_LENGTH);
  request.writeUInt16BE(REQUEST, 0);
  request.writeUInt16BE(DISCOVERY_BODY_LENGTH, 2);
  request.writeUInt32BE(ssrc, 4);
  return request;
}

/** True when the datagram says that it is an answer of IP discovery, and has not the form of one. */
export function isBadDiscovery(datagram: Buffer): boolean {
  return datagram.length >= 2 && datagram.readUInt16BE(0) === ANSWER && !isDiscovery(datagram, ANSWER);
}

/** True when the datagram answers the request for this SSRC. */
export function answersDiscovery(datagram: Buffer, ssrc: number): boolean {
  return isDiscovery(datagram, ANSWER) && datagram.readUInt32BE(4) === ssrc;
}

/** The address that an answer names, with its port: from where our datagrams reach the server. */
export function namedAddress(answer: Buffer): string {
  return answer.subarray(ADDRESS_FROM).toString('latin1');
}

function isDiscovery(datagram: Buffer, type: number): boolean {
  return (
    datagram.length === DISCOVERY_LENGTH &&
    datagram.readUInt16BE(0) === type &&
    datagram.readUInt16BE(2) === DISCOVERY_BODY_LENGTH
  );
}
