import { createHash } from 'node:crypto';

/** What people have told SponsorBlock of a part of a video. */
export interface ToldSegment {
  readonly videoID: string;
  /** Seconds. */
  readonly segment: readonly [start: number, end: number];
  readonly category: string;
  readonly actionType: string;
  /** Seconds, as it was then; 0 when nobody knows. */
  readonly videoDuration: number;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What SponsorBlock answers (https://wiki.sponsor.ajay.app/w/API_Docs) about all videos of which the hash begins so; null for another path. */
export function sponsorBlock(told: readonly ToldSegment[], { pathname, searchParams }: URL): Answer | null {
  const [, prefix] = /^\/api\/skipSegments\/([^/]*)$/.exec(pathname) ?? [];
  if (prefix === undefined) return null;
  if (!/^[\da-f]{4,32}$/i.test(prefix)) return { status: 400, body: 'Hash prefix does not match format requirements.' };
  const categories = wanted(searchParams, 'categories', 'category', ['sponsor']);
  const actions = wanted(searchParams, 'actionTypes', 'actionType', ['skip']);
  if (categories === null || actions === null) return { status: 400, body: 'Bad parameter: not an array' };
  const fitting = told.filter(
    ({ videoID, category, actionType }) =>
      hashOf(videoID).startsWith(prefix.toLowerCase()) && categories.includes(category) && actions.includes(actionType),
  );
  const videos = Map.groupBy(fitting, ({ videoID }) => videoID);
  if (videos.size === 0) return { status: 404, body: [] };
  const body = [...videos].map(([videoID, segments]) => ({
    videoID,
    hash: hashOf(videoID),
    segments: segments.map(({ segment, category, actionType, videoDuration }) => ({
      segment,
      category,
      actionType,
      videoDuration,
      UUID: hashOf(`${videoID} ${category} ${segment.join(' ')}`),
      locked: 0,
      votes: 1,
      description: '',
    })),
  }));
  return { status: 200, body };
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** `?categories=["sponsor"]`, or `?category=sponsor&category=intro`; null for what is no list. */
function wanted(query: URLSearchParams, all: string, one: string, usual: readonly string[]): readonly string[] | null {
  const json = query.get(all);
  if (json === null) return query.has(one) ? query.getAll(one) : usual;
  try {
    const list: unknown = JSON.parse(json);
    return Array.isArray(list) ? list.map(String) : null;
  } catch {
    return null;
  }
}
