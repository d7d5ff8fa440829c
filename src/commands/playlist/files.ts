import { TenutoError } from '../../lib/errors.ts';
import type { Subcommand } from '../command.ts';
import { called } from '../words/lists.ts';
import { count } from '../words/track.ts';
import { nameIn, withoutRoom } from './edit.ts';

/** To the asker alone: a link to such a file is good for everybody who has it. */
export const exporting: Subcommand = {
  needs: 'guild',
  ephemeral: true,
  async run(context, { playlists }) {
    const { playlist, contents } = await playlists.export(context, nameIn(context));
    const name = `${playlist.name.replaceAll(/[^\p{L}\p{N} _-]/gu, '').trim() || 'playlist'}.json`;
    return {
      content: `${called(playlist)}, ${count(playlist.size)}. /playlist import reads it again, here or elsewhere.`,
      files: [{ name, contents }],
    };
  },
};

export const importing: Subcommand = {
  needs: 'guild',
  ephemeral: true,
  async run(context, { playlists, files }) {
    const file = context.attachment('file');
    if (file === null) throw new TenutoError('BAD_OPTION', 'Give a file that /playlist export has made.');
    const text = await files.read(file, context.signal);
    const { playlist, added, left, unread } = await playlists.import(context, context.string('name'), text);
    const strange = unread === 0 ? '' : ` I left out ${unread} that I cannot read.`;
    return `Imported ${count(added)} as ${called(playlist)}.${withoutRoom(left)}${strange} Only you see it, until you use /playlist share.`;
  },
};
