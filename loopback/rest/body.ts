import type { IncomingMessage } from 'node:http';
import { ApiError, NotInTheDouble } from './errors.ts';

const MOST_BYTES = 10 * 1024 * 1024;
/** What is read on, and thrown away, so that the client can read why it is refused. */
const PATIENCE_BYTES = 10 * MOST_BYTES;

/**
 * Reads a request's body to its end and returns what parses it: JSON, or a form whose `payload_json` is JSON; undefined when
 * there is none. What is wrong with it is thrown only then, because Discord judges other things first.
 */
export async function readBody(request: IncomingMessage): Promise<() => unknown> {
  try {
    const json = await readJson(request);
    return () => (json === null ? undefined : parseJson(json));
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

async function readJson(request: IncomingMessage): Promise<string | null> {
  const bytes = await readAll(request);
  if (bytes.length === 0) return null;
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('application/json')) return bytes.toString('utf8');
  if (type.startsWith('multipart/form-data')) return payloadJson(bytes, type);
  throw new NotInTheDouble(`bodies of type "${type.slice(0, 100)}"`);
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > PATIENCE_BYTES) break;
    if (length <= MOST_BYTES) chunks.push(chunk);
  }
  if (length > MOST_BYTES) throw new ApiError('tooLarge');
  return Buffer.concat(chunks);
}

async function payloadJson(bytes: Buffer, type: string): Promise<string> {
  const form = await new Response(Uint8Array.from(bytes), { headers: { 'content-type': type } })
    .formData()
    .catch(() => {
      throw new ApiError('invalidForm');
    });
  if ([...form.values()].some((part) => typeof part !== 'string')) throw new NotInTheDouble('uploaded files');
  const payload = form.get('payload_json');
  if (typeof payload !== 'string') throw new NotInTheDouble('forms without payload_json');
  return payload;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new ApiError('invalidJson');
  }
}
