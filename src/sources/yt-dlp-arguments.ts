import type { Way } from './extraction-ways.ts';
import { allowed } from './extractors.ts';

/** What yt-dlp is asked to look at, and answers about in one piece. */
export type Target =
  | { readonly kind: 'page'; readonly url: URL; readonly limit: number }
  | { readonly kind: 'youtube-search'; readonly words: string }
  /** A video's page that names a list: of the two, the list is meant. */
  | { readonly kind: 'youtube-mix'; readonly url: URL; readonly limit: number };

/** What yt-dlp is asked to list, entry by entry: a playlist, or what is found for words. */
export type Listed =
  | { readonly kind: 'list'; readonly url: URL; readonly limit: number }
  | { readonly kind: 'youtube-list'; readonly words: string; readonly limit: number };

/** How it is asked, and by which program. */
export interface Surroundings {
  /** Every option that this yt-dlp knows. */
  readonly options: ReadonlySet<string>;
  readonly cacheDir: string;
  /** The extractors that it may use, as in the setting. */
  readonly extractors: readonly string[];
  readonly way: Way;
}

/** A flag as youtube-dl-exec takes it: `noExec: true` becomes `--no-exec`, `socketTimeout: 10` becomes `--socket-timeout 10`. */
export type Flags = Readonly<Record<string, string | number | true>>;

const WHOLE: Flags = { dumpSingleJson: true };
/** A line for each entry as soon as it is known, and the next page only when that is written. */
const PIECEMEAL: Flags = { dumpJson: true, lazyPlaylist: true };

const OUTPUT: Readonly<Record<(Target | Listed)['kind'], Flags>> = {
  page: WHOLE,
  'youtube-search': WHOLE,
  'youtube-mix': WHOLE,
  list: PIECEMEAL,
  'youtube-list': PIECEMEAL,
};

/** The target as the one argument behind `--`. What a person typed stands behind a prefix of ours, or was parsed as a URL. */
export function subjectOf(target: Target | Listed): string {
  if ('url' in target) return target.url.href;
  return `ytsearch${target.kind === 'youtube-list' ? target.limit : 1}:${target.words}`;
}

/** Every flag that this yt-dlp knows of those we want. It reads no configuration, runs nothing and writes only its cache. */
export function flagsFor(target: Target | Listed, { options, cacheDir, extractors, way }: Surroundings): Flags {
  const flags: Flags = {
    ...OUTPUT[target.kind],
    ignoreConfig: true,
    noExec: true,
    noPluginDirs: true,
    noWarnings: true,
    noCheckFormats: true,
    useExtractors: allowed(extractors),
    cacheDir,
    socketTimeout: 10,
    extractorRetries: 2,
    // Seconds: 1, then 2.
    retrySleep: 'extractor:exp=1:8',
    format: way.format,
    ...(way.clients && { extractorArgs: `youtube:player_client=${way.clients.join(',')}` }),
    // Since 2025.11 YouTube needs a JavaScript runtime, and only deno is looked for unasked.
    jsRuntimes: `node:${process.execPath}`,
    ...(target.kind === 'youtube-mix' ? { yesPlaylist: true } : { noPlaylist: true }),
    ...('limit' in target && { flatPlaylist: true, playlistItems: `1:${target.limit}` }),
  };
  return Object.fromEntries(Object.entries(flags).filter(([name]) => options.has(optionOf(name))));
}

const optionOf = (name: string) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
