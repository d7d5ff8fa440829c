import { formatSpan, moment } from '../lib/format.ts';
import type { Incident } from '../voice/voice-reports.ts';
import type { VoiceState } from '../voice/voice-state.ts';
import { KEPT } from './announcements.ts';
import type { Notice } from './notice.ts';

/** What is being done about an open incident, or null when nothing is; `tries` is how many there are before a cool-down. */
export function developing(incident: Incident, state: VoiceState, tries: number): string | null {
  const progress = progressOf(state, tries);
  return progress === null ? null : `🔌 ${story(incident)}: ${progress}.`;
}

/** How an incident ended, or null when others have the words for that. */
export function settled(incident: Incident): Notice | null {
  const { what, reason, result } = incident;
  switch (result) {
    case 'resumed':
    case 'rejoined':
      return `🔌 ${upper(what)}: back after ${formatSpan(lengthOf(incident))}.`;
    case 'gave-up': {
      const line = another(incident) ? `${upper(what)}. I gave up: ${reason}` : `I gave up: ${what}`;
      return { line: `🔇 ${line}. ${KEPT}`, actions: ['resume'] };
    }
    case 'left':
      return `🔌 ${upper(what)}: I left.`;
    case 'gateway-closed':
      return `🔌 ${upper(what)}: I wait for my next start.`;
    case 'stayed-out':
    case 'interrupted':
    case 'open':
      return null;
  }
}

/** Milliseconds from its beginning to its end; of an open one 0. */
export const lengthOf = ({ at, endedAt }: Incident): number => (endedAt === null ? 0 : endedAt - at);

function progressOf(state: VoiceState, tries: number): string | null {
  switch (state.status) {
    case 'joining':
      return `joining again, attempt ${state.attempt} of ${tries}`;
    case 'recovering':
      return state.until === null
        ? 'I come back as soon as Discord lets me'
        : `retrying ${moment(state.until)}, attempt ${state.attempt} of ${tries}`;
    case 'cooling-down':
      return `cooling down, next try ${moment(state.until)}`;
    case 'resuming':
      return 'taking the session up again';
    case 'deciding':
      return 'finding out what happened';
    case 'ready':
    case 'idle':
    case 'failed':
      return null;
  }
}

const another = ({ what, reason }: Incident) => reason !== '' && reason !== what;
const story = (incident: Incident) =>
  another(incident) ? `${upper(incident.what)}, then ${incident.reason}` : upper(incident.what);
const upper = (sentence: string) => sentence.charAt(0).toUpperCase() + sentence.slice(1);
