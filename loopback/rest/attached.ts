import type { APIAttachment } from 'discord-api-types/v10';
import type { UploadPlace, Uploads } from '../world/uploads.ts';
import type { UploadedFile } from './body.ts';
import { ApiError, NotInTheDouble } from './errors.ts';
import type { MessageBody } from './validate/message.ts';

/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#json, code 30015 */
const MOST = 10;

/** Where the files of a message go, what came with the request, and what hung below the message until now. */
export interface Attaching {
  readonly uploads: Uploads;
  readonly place: UploadPlace;
  readonly files: readonly UploadedFile[];
  readonly before: readonly APIAttachment[];
}

/**
 * What hangs below a message that is written or edited. `attachments` of a body names all of it: files of this request by
 * their number, and what stays by its id. A body without it changes nothing, and takes every file of a message that had none:
 * https://discord.com/developers/docs/reference#uploading-files
 */
export function attached({ attachments }: MessageBody, { uploads, place, files, before }: Attaching): APIAttachment[] {
  if (attachments === undefined || attachments === null) {
    if (before.length > 0 && (files.length > 0 || attachments === null))
      throw new NotInTheDouble('edits of a message with files that do not name those that stay');
    refuseMany(before.length + files.length);
    return [...before, ...files.map((file) => uploads.add(file, place))];
  }
  refuseMany(attachments.length);
  const named = new Set(attachments.map(({ id }) => id));
  if (files.some(({ number }) => !named.has(String(number))))
    throw new NotInTheDouble('files that their message does not name');
  return attachments.map(({ id, filename, description }) => {
    const file = files.find(({ number }) => String(number) === id);
    const kept = before.find((one) => one.id === id);
    if (file === undefined && kept === undefined)
      throw new NotInTheDouble(`attachments of which there is no file (${id})`);
    const attachment =
      file === undefined && kept !== undefined
        ? uploads.renewed(kept)
        : uploads.add({ name: filename ?? file?.name ?? '', bytes: file?.bytes ?? new Uint8Array() }, place);
    return { ...attachment, ...(typeof description === 'string' && { description }) };
  });
}

function refuseMany(count: number): void {
  if (count > MOST) throw new ApiError('tooManyAttachments');
}
