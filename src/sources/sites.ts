import { webAddress } from '../lib/web-address.ts';
import type { Listed, Target } from './yt-dlp-arguments.ts';

const YOUTUBE_HOST = /^((www|m|music)\.)?(youtube(-nocookie)?\.com|youtu\.be)$/;

export const isYouTube = (url: URL): boolean => YOUTUBE_HOST.test(url.hostname);

/** Whom a question goes to: all names of YouTube are one site, every other host is its own. */
export function siteOf(target: Target | Listed): string {
  return 'words' in target || isYouTube(target.url) ? 'YouTube' : target.url.hostname;
}

/** What YouTube calls the video that a link leads to, whichever of its many forms the link has; null for any other link. */
export function videoOf(link: string): string | null {
  const url = webAddress(link);
  if (url === null || !isYouTube(url)) return null;
  const path = url.hostname.endsWith('youtu.be') ? /^\/([\w-]+)$/ : /^\/(?:shorts|live|embed)\/([\w-]+)$/;
  const named = url.pathname === '/watch' ? url.searchParams.get('v') : path.exec(url.pathname)?.[1];
  return named !== null && named !== undefined && /^[\w-]{1,64}$/.test(named) ? named : null;
}
