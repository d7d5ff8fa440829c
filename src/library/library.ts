import type { Favourites } from './favourites.ts';
import { OwnTracks } from './own-tracks.ts';
import { PersonalFavourites } from './personal-favourites.ts';
import type { Playlists } from './playlists.ts';
import { SavedPlaylists } from './saved-playlists.ts';
import { TrackLists, type TrackListsOptions } from './track-lists.ts';

/** What people keep beyond the queues. */
export interface Library {
  readonly playlists: Playlists;
  readonly favourites: Favourites;
  readonly ownTracks: OwnTracks;
}

/** Reads back what people have kept. Rejects when the store cannot be read. */
export async function openLibrary(options: TrackListsOptions): Promise<Library> {
  const lists = new TrackLists(options);
  await lists.load();
  return {
    playlists: new SavedPlaylists(lists),
    favourites: new PersonalFavourites(lists),
    ownTracks: new OwnTracks(lists),
  };
}
