/** What yt-dlp is asked to look at. */
export type Target =
  | { readonly kind: 'page'; readonly url: URL; readonly limit: number }
  | { readonly kind: 'youtube-search'; readonly words: string };

/** A flag as youtube-dl-exec takes it: `noExec: true` becomes `--no-exec`, `socketTimeout: 10` becomes `--socket-timeout 10`. */
export type Flags = Readonly<Record<string, string | number | true>>;

/** Opus first, because it needs no decoding; never a film, unless sound comes in no other way. */
const FORMAT = 'ba[acodec=opus][protocol=https]/ba[protocol=https]/ba[protocol=http]/ba/b';

/** The target as the one argument behind `--`. What a person typed stands behind a prefix of ours, or was parsed as a URL. */
export function subjectOf(target: Target): string {
  return target.kind === 'page' ? target.url.href : `ytsearch1:${target.words}`;
}

/** Every flag that this yt-dlp knows of those we want. It reads no configuration, runs nothing and writes only its cache. */
export function flagsFor(target: Target, options: ReadonlySet<string>, cacheDir: string): Flags {
  const flags: Flags = {
    dumpSingleJson: true,
    ignoreConfig: true,
    noExec: true,
    noPluginDirs: true,
    noWarnings: true,
    noCheckFormats: true,
    cacheDir,
    socketTimeout: 10,
    extractorRetries: 2,
    // Seconds: 1, then 2.
    retrySleep: 'extractor:exp=1:8',
    format: FORMAT,
    // Since 2025.11 YouTube needs a JavaScript runtime, and only deno is looked for unasked.
    jsRuntimes: `node:${process.execPath}`,
    noPlaylist: true,
    ...(target.kind === 'page' && { flatPlaylist: true, playlistItems: `1:${target.limit}` }),
  };
  return Object.fromEntries(Object.entries(flags).filter(([name]) => options.has(optionOf(name))));
}

const optionOf = (name: string) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
