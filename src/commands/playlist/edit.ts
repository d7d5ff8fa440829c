import { TenutoError } from '../../lib/errors.ts';
import type { Track } from '../../sources/source.ts';
import type { CommandContext, CommandServices, Subcommand } from '../command.ts';
import { called } from '../words/lists.ts';
import { count, named } from '../words/track.ts';

export const save: Subcommand = {
  needs: 'guild',
  ephemeral: true,
  async run(context, { players, playlists }) {
    const { entry, queue } = players.playback(context.guildId);
    const entries = entry === null ? queue.upcoming : [entry, ...queue.upcoming];
    if (entries.length === 0) throw new TenutoError('NOTHING_PLAYING');
    const tracks = entries.map(({ track }) => track);
    const { playlist, added } = await playlists.create(context, nameIn(context), tracks);
    return `Saved ${count(added)} as ${called(playlist)}.${withoutRoom(tracks.length - added)} Only you see it, until you use /playlist share.`;
  },
};

export const add: Subcommand = {
  needs: 'guild',
  ephemeral: true,
  async run(context, services) {
    const name = nameIn(context);
    // Whoever may not change it waits for no search.
    const room = services.playlists.room(context, name);
    const { tracks, what } = await wanted(context, services, room);
    const { playlist, added } = await services.playlists.add(context, name, tracks);
    return `Added ${added === tracks.length ? what : count(added)} to ${called(playlist)}.${withoutRoom(tracks.length - added)}`;
  },
};

export const remove: Subcommand = {
  needs: 'guild',
  ephemeral: true,
  async run(context, { playlists }) {
    const track = await playlists.remove(context, nameIn(context), context.integer('place') ?? 0);
    return `Removed ${named(track)}.`;
  },
};

/** The option `name` as it was typed. */
export const nameIn = (context: CommandContext): string => context.string('name') ?? '';

/** What is said of tracks that a full playlist does not take. */
export const withoutRoom = (rest: number): string =>
  rest === 0 ? '' : ` The other ${rest} found no room: a playlist holds no more.`;

/** The current track, or what the query leads to: of a playlist as many as there is room for, and one more. */
async function wanted(
  context: CommandContext,
  { players, sources }: CommandServices,
  room: number,
): Promise<{ readonly tracks: readonly Track[]; readonly what: string }> {
  const { guildId, userId, signal } = context;
  const query = context.string('query');
  if (query === null) {
    const { entry } = players.playback(guildId);
    if (entry === null) throw new TenutoError('NOTHING_PLAYING');
    return { tracks: [entry.track], what: named(entry.track) };
  }
  sources.check(query);
  const found = await sources.resolve(query, signal, userId);
  switch (found.kind) {
    case 'nothing':
      throw new TenutoError('NOTHING_FOUND');
    case 'track':
      return { tracks: [found.track], what: named(found.track) };
    case 'playlist': {
      const tracks: Track[] = [];
      try {
        for (let next = await found.chunks.next(); next.done !== true; next = await found.chunks.next()) {
          tracks.push(...next.value.tracks);
          if (tracks.length > room) break;
        }
      } finally {
        await found.chunks.return();
      }
      if (tracks.length === 0) throw new TenutoError('NOTHING_FOUND');
      return { tracks, what: count(tracks.length) };
    }
  }
}
