import { TenutoError } from '../lib/errors.ts';

/** What stands behind an address in a playlist. */
export type ChildKind = 'playlist' | 'bytes';

/**
 * The name under which a reader finds an address, which is given as the list writes it. `slot` says where in the list it
 * stands: the same place in a list that is read again, or by a new link, has the same one.
 */
export type Rename = (address: string, kind: ChildKind, slot: string) => string;

/** Ten hours in pieces of two seconds have 18,000, with up to four lines each. */
const MAX_LINES = 100_000;

const NUMBER = /^\d{1,20}$/;
const NOTHING = /^$/;

/** What is kept of each tag (RFC 8216, section 4.3): a value of this form, or these attributes. Any other line is left out. */
const TAGS: Readonly<Record<string, RegExp | readonly string[]>> = {
  EXTM3U: NOTHING,
  EXTINF: /^\d{1,9}(\.\d{1,9})?,?/,
  'EXT-X-VERSION': NUMBER,
  'EXT-X-TARGETDURATION': NUMBER,
  'EXT-X-MEDIA-SEQUENCE': NUMBER,
  'EXT-X-DISCONTINUITY-SEQUENCE': NUMBER,
  'EXT-X-DISCONTINUITY': NOTHING,
  'EXT-X-ENDLIST': NOTHING,
  'EXT-X-PLAYLIST-TYPE': /^(VOD|EVENT)$/,
  'EXT-X-PROGRAM-DATE-TIME': /^[\dTZ:.+-]{1,40}$/,
  'EXT-X-BYTERANGE': /^\d{1,18}(@\d{1,18})?$/,
  'EXT-X-KEY': ['METHOD', 'URI', 'IV', 'KEYFORMAT', 'KEYFORMATVERSIONS'],
  'EXT-X-MAP': ['URI', 'BYTERANGE'],
  'EXT-X-START': ['TIME-OFFSET', 'PRECISE'],
  'EXT-X-STREAM-INF': ['BANDWIDTH', 'AVERAGE-BANDWIDTH', 'CODECS', 'AUDIO'],
  'EXT-X-MEDIA': ['TYPE', 'URI', 'GROUP-ID', 'LANGUAGE', 'NAME', 'DEFAULT', 'AUTOSELECT', 'CHANNELS'],
};

/** The failure of a list that is longer than any of music. */
export const tooLong = () => new TenutoError('BAD_QUERY', 'its list of pieces is too long');

/** Whether bytes begin an HLS playlist. */
export const isPlaylist = (head: Buffer) => /^(\u00ef\u00bb\u00bf)?#EXTM3U/.test(head.toString('latin1', 0, 16));

/**
 * The playlist with every address renamed. It is written anew from what is understood, instead of searched for addresses, so
 * that no reader finds one that was overlooked.
 */
export function rewritePlaylist(text: string, rename: Rename): string {
  const lines: string[] = [];
  let sequence = 0n;
  let within = 0;
  const inTag = (address: string, kind: ChildKind) => rename(address, kind, `${sequence}.${(within += 1)}`);
  let next: ChildKind = 'bytes';
  for (const [line] of text.replace(/^\uFEFF/, '').matchAll(/[^\r\n]+/g)) {
    const written = line.trim();
    if (written === '') continue;
    if (lines.length === MAX_LINES) throw tooLong();
    if (!written.startsWith('#')) {
      lines.push(rename(written, next, `${sequence}`));
      next = 'bytes';
      sequence += 1n;
      within = 0;
      continue;
    }
    const [, name = '', value = ''] = /^#([A-Z0-9-]+):?(.*)$/.exec(written) ?? [];
    // The line behind this tag leads to another playlist (RFC 8216, 4.3.4.2).
    if (name === 'EXT-X-STREAM-INF') next = 'playlist';
    if (name === 'EXT-X-MEDIA-SEQUENCE' && NUMBER.test(value)) sequence = BigInt(value);
    const tag = rewriteTag(name, value, inTag);
    if (tag !== null) lines.push(tag);
  }
  return `${lines.join('\n')}\n`;
}

function rewriteTag(name: string, value: string, rename: (address: string, kind: ChildKind) => string): string | null {
  const kept = Object.hasOwn(TAGS, name) ? TAGS[name] : undefined;
  if (kept === undefined) return null;
  if (kept instanceof RegExp) {
    const found = kept.exec(value)?.[0];
    return found === undefined ? null : `#${name}${found === '' ? '' : ':'}${found}`;
  }
  const attributes = [...value.matchAll(/([A-Z0-9-]+)=("[^"]*"|[\w.@+-]*)/g)].flatMap(([, key = '', raw = '']) => {
    if (!kept.includes(key)) return [];
    if (key !== 'URI') return [`${key}=${raw.replaceAll('\\', '')}`];
    return [`URI="${rename(raw.replaceAll('"', ''), name === 'EXT-X-MEDIA' ? 'playlist' : 'bytes')}"`];
  });
  return `#${name}:${attributes.join(',')}`;
}
