import { z } from 'zod';
import { lasting } from '../fault-row.ts';
import { closing, ms, none } from './parameters.ts';

/** What goes wrong before a voice websocket is open. All of it meets new connections only, except the outage. */
export const VOICE_PORT_FAULTS = {
  'refuse-voice-port': lasting('Nobody listens where the voice gateway should be: ECONNREFUSED.', none, ({ voice }) =>
    voice.faults.receive({ kind: 'refuse' }),
  ),
  'silent-voice-port': lasting(
    'The voice gateway takes TCP connections and never says a word; when lifted, they are cut.',
    none,
    ({ voice }) => voice.faults.receive({ kind: 'ignore' }),
  ),
  'slow-voice-port': lasting(
    'The voice gateway begins the TLS handshake only after `ms` milliseconds.',
    z.strictObject({ ms }),
    ({ voice }, { ms }) => voice.faults.receive({ kind: 'dawdle', ms }),
  ),
  'reset-voice-port': lasting(
    'The voice gateway resets connections in the middle of the TLS handshake: ECONNRESET.',
    none,
    ({ voice }) => voice.faults.receive({ kind: 'reset' }),
  ),
  'untrusted-voice-port': lasting('The voice gateway shows a certificate that nobody trusts.', none, ({ voice }) =>
    voice.faults.receive({ kind: 'impersonate' }),
  ),
  'http-voice-port': lasting(
    'The voice gateway answers with the HTTP `status` instead of the upgrade to a websocket.',
    z.strictObject({ status: z.number().int().min(200).max(599) }),
    ({ voice }, { status }) => voice.faults.receive({ kind: 'answer', status }),
  ),
  'voice-outage': lasting(
    'All voice servers are away: every voice websocket is cut, every datagram lost, and new connections are refused or, with a `code`, closed when they identify or resume.',
    z.strictObject({ code: closing.optional() }),
    ({ voice: { faults } }, { code }) => {
      const lifts = [
        faults.impair({ direction: 'both', impairment: () => (_onward, lose) => lose() }),
        code === undefined ? faults.receive({ kind: 'refuse' }) : faults.refuseIdentify({ code, resumes: true }),
      ];
      faults.cutEveryone();
      return () => {
        for (const lift of lifts) lift();
      };
    },
  ),
} as const;
