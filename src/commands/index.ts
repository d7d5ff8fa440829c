import { autoplay } from './autoplay.ts';
import { clear } from './clear.ts';
import type { Command, CommandGroup, MessageCommand } from './command.ts';
import { favorites } from './favorites.ts';
import { filter } from './filter.ts';
import { help } from './help.ts';
import { history } from './history.ts';
import { join } from './join.ts';
import { leave } from './leave.ts';
import { loop } from './loop.ts';
import { lyrics } from './lyrics.ts';
import { playThis } from './messages/play-this.ts';
import { move } from './move.ts';
import { normalise } from './normalise.ts';
import { nowplaying } from './nowplaying.ts';
import { pause } from './pause.ts';
import { play } from './play.ts';
import { playlist } from './playlist.ts';
import { previous } from './previous.ts';
import { queue } from './queue.ts';
import { reconnect } from './reconnect.ts';
import { remove } from './remove.ts';
import { replay } from './replay.ts';
import { resume } from './resume.ts';
import { search } from './search.ts';
import { seek } from './seek.ts';
import { settings } from './settings.ts';
import { shuffle } from './shuffle.ts';
import { skip } from './skip.ts';
import { sponsorblock } from './sponsorblock.ts';
import { stay } from './stay.ts';
import { stop } from './stop.ts';
import { undo } from './undo.ts';
import { voicestatus } from './voicestatus.ts';
import { volume } from './volume.ts';

const TABLE: readonly (Command | CommandGroup)[] = [
  play,
  search,
  skip,
  previous,
  replay,
  pause,
  resume,
  stop,
  join,
  leave,
  stay,
  playlist,
  favorites,
  autoplay,
  queue,
  history,
  nowplaying,
  lyrics,
  remove,
  move,
  shuffle,
  clear,
  undo,
  volume,
  normalise,
  seek,
  sponsorblock,
  filter,
  loop,
  voicestatus,
  reconnect,
  settings,
];

/** Every slash command, one row each. */
export const COMMANDS: readonly (Command | CommandGroup)[] = [...TABLE, help(TABLE)];

/** Every command in the menu of messages, one row each. */
export const MESSAGE_COMMANDS: readonly MessageCommand[] = [playThis];
