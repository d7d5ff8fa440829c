import { TenutoError } from '../lib/errors.ts';
import { webAddress } from '../lib/web-address.ts';
import type { HttpClient } from './http-client.ts';
import { textAt } from './small-answer.ts';

/** A thousand tracks with all that is known of them take half of it. */
const MOST_BYTES = 2 * 1_024 * 1_024;

/** Files of text that people give. */
export class TextFiles {
  readonly #http: HttpClient;

  constructor(http: HttpClient) {
    this.#http = http;
  }

  /** The whole text, of whatever bytes there are. Throws BAD_FILE for one that is too long or not there any more. */
  async read(
    { url, sizeBytes }: { readonly url: string; readonly sizeBytes: number },
    signal: AbortSignal,
  ): Promise<string> {
    const address = webAddress(url);
    // What Discord says of the size spares the way; what comes is counted all the same.
    if (sizeBytes > MOST_BYTES) throw new TenutoError('BAD_FILE', 'it is larger than 2 MB');
    const answer = address && (await textAt(this.#http, address, { maxBytes: MOST_BYTES, signal }));
    if (!answer) throw new TenutoError('BAD_FILE', 'it is not there any more');
    return answer.text;
  }
}
