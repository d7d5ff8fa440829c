import type { HeardPacket } from '../ears.ts';

/** RTP units in a frame of 20 ms, the only length that Discord's clients send. */
const FRAME_TICKS = 960;

/** A packet, and how far its number is from the one before it. */
export interface Step {
  readonly packet: HeardPacket;
  readonly step: number;
}

/** What the RTP headers of one listener's packets say against their senders. */
export interface RtpFaults {
  /** Packets whose sequence number is not the next one of their SSRC: something between was lost, left out or sent twice. */
  readonly sequenceFaults: readonly Step[];
  /** Packets whose timestamp is not 960 per frame ahead. After silence it may be further ahead: a pause has time. */
  readonly timestampFaults: readonly Step[];
  /** Packets with another SSRC than the one before of the same speaker: the first of each later voice session, and only those. */
  readonly ssrcChanges: readonly HeardPacket[];
  /** Of these changes, those in the middle of the sound, and those back to an SSRC of before. */
  readonly ssrcFaults: readonly HeardPacket[];
}

/** Judges packets in order of arrival, silence among them: without it the numbers have holes. */
export function rtpFaults(heard: readonly HeardPacket[], isSilence: (packet: HeardPacket) => boolean): RtpFaults {
  const sequenceFaults: Step[] = [];
  const timestampFaults: Step[] = [];
  const ssrcChanges: HeardPacket[] = [];
  const ssrcFaults: HeardPacket[] = [];
  const lastOf = new Map<number, HeardPacket>();
  const lastBy = new Map<string, HeardPacket>();
  for (const packet of heard) {
    const before = lastOf.get(packet.ssrc);
    if (before) {
      const step = (packet.sequence - before.sequence) & 0xffff;
      if (step !== 1) sequenceFaults.push({ packet, step });
      const ticks = (packet.timestamp - before.timestamp) | 0;
      const paused = isSilence(before) && ticks > step * FRAME_TICKS;
      if (ticks !== step * FRAME_TICKS && !paused) timestampFaults.push({ packet, step: ticks });
    }
    const previous = lastBy.get(packet.userId);
    if (previous && previous.ssrc !== packet.ssrc) {
      ssrcChanges.push(packet);
      if (before || !isSilence(previous)) ssrcFaults.push(packet);
    }
    lastOf.set(packet.ssrc, packet);
    lastBy.set(packet.userId, packet);
  }
  return { sequenceFaults, timestampFaults, ssrcChanges, ssrcFaults };
}
