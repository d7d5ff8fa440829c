import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { webAddress } from '../lib/web-address.ts';
import type { ChildKind, Rename } from './hls-playlist.ts';

/** Of all addresses of a track together, as they are written: a list of ten hours with long signatures. */
const MAX_CHARACTERS = 24 * 1024 * 1024;

/** Something that a reader of the relay may ask for. */
export interface RelayTarget {
  readonly url: URL;
  readonly kind: ChildKind;
}

interface Named {
  readonly key: string;
  /** Its list, and its place in that. */
  readonly slot: string;
  readonly address: string;
  readonly base: URL;
  readonly kind: ChildKind;
}

/** The addresses of one track under names of ours. The least recently named go when there are too many. */
export class RelayTargets {
  readonly #names = new Map<string, string>();
  readonly #slots = new Map<string, string>();
  readonly #named = new Map<string, Named>();
  #characters = 0;
  #count = 0;

  /**
   * Names the addresses of a list, which may be relative to `base`: each the same one every time, because a list of a live
   * stream repeats itself. What an address leads to is worked out when it is asked for: lists are long.
   */
  under(list: string, base: URL): Rename {
    const keyOf = keysBelow(list, base);
    return (address, kind, slot) => {
      const key = keyOf(address, kind);
      const name = this.#names.get(key) ?? `${(this.#count += 1)}${endingOf(address, kind)}`;
      this.#set(name, { key, slot: `${list} ${slot}`, address, base, kind });
      if (this.#characters > MAX_CHARACTERS) this.#forgetOldest(name);
      return name;
    };
  }

  /** Reads a list that came by a new link: the names that were given for its places lead to what stands there now. */
  again(list: string, base: URL): Rename {
    const keyOf = keysBelow(list, base);
    return (address, kind, place) => {
      const slot = `${list} ${place}`;
      const name = this.#slots.get(slot);
      if (name === undefined || this.#named.get(name)?.kind !== kind) return '';
      this.#set(name, { key: keyOf(address, kind), slot, address, base, kind });
      return name;
    };
  }

  /** Null for a name that was not given, or an address that is not on the web. */
  get(name: string): RelayTarget | null {
    const named = this.#named.get(name);
    const url = named ? webAddress(named.address, named.base) : null;
    return named && url ? { url, kind: named.kind } : null;
  }

  #set(name: string, named: Named): void {
    this.#forget(name);
    this.#names.set(named.key, name);
    this.#slots.set(named.slot, name);
    this.#named.set(name, named);
    this.#characters += named.key.length;
  }

  #forgetOldest(latest: string): void {
    for (const oldest of this.#named.keys()) {
      if (this.#characters <= MAX_CHARACTERS || oldest === latest) return;
      this.#forget(oldest);
    }
  }

  #forget(name: string): void {
    const named = this.#named.get(name);
    if (!named) return;
    this.#named.delete(name);
    if (this.#names.get(named.key) === name) this.#names.delete(named.key);
    if (this.#slots.get(named.slot) === name) this.#slots.delete(named.slot);
    this.#characters -= named.key.length;
  }
}

function keysBelow(list: string, base: URL): (address: string, kind: ChildKind) => string {
  const place = createHash('sha256').update(`${base.origin}${base.pathname}`).digest('base64url');
  return (address, kind) => `${kind} ${list} ${place} ${address}`;
}

/** ffmpeg goes by endings in lists: since 7.1 it refuses one that does not fit what it finds. */
function endingOf(address: string, kind: ChildKind): string {
  if (kind === 'playlist') return '.m3u8';
  const [path = ''] = address.split(/[?#]/, 1);
  const ending = posix.extname(path).toLowerCase();
  return /^\.[a-z0-9]{1,5}$/.test(ending) ? ending : '.ts';
}
