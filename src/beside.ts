import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Closers } from './lib/closers.ts';
import { Segments, type SegmentsParts } from './player/segments.ts';
import type { HttpClient } from './sources/http-client.ts';
import { Lyrics } from './sources/lyrics.ts';
import { SponsorBlock } from './sources/sponsorblock.ts';
import { TextFiles } from './sources/text-files.ts';

/** What is fetched beside the music: its words and files of text, for commands, and which parts are none, which are left out from now on. */
export function beside(
  { lyricsUrl, sponsorblockUrl }: Config,
  { http }: { readonly http: HttpClient },
  parts: Pick<SegmentsParts, 'players' | 'queues'>,
  closers: Closers,
  log: Logger,
) {
  const sponsorBlock = new SponsorBlock({ http, url: sponsorblockUrl });
  const segments = new Segments({
    ...parts,
    segments: (track, signal) => sponsorBlock.segments(track, signal),
    log: log.child({ part: 'segments' }),
  });
  closers.add('segments', () => segments.close());
  return { lyrics: new Lyrics({ http, url: lyricsUrl }), sponsorBlock, files: new TextFiles(http) };
}
