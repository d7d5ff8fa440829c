import type { Check } from './check.ts';
import { database } from './database.ts';
import { diskSpace, storage } from './disk.ts';
import { dave, opus, sodium } from './native.ts';
import { knownLinks, sites } from './extraction.ts';
import { node, settings, token } from './settings.ts';
import { childrenEnd, ffmpeg, javaScriptRuntime, ytDlp } from './tools.ts';

/** Everything that Tenuto stands on, in the order in which it is told. */
export const CHECKS: readonly Check[] = [
  { name: 'Node', severity: 'required', run: node },
  { name: 'settings', severity: 'required', run: settings },
  { name: 'token', severity: 'required', run: token },
  { name: 'storage', severity: 'required', run: storage },
  { name: 'database', severity: 'required', run: database },
  { name: 'disk', severity: 'degraded', run: diskSpace },
  { name: 'DAVE', severity: 'required', run: dave },
  { name: 'opus', severity: 'required', run: opus },
  { name: 'sodium', severity: 'degraded', run: sodium },
  { name: 'ffmpeg', severity: 'degraded', run: ffmpeg },
  { name: 'yt-dlp', severity: 'degraded', run: ytDlp },
  { name: 'JavaScript for yt-dlp', severity: 'degraded', run: javaScriptRuntime },
  { name: 'sites', severity: 'degraded', run: sites },
  { name: 'known links', severity: 'degraded', run: knownLinks },
  { name: 'child processes', severity: 'degraded', run: childrenEnd },
];
