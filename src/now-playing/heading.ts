import type { Playback } from '../player/players.ts';
import type { VoiceReport } from '../voice/voice-reports.ts';

/** How a guild's voice is, as the display looks at it. */
export type VoiceHealth = { readonly state: VoiceReport['state']['status']; readonly verdict: VoiceReport['verdict'] };

const HEADINGS: Readonly<Record<Playback['status'], string>> = {
  idle: 'Nothing is playing',
  away: 'Not in a voice channel, /resume goes on',
  loading: 'Loading',
  playing: 'Now playing',
  paused: 'Paused',
  'waiting-to-retry': 'Waiting to try again',
  'waiting-for-voice': 'Connecting',
  'waiting-for-listeners': 'Waiting for somebody to listen',
};

/** Instead of "Now playing" and "Connecting", while voice is not ready. */
const WAITS: Readonly<Record<VoiceHealth['state'], string>> = {
  idle: HEADINGS['waiting-for-voice'],
  joining: HEADINGS['waiting-for-voice'],
  ready: HEADINGS['waiting-for-voice'],
  resuming: 'Voice was lost, coming back',
  recovering: 'Voice was lost, coming back',
  deciding: 'Voice was lost, coming back',
  'cooling-down': 'Voice keeps failing, waiting to try again',
  failed: 'Voice could not be mended, /reconnect tries again',
};

/** Instead of "Now playing", while the connection is there and the monitor sees that it does not do its work. */
const ILLS: Readonly<Partial<Record<VoiceHealth['verdict'], string>>> = {
  muted: 'Playing, but a moderator muted me',
  suppressed: 'Playing, but I may not speak here',
  'silent-stuck': 'No sound gets out, mending that',
  'link-down': 'Voice does not answer, mending that',
  'udp-lost': 'Sound may be lost on its way, mending that',
  'dave-stuck': 'Encryption hangs, mending that',
};

/** What stands above the track: what is true now, voice included where it is not well. */
export function heading({ status }: Pick<Playback, 'status'>, { state, verdict }: VoiceHealth): string {
  if (status === 'waiting-for-voice' || (status === 'playing' && state !== 'ready')) return WAITS[state];
  return (status === 'playing' ? ILLS[verdict] : undefined) ?? HEADINGS[status];
}
