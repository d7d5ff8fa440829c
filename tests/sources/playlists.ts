import type { PlaylistChunk, PlaylistChunks, Resolution, Track } from '../../src/sources/source.ts';

/** What yt-dlp writes about a list that is read entry by entry. */
export const listLines = (title: string, entries: readonly object[]): string =>
  entries
    .map((entry) => `${JSON.stringify({ _type: 'url', playlist: title, playlist_title: title, ...entry })}\n`)
    .join('');

/** All tracks of a playlist, put into `tracks` as they come; none of what is no playlist. */
export async function tracksIn(resolution: Resolution, tracks: Track[] = []): Promise<readonly Track[]> {
  if (resolution.kind !== 'playlist') return tracks;
  for (let next = await resolution.chunks.next(); next.done !== true; next = await resolution.chunks.next())
    tracks.push(...next.value.tracks);
  return tracks;
}

/** A playlist that comes in these chunks. `returned`: whether somebody has ended it. */
export function chunksOf(
  chunks: AsyncIterable<PlaylistChunk> | Iterable<PlaylistChunk>,
): PlaylistChunks & { returned: boolean } {
  const each = (async function* () {
    yield* chunks;
  })();
  return {
    returned: false,
    next: () => each.next(),
    async return() {
      this.returned = true;
    },
  };
}
