import { safeText } from '../../lib/format.ts';
import type { Subcommand } from '../command.ts';
import { called } from '../words/lists.ts';
import { count } from '../words/track.ts';
import { nameIn } from './edit.ts';

/** `delete` is no name for a variable. */
export const deletion: Subcommand = {
  needs: 'guild',
  ephemeral: true,
  async run(context, { playlists }) {
    const playlist = await playlists.delete(context, nameIn(context));
    return `Deleted ${called(playlist)} with its ${count(playlist.size)}.`;
  },
};

export const rename: Subcommand = {
  needs: 'guild',
  ephemeral: true,
  async run(context, { playlists }) {
    const before = nameIn(context);
    const playlist = await playlists.rename(context, before, context.string('to') ?? '');
    return `*${safeText(before)}* is called ${called(playlist)} now.`;
  },
};

export const share: Subcommand = {
  needs: 'guild',
  ephemeral: true,
  async run(context, { playlists }) {
    const playlist = await playlists.share(context, nameIn(context), context.boolean('on') !== false);
    return playlist.shared
      ? `Everybody in this server can see and load ${called(playlist)} now. Only you can change it.`
      : `Only you see ${called(playlist)} in this server now.`;
  },
};
