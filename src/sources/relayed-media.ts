import { TenutoError } from '../lib/errors.ts';
import { isPlaylist, rewritePlaylist, tooLong, type ChildKind } from './hls-playlist.ts';
import { HttpStatusError, withoutSecrets, type HttpClient } from './http-client.ts';
import { patiently } from './relay-patience.ts';
import { RelayTargets } from './relay-targets.ts';
import { FileIdentity } from './resumable-identity.ts';
import { ChangedError } from './resumable-remedy.ts';
import type { HttpMedia, Refresh } from './resumable-read.ts';
import { resumable, type Keep, type Resumable } from './resumable.ts';
import { peek, readAll } from './stream-reading.ts';

const MAX_PLAYLIST_BYTES = 8 * 1024 * 1024;
/** Lists that are read again for new links to their pieces: more than any stream has qualities. */
const MAX_LISTS = 16;
const MAX_IDENTITIES = 16;
/** A site is asked for new links so often, and once more for each of these spans: pieces that never come are no reason to ask for ever. */
const RENEWALS = 3;
const RENEWAL_MS = 10 * 60_000;

export interface RelayOptions {
  /** Ends every reading of the track. */
  readonly signal: AbortSignal;
  /** Finds a new link to the same thing, for when the old one has expired. */
  readonly refresh?: Refresh | undefined;
  /** Copies the file when it is read from its start to its end. */
  readonly keep?: Keep | undefined;
}

/** What a reader wants: the bytes from one to another, or to the end. */
export interface ByteRange {
  readonly from: number;
  readonly to: number | null;
}

const ALL: ByteRange = { from: 0, to: null };

/** What a link leads to, under names of ours: one file, or the lists and pieces of a stream. Its links may expire. */
export class RelayedMedia {
  readonly kind: ChildKind;
  /** The name of its beginning. */
  readonly name: string;
  readonly #http: HttpClient;
  #media: HttpMedia;
  readonly #options: RelayOptions;
  readonly #targets = new RelayTargets();
  /** Of the file; of a list, by address those files of which parts were read lately. */
  readonly #identity: FileIdentity;
  readonly #identities = new Map<string, FileIdentity>();
  /** What was opened to see what it is. The first to read it gets it. */
  #opened: Resumable | null;
  /** Names of the lists that were read. */
  readonly #lists = new Set<string>();
  /** The list says that it has an end: all its pieces must be there. */
  #finite = false;
  #renewing: Promise<void> | null = null;
  /** Nothing came since there are new links: they are no better. */
  #renewed = false;
  readonly #began = performance.now();
  #renewals = 0;

  /** Throws TenutoError when there is nothing. */
  static async open(http: HttpClient, media: HttpMedia, options: RelayOptions): Promise<RelayedMedia> {
    const identity = new FileIdentity();
    const opened = await resumable(http, media, { ...options, identity });
    const head = await peek(opened.body);
    return new RelayedMedia({ http, media, options, identity, opened, kind: isPlaylist(head) ? 'playlist' : 'bytes' });
  }

  private constructor(parts: {
    readonly http: HttpClient;
    readonly media: HttpMedia;
    readonly options: RelayOptions;
    readonly identity: FileIdentity;
    readonly opened: Resumable;
    readonly kind: ChildKind;
  }) {
    this.#http = parts.http;
    this.#media = parts.media;
    this.#options = parts.options;
    this.#identity = parts.identity;
    this.#opened = parts.opened;
    this.kind = parts.kind;
    this.name = this.#targets.under('', parts.media.url)(parts.media.url.href, parts.kind, '');
  }

