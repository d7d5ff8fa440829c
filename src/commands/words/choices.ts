import { plainText } from '../../lib/format.ts';
import type { Track } from '../../sources/source.ts';
import type { Choice, Command, ReplyMenu } from '../command.ts';
import { length } from './track.ts';

/** https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-choice-structure */
const NAME_LENGTH = 100;
const MOST = 25;

/** Tracks for an option that completes with what leads to them again; those that are too long for that are left out. */
export function trackChoices(
  tracks: readonly Track[],
  referenceTo: (track: Track) => string | null,
): readonly Choice[] {
  return tracks.flatMap((track) => {
    const value = referenceTo(track);
    return value === null ? [] : [{ name: nameOf(track), value }];
  });
}

/** The same for a menu. */
export function menuOptions(
  tracks: readonly Track[],
  referenceTo: (track: Track) => string | null,
): ReplyMenu['options'] {
  return tracks.flatMap((track) => {
    const value = referenceTo(track);
    const by = track.artist === null ? '' : `${plainText(track.artist, 60)} · `;
    const label = plainText(track.title, NAME_LENGTH) || 'untitled';
    return value === null ? [] : [{ label, value, description: `${by}${length(track)}` }];
  });
}

/** Completes a place of the queue: by its number, or by words of the title that stands there. */
export const completePlace: NonNullable<Command['complete']> = ({ guildId, text }, { players }) =>
  placeChoices(
    text,
    players
      .playback(guildId)
      .queue.upcoming.values()
      .map(({ track }) => track),
  );

/** The same for a place among any tracks. */
export function placeChoices(text: string, tracks: Iterable<Track>): readonly Choice[] {
  const typed = text.trim().toLowerCase();
  return Iterator.from(tracks)
    .map((track, index) => ({ track, place: index + 1 }))
    .filter(({ track, place }) => String(place).startsWith(typed) || track.title.toLowerCase().includes(typed))
    .take(MOST)
    .map(({ track, place }) => ({ name: plainText(`${place}. ${nameOf(track)}`, NAME_LENGTH), value: place }))
    .toArray();
}

function nameOf(track: Track): string {
  const end = ` (${length(track)})`;
  const by = track.artist === null ? '' : ` · ${track.artist}`;
  return (plainText(`${track.title}${by}`, NAME_LENGTH - end.length) || 'untitled') + end;
}
