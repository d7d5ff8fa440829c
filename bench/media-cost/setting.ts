import { join } from 'node:path';

/** Where the songs are made. */
export const MEDIA = join(import.meta.dirname, '../../data/loopback/media');

/** A bot that may read the pages of the double's own audio host. */
export const LANE_OPTIONS = { env: { EXTRACTORS: 'generic' } } as const;