  /** What stands behind a name; null for a name that was not given. */
  kindOf(name: string): ChildKind | null {
    return name === this.name ? this.kind : (this.#targets.get(name)?.kind ?? null);
  }

  /** A list, with names in the place of its addresses. */
  readList(name: string, signal: AbortSignal): Promise<string> {
    return patiently(signal, async () => {
      const list = await this.#read(this.#take(0) ?? (await this.#openPart(name, ALL, signal)));
      const text = rewritePlaylist(list.text, this.#targets.under(name, list.url));
      if (this.#lists.size < MAX_LISTS) this.#lists.add(name);
      if (text.includes('#EXTINF')) this.#finite = text.includes('#EXT-X-ENDLIST');
      return text;
    });
  }

  /** The bytes behind a name; all of them unless told. There may come more than were wanted. */
  async openBytes(name: string, range: ByteRange | null, signal: AbortSignal): Promise<Resumable> {
    const wanted = range ?? ALL;
    if (this.kind === 'bytes') return this.#take(wanted.from) ?? this.#openFile(wanted, signal);
    const part = await patiently(signal, () => this.#openPart(name, wanted, signal));
    this.#renewed = false;
    return part;
  }

  #take(from: number): Resumable | null {
    const opened = this.#opened;
    this.#opened = null;
    if (from === 0) return opened;
    opened?.body.destroy();
    return null;
  }

  async #read({ body, url }: Resumable): Promise<{ readonly text: string; readonly url: URL }> {
    return { text: (await readAll(body, MAX_PLAYLIST_BYTES, tooLong)).toString('utf8'), url };
  }

  /** By its own link and not by where that led: such addresses often hold for a short time only. */
  #openFile(range: ByteRange, signal: AbortSignal): Promise<Resumable> {
    const { refresh } = this.#options;
    const renew: Refresh = async (until, why) => {
      const fresh = (await refresh?.(until, why)) ?? this.#media;
      if (fresh.kind === 'http') this.#media = fresh;
      return fresh;
    };
    const more = { ...range, signal, identity: this.#identity, ...(refresh && { refresh: renew }) };
    return resumable(this.#http, this.#media, more);
  }

  #openPart(name: string, range: ByteRange, signal: AbortSignal): Promise<Resumable> {
    const part = this.#partOf(name);
    const renew: Refresh = async (_signal, why) => {
      // Another reader may have brought the new links.
      if (this.#partOf(name).url.href === part.url.href) await this.#renew(why);
      return this.#partOf(name);
    };
    // What is read as a whole, such as lists and keys, may be another one each time.
    const identity = range.to === null ? new FileIdentity() : this.#identityOf(part.url);
    return resumable(this.#http, part, {
      ...range,
      signal,
      identity,
      ...(this.#options.refresh && { refresh: renew }),
    });
  }

  /** Pieces may be parts of one file (EXT-X-BYTERANGE). */
  #identityOf({ href }: URL): FileIdentity {
    const identity = this.#identities.get(href) ?? new FileIdentity();
    this.#identities.delete(href);
    this.#identities.set(href, identity);
    for (const oldest of this.#identities.keys())
      if (this.#identities.size > MAX_IDENTITIES) this.#identities.delete(oldest);
    return identity;
  }

  /** Cookies and credentials are for the host that they were given for. */
  #partOf(name: string): HttpMedia {
    const url = name === this.name ? this.#media.url : this.#targets.get(name)?.url;
    if (!url) throw new TenutoError('TRACK_UNAVAILABLE', 'its list leads nowhere');
    const headers = url.origin === this.#media.url.origin ? this.#media.headers : withoutSecrets(this.#media.headers);
    return { ...this.#media, url, headers };
  }

  /** New links to everything, once for all who wait for them. Throws `why` where they would not help. */
  async #renew(why: unknown): Promise<void> {
    if (!this.#renewing && (this.#renewed || !this.#mayHelp(why))) throw why;
    this.#renewing ??= this.#renewAll(why).finally(() => (this.#renewing = null));
    await this.#renewing;
  }

  /** Pieces of a live stream that are gone were only fetched too late. */
  #mayHelp(why: unknown): boolean {
    const status = why instanceof TenutoError && why.cause instanceof HttpStatusError ? why.cause.status : 0;
    const allowed = RENEWALS + Math.floor((performance.now() - this.#began) / RENEWAL_MS);
    return status > 0 && (this.#finite || status !== 404) && this.#renewals < allowed;
  }

  async #renewAll(why: unknown): Promise<void> {
    const { refresh, signal } = this.#options;
    this.#renewed = true;
    this.#renewals += 1;
    const fresh = await refresh?.(signal, why);
    if (fresh?.kind !== 'http') throw new ChangedError();
    this.#media = fresh;
    // A list of lists is read before those.
    for (const name of this.#lists) {
      const list = await this.#read(await resumable(this.#http, this.#partOf(name), { signal }));
      rewritePlaylist(list.text, this.#targets.again(name, list.url));
    }
  }
}
