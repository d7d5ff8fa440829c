import type { Evidence, LinkEvidence } from '../../src/voice/link-evidence.ts';

const WELL: LinkEvidence = {
  framesSent: 0,
  endpoint: 'voice.example',
  encryption: 'aead_aes256_gcm_rtpsize',
  pingMs: 20,
  heartbeat: { intervalMs: 13_750, missed: 0, answeredAt: 0 },
  datagrams: null,
  udp: 'answering',
  dave: {
    version: 1,
    encrypted: true,
    privacyCode: '1'.repeat(30),
    preparedTransition: null,
    executedTransitions: 0,
    failures: 0,
  },
};

/** What a look may differ in from a song that one person hears. */
export interface Seen extends Partial<Omit<Evidence, 'link'>> {
  readonly link?: Partial<Omit<LinkEvidence, 'heartbeat' | 'dave'>>;
  readonly heartbeat?: Partial<LinkEvidence['heartbeat']>;
  readonly dave?: Partial<NonNullable<LinkEvidence['dave']>>;
}

/** A look at a song that one person hears, `now` being the time of the last answered heartbeat and the count of frames. */
export function look(now: number, { link, heartbeat, dave, ...rest }: Seen = {}): Evidence {
  return {
    playing: true,
    paused: false,
    silence: null,
    listeners: 1,
    ...rest,
    link: {
      ...WELL,
      framesSent: now,
      ...link,
      heartbeat: { ...WELL.heartbeat, answeredAt: now, ...heartbeat },
      dave: WELL.dave && { ...WELL.dave, ...dave },
    },
  };
}
