import type { TenutoError } from '../lib/errors.ts';
import { safeText } from '../lib/format.ts';
import type { Track } from '../sources/source.ts';
import type { Incident } from '../voice/voice-reports.ts';
import type { VoiceState } from '../voice/voice-state.ts';

/** An interruption this long is explained to the people who heard it. */
const NOTICED_MS = 2_000;
const KEPT = 'The queue is kept: /resume goes on.';

/** Everything that a text channel is told without having asked: one line each, with what to do next. */
export const ALONE = `👋 Nobody was listening, so I left. ${KEPT}`;
export const QUEUE_ENDED = '👋 The queue has ended, so I left.';
export const KICKED = `👋 Somebody disconnected me. ${KEPT}`;

export const CHANNEL_DELETED = `👋 My voice channel was deleted. ${KEPT}`;
export const NOT_SAVED =
  '💾 I could not save what comes next, so I wait and try again. The operator must look at the disk.';
export const SILENCED = {
  muted: '🔇 A moderator muted me, so nobody hears me.',
  suppressed:
    '🔇 I may not speak in this channel, so nobody hears me. Give me the "Speak" permission or invite me to speak.',
} as const;

export const skipped = ({ title }: Track, { say }: TenutoError): string => `⚠️ Skipped **${safeText(title)}**: ${say}`;

export const gaveUp = ({ say }: TenutoError): string =>
  `⚠️ I could not go on, so I paused. ${say} /resume tries again, /skip goes on with the next.`;

/** About where voice is now, or null when that needs no words. */
export function voiceLine(state: VoiceState): string | null {
  if (state.status === 'failed') return `🔇 I lost the voice channel: ${state.reason}. ${KEPT}`;
  if (state.status !== 'cooling-down') return null;
  const next = `<t:${Math.ceil(state.until / 1_000)}:R>`;
  return `🔌 Voice keeps failing: ${state.reason}. The music waits; I try again ${next}.`;
}

/** About an interruption that is over and was long enough to be noticed; else null. */
export function interruptionLine({ at, what, outcome }: Incident, now: number): string | null {
  return outcome === null || now - at < NOTICED_MS ? null : `🔌 ${what}: ${outcome}.`;
}
