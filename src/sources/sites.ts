import type { Target } from './yt-dlp-arguments.ts';

const YOUTUBE_HOST = /^((www|m|music)\.)?(youtube(-nocookie)?\.com|youtu\.be)$/;

export const isYouTube = (url: URL): boolean => YOUTUBE_HOST.test(url.hostname);

/** Whom a question goes to: all names of YouTube are one site, every other host is its own. */
export function siteOf(target: Target): string {
  return target.kind === 'youtube-search' || isYouTube(target.url) ? 'YouTube' : target.url.hostname;
}
