import { TenutoError } from '../lib/errors.ts';
import { HttpStatusError } from './http-client.ts';
import type { FailureClass } from './yt-dlp-errors.ts';

/** How yt-dlp is asked about a page. */
export interface Way {
  readonly format: string;
  /** The programs of YouTube's as which yt-dlp asks; left out: as it thinks best. */
  readonly clients?: readonly string[];
}

/** Opus first, because it needs no decoding; never a film, unless sound comes in no other way. */
export const USUAL_WAY: Way = {
  format: 'ba[acodec=opus][protocol=https]/ba[protocol=https]/ba[protocol=http]/ba/b',
};
/** What is sent in pieces, or together with a picture as YouTube's format 18, is served otherwise than sound alone. */
const OTHER_FORMAT: Way = { format: 'ba[protocol^=m3u8]/18/b/ba' };

/** What goes wrong with a page; `link-refused`: the link to the bytes was, also when it was new. */
type Trouble = FailureClass | 'link-refused';

interface Detours {
  /** What a new way around it is remembered for. */
  readonly of: 'page' | 'site';
  /** In this order. */
  readonly ways: readonly ('format' | 'clients')[];
}

const DETOURS: Partial<Record<Trouble, Detours>> = {
  'bot-check': { of: 'site', ways: ['clients'] },
  refused: { of: 'page', ways: ['clients'] },
  // Also what yt-dlp says when YouTube offers nothing but SABR, which cannot be read.
  format: { of: 'page', ways: ['clients'] },
  'link-refused': { of: 'page', ways: ['format', 'clients'] },
};

/** So long another way is kept to, or known to be of no use. */
const KEPT_MS = 30 * 60_000;
/** The most pages and sites that are remembered. */
const MOST = 1_000;

/** What is asked about, and whom. */
export interface Asked {
  readonly site: string;
  /** What yt-dlp gets: a link, or words behind a prefix. */
  readonly subject: string;
}

interface Kept {
  readonly way: Way;
  readonly until: number;
  /** There is no way around. */
  readonly inVain: boolean;
}

/** In which way each page is asked about: another one when a failure says that it may help, for half an hour. */
export class ExtractionWays {
  readonly #clients: Way | null;
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept>();

  /** `clients`: as which programs YouTube is asked when it does not answer others; none: that is not tried. */
  constructor(clients: readonly string[], now: () => number = Date.now) {
    this.#clients = clients.length === 0 ? null : { ...USUAL_WAY, clients };
    this.#now = now;
  }

  /** How to ask now. */
  wayTo({ site, subject }: Asked): Way {
    return (this.#at(`page ${subject}`) ?? this.#at(`site ${site}`))?.way ?? USUAL_WAY;
  }

  /** What to try instead of `used`, which led to this; from now on it is the way. Null when nothing else may help. */
  around(trouble: Trouble, used: Way, asked: Asked): Way | null {
    const detours = DETOURS[trouble];
    if (detours === undefined) return null;
    const key = keyOf(detours, asked);
    const kept = this.#at(key);
    if (kept?.inVain) return null;
    const ways = detours.ways.flatMap((kind) => this.#wayOf(kind, asked) ?? []);
    // Somebody else may have gone on to the next meanwhile.
    const way = kept && kept.way !== used ? kept.way : ways[ways.indexOf(used) + 1];
    if (way === undefined) return null;
    this.#keep(key, way, false);
    return way;
  }

  /** The way around was none: it is not tried again for a while. */
  inVain(trouble: Trouble, asked: Asked): void {
    const detours = DETOURS[trouble];
    if (detours !== undefined) this.#keep(keyOf(detours, asked), USUAL_WAY, true);
  }

  #wayOf(kind: 'format' | 'clients', { site }: Asked): Way | null {
    if (kind === 'format') return OTHER_FORMAT;
    return site === 'YouTube' ? this.#clients : null;
  }

  #at(key: string): Kept | null {
    const kept = this.#kept.get(key);
    return kept !== undefined && kept.until > this.#now() ? kept : null;
  }

  #keep(key: string, way: Way, inVain: boolean): void {
    this.#kept.delete(key);
    this.#kept.set(key, { way, until: this.#now() + KEPT_MS, inVain });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST && oldest !== undefined) this.#kept.delete(oldest);
  }
}

const keyOf = ({ of }: Detours, { site, subject }: Asked) => (of === 'site' ? `site ${site}` : `page ${subject}`);

/** Whether a server refused a link that its own site had given out. */
export function isLinkRefused(failure: unknown): boolean {
  if (!(failure instanceof TenutoError) || !(failure.cause instanceof HttpStatusError)) return false;
  return failure.cause.status === 403;
}
