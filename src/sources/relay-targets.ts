import { posix } from 'node:path';
import type { ChildKind } from './hls-playlist.ts';

/** The characters of all addresses of a track: a list of ten hours in pieces of two seconds with long signatures. */
const MAX_CHARACTERS = 24 * 1024 * 1024;
const NOWHERE = 'nowhere';

/** Something that a reader of the relay may ask for. */
export interface RelayTarget {
  readonly url: URL;
  readonly kind: ChildKind;
}

/** The addresses of one track under names of ours. The least recently named go when there are too many. */
export class RelayTargets {
  readonly #names = new Map<string, string>();
  readonly #targets = new Map<string, { readonly href: string; readonly kind: ChildKind }>();
  #characters = 0;
  #count = 0;

  /** The name of an address: the same one each time, because a list of a live stream repeats itself. */
  name(url: URL | null, kind: ChildKind): string {
    if (url === null) return NOWHERE;
    const key = `${kind} ${url.href}`;
    const name = this.#names.get(key) ?? `${(this.#count += 1)}${endingOf(url, kind)}`;
    this.#forget(key, name);
    this.#names.set(key, name);
    this.#targets.set(name, { href: url.href, kind });
    this.#characters += key.length;
    for (const [oldest, itsName] of this.#names) {
      if (this.#characters <= MAX_CHARACTERS || oldest === key) break;
      this.#forget(oldest, itsName);
    }
    return name;
  }

  get(name: string): RelayTarget | null {
    const target = this.#targets.get(name);
    return target ? { url: new URL(target.href), kind: target.kind } : null;
  }

  #forget(key: string, name: string): void {
    if (!this.#names.delete(key)) return;
    this.#targets.delete(name);
    this.#characters -= key.length;
  }
}

/** ffmpeg goes by endings in lists: since 7.1 it refuses one that does not fit what it finds. */
function endingOf({ pathname }: URL, kind: ChildKind): string {
  if (kind === 'playlist') return '.m3u8';
  const ending = posix.extname(pathname).toLowerCase();
  return /^\.[a-z0-9]{1,5}$/.test(ending) ? ending : '.ts';
}
