import { TenutoError } from '../lib/errors.ts';
import type { Query, Resolution, Source } from './source.ts';

/**
 * What is behind a link. A link has one owner; 'nothing' hands it on to the next row of the table. Sites hand out short links on
 * other names, which no extractor knows: those are followed, once, when the link itself is of no site that may be read.
 */
export async function openLink(
  table: readonly Source[],
  query: Query,
  signal: AbortSignal,
  userId?: string,
  follows = true,
): Promise<Resolution> {
  let behind: URL | null = null;
  for (const source of table) {
    if (!source.accepts(query)) continue;
    try {
      const resolution = await source.resolve(query, signal, userId);
      if (resolution.kind !== 'nothing') return resolution;
      behind = resolution.behind ?? behind;
    } catch (error) {
      if (!follows || behind === null || !isRefused(error)) throw error;
      return await openLink(table, { kind: 'url', url: behind }, signal, userId, false);
    }
  }
  throw new TenutoError('NOT_AUDIO');
}

const isRefused = (error: unknown) => error instanceof TenutoError && error.code === 'SITE_NOT_ALLOWED';
