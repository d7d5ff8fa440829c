import type { IncomingMessage } from 'node:http';
import type { FileToSend } from '../world.ts';
import { ApiError, NotInTheDouble } from './errors.ts';

const MOST_BYTES = 10 * 1024 * 1024;
/** What is read on, and thrown away, so that the client can read why it is refused. */
const PATIENCE_BYTES = 10 * MOST_BYTES;

/** A file that came along, under the number in its field's name: https://discord.com/developers/docs/reference#uploading-files */
export interface UploadedFile extends FileToSend {
  readonly number: number;
}

/** What a request says, not yet judged, and the files that came with it. */
export interface RequestBody {
  readonly json: unknown;
  readonly files: readonly UploadedFile[];
}

/** As it came. `json`: null when there is none. */
interface Received {
  readonly json: string | null;
  readonly files: readonly UploadedFile[];
}

/**
 * Reads a request's body to its end and returns what parses it: JSON, or a form whose `payload_json` is JSON; `json` is
 * undefined when there is none. What is wrong with it is thrown only then, because Discord judges other things first.
 */
export async function readBody(request: IncomingMessage): Promise<() => RequestBody> {
  try {
    const { json, files } = await receive(request);
    return () => ({ json: json === null ? undefined : parseJson(json), files });
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

async function receive(request: IncomingMessage): Promise<Received> {
  const bytes = await readAll(request);
  if (bytes.length === 0) return { json: null, files: [] };
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('application/json')) return { json: bytes.toString('utf8'), files: [] };
  if (type.startsWith('multipart/form-data')) return await readForm(bytes, type);
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

async function readForm(bytes: Buffer, type: string): Promise<Received> {
  const form = await new Response(Uint8Array.from(bytes), { headers: { 'content-type': type } })
    .formData()
    .catch(() => {
      throw new ApiError('invalidForm');
    });
  const files: UploadedFile[] = [];
  for (const [field, part] of form) {
    if (typeof part === 'string') continue;
    const number = /^files\[(\d{1,4})\]$/.exec(field)?.[1];
    if (number === undefined) throw new NotInTheDouble(`files in a field "${field.slice(0, 100)}"`);
    files.push({ number: Number(number), name: part.name, bytes: new Uint8Array(await part.arrayBuffer()) });
  }
  const json = form.get('payload_json');
  if (typeof json !== 'string') throw new NotInTheDouble('forms without payload_json');
  return { json, files };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new ApiError('invalidJson');
  }
}
