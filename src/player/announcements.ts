import type { TenutoError } from '../lib/errors.ts';
import { moment, safeText } from '../lib/format.ts';
import type { Track } from '../sources/source.ts';
import type { Notice } from './notice.ts';

/** What becomes of the queue, and what to do about it. */
export const KEPT = 'The queue is kept: /resume goes on.';

/** Everything that a text channel is told without having asked: one line each, with what to do next. */
export const ALONE = `👋 Nobody was listening, so I left. ${KEPT}`;
export const QUEUE_ENDED = '👋 The queue has ended, so I left.';
export const KICKED: Notice = { line: `👋 Somebody disconnected me. ${KEPT}`, actions: ['resume'] };
export const KICKED_ONCE =
  '👋 Somebody disconnected me. I come back this once: disconnect me again or use /leave to keep me out.';
export const CHANNEL_DELETED: Notice = { line: `👋 My voice channel was deleted. ${KEPT}`, actions: ['resume'] };
export const SAVED_AGAIN = '💾 Saved again; nothing was lost.';
export const SILENCED = {
  muted: '🔇 A moderator muted me, so nobody hears me.',
  suppressed:
    '🔇 I may not speak in this channel, so nobody hears me. Give me the "Speak" permission or invite me to speak.',
} as const;
export const AUDIBLE = '🔊 I can be heard again.';

export const skipped = ({ title }: Track, { say }: TenutoError): string => `⚠️ Skipped **${safeText(title)}**: ${say}`;

/** `until`: when it is tried again, milliseconds since 1970. */
export const holding = ({ code, detail }: TenutoError, until: number): string => {
  const why = code === 'NETWORK_DOWN' ? `I cannot reach ${detail}` : `the site gives me nothing: ${detail}`;
  return `⏳ The music waits: ${why}. The queue is kept and I go on by myself, next try ${moment(until)}; /skip goes on with the next.`;
};
export const GOES_ON = '▶️ The music goes on.';

export const gaveUp = ({ say }: TenutoError): string =>
  `⚠️ I could not go on, so I paused. ${say} /resume tries again, /skip goes on with the next.`;

export const NOTHING_RELATED =
  '⏹️ The queue has ended. Autoplay knows what goes with YouTube and the library, and nothing else.';
export const NOTHING_NEW = '⏹️ The queue has ended, and autoplay found nothing that was not heard lately.';
export const lookedInVain = ({ say }: TenutoError): string =>
  `⏹️ The queue has ended, and autoplay could not look for more. ${say}`;
export const AUTOPLAY_PAUSED =
  '⏹️ Three tracks in a row that autoplay found would not play. It waits until somebody adds one.';

/** `since`: milliseconds since 1970; `cause`: words, such as "the disk is full". */
export const notSaved = ({ since, cause }: { readonly since: number; readonly cause: string }): string =>
  `💾 I cannot save at the moment (${cause}): the music goes on, but what has changed since ${moment(since)} would be lost if I restarted. The operator knows.`;
