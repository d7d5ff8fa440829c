import { createHmac, randomBytes } from 'node:crypto';
import { extname } from 'node:path';
import type { APIAttachment } from 'discord-api-types/v10';

/** A file that somebody sends along. */
export interface FileToSend {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Where a file belongs: a message's channel, or the application whose command it was given to, which sees it for a while only. */
export type UploadPlace = { readonly channelId: string } | { readonly applicationId: string };

/** Discord judges a file by its name, not by what is in it. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.flac': 'audio/flac',
  '.jpg': 'image/jpeg',
  '.json': 'application/json; charset=utf-8',
  '.m4a': 'audio/mp4',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.ogg': 'audio/ogg',
  '.opus': 'audio/opus',
  '.png': 'image/png',
  '.txt': 'text/plain; charset=utf-8',
  '.wav': 'audio/x-wav',
  '.webm': 'video/webm',
};

/** What a file of this name is taken for; null when the name does not say. */
export const contentTypeOf = (name: string): string | null => CONTENT_TYPES[extname(name).toLowerCase()] ?? null;

const LINK_LIVES_MS = 24 * 60 * 60_000;

/**
 * Everything that was uploaded, and the signed links to it. A link is good for a day; a new one comes with each message or
 * interaction that has the file: https://discord.com/developers/docs/reference#signed-attachment-cdn-urls
 */
export class Uploads {
  /** Where the files are served, without a slash at the end. */
  origin = 'https://cdn.discordapp.com';
  readonly #files = new Map<string, Buffer>();
  readonly #secret = randomBytes(32);
  readonly #nextId: () => string;
  /** How far the clock of the links is ahead. */
  #aheadMs = 0;

  constructor(nextId: () => string) {
    this.#nextId = nextId;
  }

  /** Keeps the file and describes it: https://discord.com/developers/docs/resources/message#attachment-object */
  add(file: FileToSend, place: UploadPlace): APIAttachment {
    const id = this.#nextId();
    const filename = safeName(file.name);
    const path = `${folderOf(place)}/${id}/${filename}`;
    this.#files.set(path, Buffer.from(file.bytes));
    const content_type = contentTypeOf(filename);
    const url = this.#linkTo(path);
    return {
      id,
      filename,
      ...(filename !== file.name && { title: file.name.slice(0, file.name.length - extname(file.name).length) }),
      size: file.bytes.byteLength,
      url,
      proxy_url: url,
      ...(content_type !== null && { content_type }),
      ...('applicationId' in place && { ephemeral: true }),
    };
  }

  /** The same attachment under a link that is good for a day from now on. */
  renewed(attachment: APIAttachment): APIAttachment {
    const url = this.#linkTo(new URL(attachment.url).pathname.slice(1));
    return { ...attachment, url, proxy_url: url };
  }

  /** The file behind a link; null when its signature is wrong or too old, or when there is none. */
  read(link: URL): Buffer | null {
    const path = link.pathname.slice(1);
    const parameter = (name: string) => link.searchParams.get(name) ?? '';
    const expires = parameter('ex');
    const isGood = parameter('hm') === this.#sign(path, expires, parameter('is'));
    return isGood && Number.parseInt(expires, 16) * 1_000 > this.#now() ? (this.#files.get(path) ?? null) : null;
  }

  /** Lets time pass for the links. */
  advance(ms: number): void {
    this.#aheadMs += ms;
  }

  #linkTo(path: string): string {
    const inHex = (ms: number) => Math.floor(ms / 1_000).toString(16);
    const [expires, issued] = [inHex(this.#now() + LINK_LIVES_MS), inHex(this.#now())];
    return `${this.origin}/${path}?ex=${expires}&is=${issued}&hm=${this.#sign(path, expires, issued)}&`;
  }

  #sign = (path: string, expires: string, issued: string): string =>
    createHmac('sha256', this.#secret).update(`${path} ${expires} ${issued}`).digest('hex');

  #now = (): number => Date.now() + this.#aheadMs;
}

const folderOf = (place: UploadPlace) =>
  'channelId' in place ? `attachments/${place.channelId}` : `ephemeral-attachments/${place.applicationId}`;

/** Only ASCII letters, digits, dots, dashes and underscores stay in a name; the rest is in the title. */
const safeName = (name: string) => name.replaceAll(/\s+/g, '_').replaceAll(/[^\w.-]/g, '') || 'unknown';
