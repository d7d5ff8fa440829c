import { ButtonStyle, ComponentType, type APIActionRowComponent, type APIButtonComponent } from 'discord.js';
import type { Playback } from '../player/players.ts';
import type { LoopMode } from '../queue/queue.ts';
import { buttonId, type ButtonAction } from './buttons.ts';

type Row = APIActionRowComponent<APIButtonComponent>;

/** A screen reader says the label; the picture is for those who look. */
interface Look {
  readonly label: string;
  readonly emoji: string;
  readonly style?: ButtonStyle.Primary | ButtonStyle.Danger;
}

const LOOKS: Readonly<Record<ButtonAction, Look>> = {
  previous: { label: 'Previous', emoji: '⏮️' },
  back: { label: 'Back 10 s', emoji: '⏪' },
  pause: { label: 'Pause', emoji: '⏸️', style: ButtonStyle.Primary },
  resume: { label: 'Resume', emoji: '▶️', style: ButtonStyle.Primary },
  forward: { label: 'Forward 10 s', emoji: '⏩' },
  skip: { label: 'Skip', emoji: '⏭️' },
  stop: { label: 'Stop', emoji: '⏹️', style: ButtonStyle.Danger },
  'loop-track': { label: 'Loop track', emoji: '🔂' },
  'loop-queue': { label: 'Loop queue', emoji: '🔁' },
  'loop-off': { label: 'Loop off', emoji: '➡️' },
  shuffle: { label: 'Shuffle', emoji: '🔀' },
  quieter: { label: 'Quieter', emoji: '🔉' },
  louder: { label: 'Louder', emoji: '🔊' },
  favourite: { label: 'Favourite', emoji: '⭐' },
};

/** What a press of the loop button leads to from each mode. */
const AFTER: Readonly<Record<LoopMode, LoopMode>> = { off: 'track', track: 'queue', queue: 'off' };

const isLive = ({ entry }: Playback): boolean => entry?.track.live === true;

/** When a button makes no sense; it stays in its place, so that nobody presses another one by habit. */
const USELESS: Readonly<Partial<Record<ButtonAction, (playback: Playback) => boolean>>> = {
  previous: ({ queue }) => queue.history.length === 0,
  back: isLive,
  forward: isLive,
  shuffle: ({ queue }) => queue.upcoming.length < 2,
  quieter: ({ volume }) => volume <= 0,
  louder: ({ volume }) => volume >= 200,
};

/** The buttons below the display of an entry: what plays, how it sounds, and for whoever likes it. A row holds five at most. */
export function buttonRows(entryId: string, playback: Playback): readonly Row[] {
  const row = (...actions: readonly ButtonAction[]): Row => ({
    type: ComponentType.ActionRow,
    components: actions.map((action) => button(action, entryId, playback)),
  });
  const goesOn = playback.status === 'paused' || playback.status === 'away' ? 'resume' : 'pause';
  return [
    row('previous', goesOn, 'skip', 'stop', `loop-${AFTER[playback.queue.loop]}`),
    row('back', 'forward', 'quieter', 'louder', 'shuffle'),
    row('favourite'),
  ];
}

function button(action: ButtonAction, entryId: string, playback: Playback): APIButtonComponent {
  const { label, emoji, style = ButtonStyle.Secondary } = LOOKS[action];
  return {
    type: ComponentType.Button,
    custom_id: buttonId(action, entryId),
    label,
    emoji: { name: emoji },
    style,
    ...(USELESS[action]?.(playback) === true && { disabled: true }),
  };
}
