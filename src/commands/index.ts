import type { Command } from './command.ts';
import { leave } from './leave.ts';
import { loop } from './loop.ts';
import { nowplaying } from './nowplaying.ts';
import { pause } from './pause.ts';
import { play } from './play.ts';
import { queue } from './queue.ts';
import { reconnect } from './reconnect.ts';
import { resume } from './resume.ts';
import { skip } from './skip.ts';
import { stop } from './stop.ts';
import { voicestatus } from './voicestatus.ts';
import { volume } from './volume.ts';

/** Every slash command, one row each. */
export const COMMANDS: readonly Command[] = [
  play,
  skip,
  queue,
  nowplaying,
  pause,
  resume,
  stop,
  leave,
  volume,
  loop,
  voicestatus,
  reconnect,
];
