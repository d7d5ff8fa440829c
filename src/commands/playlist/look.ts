import { safeText } from '../../lib/format.ts';
import type { Subcommand } from '../command.ts';
import { linesPage, playlistLine, tracksPage } from '../words/lists.ts';
import { nameIn } from './edit.ts';

export const show: Subcommand = {
  needs: 'guild',
  ephemeral: true,
  async run(context, { playlists }) {
    const { playlist, tracks } = await playlists.open(context, nameIn(context));
    if (tracks.length === 0) return 'That playlist is empty. /playlist add puts something into it.';
    return { embeds: [tracksPage(safeText(playlist.name), tracks, context.integer('page') ?? 1)] };
  },
};

export const list: Subcommand = {
  needs: 'guild',
  ephemeral: true,
  run(context, { playlists }) {
    const visible = playlists.visible(context);
    if (visible.length === 0)
      return Promise.resolve('There is no playlist yet. /playlist save keeps the queue as one.');
    const lines = visible.map((playlist) => playlistLine(playlist, context.userId));
    return Promise.resolve({ embeds: [linesPage('Playlists', lines, context.integer('page') ?? 1)] });
  },
};
