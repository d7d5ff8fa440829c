/** What a person asked for, before anyone has looked at it. */
export type Query = { readonly kind: 'url'; readonly url: URL } | { readonly kind: 'words'; readonly words: string };

export type SourceName = 'library' | 'direct-url' | 'youtube' | 'site';

/** One thing that can be played. Plain JSON: it is stored in queues and must mean the same after a restart. */
export interface Track {
  readonly source: SourceName;
  /** What the source needs to find it again: a page's URL, a file's URL, a path inside the library. */
  readonly identifier: string;
  readonly title: string;
  readonly artist: string | null;
  /** Where a person can look at it, or null for a file of the library. */
  readonly link: string | null;
  readonly thumbnail: string | null;
  /** Milliseconds; null when unknown or when the stream is live. */
  readonly durationMs: number | null;
  readonly live: boolean;
  /** In their order; left out where the site names none. */
  readonly chapters?: readonly Chapter[];
}

/** A part of a track that has a name. */
export interface Chapter {
  readonly title: string;
  readonly startMs: number;
}

/** What a query led to. A failure is thrown as a TenutoError; finding nothing is not a failure. */
export type Resolution =
  | { readonly kind: 'track'; readonly track: Track }
  | { readonly kind: 'playlist'; readonly title: string; readonly chunks: PlaylistChunks }
  /** `behind`: a page that the link led to, where it is another one. */
  | { readonly kind: 'nothing'; readonly behind?: URL };

/** Some tracks of a playlist, in its order, and how many entries among them are private, deleted or otherwise not to be played. */
export interface PlaylistChunk {
  readonly tracks: readonly Track[];
  readonly unplayable: number;
}

/**
 * A playlist as it becomes known, to be read once. May throw a TenutoError in the middle: what came before is good. `return`
 * ends the work behind it at once.
 */
export interface PlaylistChunks {
  next(): Promise<IteratorResult<PlaylistChunk, void>>;
  return(): Promise<unknown>;
}

/** Where the bytes of a track are, right now. URLs in it may expire within hours. */
export type Media =
  | { readonly kind: 'file'; readonly path: string; readonly format: MediaFormat }
  | {
      readonly kind: 'http';
      readonly url: URL;
      readonly headers: Readonly<Record<string, string>>;
      readonly format: MediaFormat;
    };

/** Whether somebody waits for it now, or nobody yet. */
export type Urgency = 'now' | 'ahead';

/** What the first bytes say it is. `webm-opus` and `ogg-opus` can be passed through without decoding. */
export type MediaFormat = 'webm-opus' | 'ogg-opus' | 'other';

/** A place where audio comes from. Registered as a row in index.ts; the first that accepts a query resolves it. */
export interface Source {
  readonly name: SourceName;
  /** Cheap and without network: could this query be ours? */
  accepts(query: Query): boolean;
  /** Metadata only. Throws TenutoError; stops when the signal is aborted. `userId`: who asked, for whom there are limits. */
  resolve(query: Query, signal: AbortSignal, userId?: string): Promise<Resolution>;
  /** Finds the bytes of a track that this source made, perhaps in an earlier process. */
  locate(track: Track, signal: AbortSignal, urgency?: Urgency): Promise<Media>;
  /** Tracks that go with one of this source's, nearest first, perhaps itself among them; null when it knows of no such thing. */
  related?(track: Track, signal: AbortSignal, urgency: Urgency): Promise<readonly Track[] | null>;
}

/** What the rest of the bot sees of all sources together. */
export interface Sources {
  /** Cheap and without network: throws TenutoError('BAD_QUERY') for a text that `resolve` would refuse at sight. */
  check(text: string): void;
  /** Turns what this person typed into tracks. Throws TenutoError('BAD_QUERY' | 'BLOCKED_ADDRESS' | ...) with one clear line. */
  resolve(text: string, signal: AbortSignal, userId?: string): Promise<Resolution>;
  /** The sound of a file at an address, by its bytes: no extractor is asked. Throws NO_SOUND_IN_FILE, and TenutoError as `resolve` does. */
  file(address: string, signal: AbortSignal): Promise<Resolution>;
  locate(track: Track, signal: AbortSignal, urgency?: Urgency): Promise<Media>;
  /** Tracks for words, of which a person chooses one. Throws TenutoError as `resolve` does. */
  search(words: string, signal: AbortSignal, userId?: string): Promise<readonly Track[]>;
  /** At once, from what is known: what somebody may mean who is still typing. */
  suggest(words: string, typing: Typing): readonly Track[];
  /** What `resolve` makes this track of again, in at most 100 characters; null when that takes more. */
  referenceTo(track: Track): string | null;
}

/** Somebody who types. */
export interface Typing {
  /** The person and the guild together: what they found in another guild is not told here. */
  readonly who: string;
  /** What this guild has heard, the latest first. */
  readonly heard: readonly Track[];
  /** What the person has kept. */
  readonly own: readonly Track[];
}
