import type { Attachment, PostedMessage } from '../command.ts';
import type { Wish } from './enqueue.ts';

const LINK = /https?:\/\/[^\s<>]+/gi;
/** What people and Markdown put behind a link, and what is hardly ever the end of one. */
const BEHIND = /[.,;:!?'"*_~|\]]+$/;
/** Discord names a type by the file's ending. Where it names none, the bytes decide. */
const SOUND = /^(audio|video)\/|^application\/ogg\b/i;

/** Everything in a message that may be played, in its order and once each: links, then files. */
export function wishesIn({ content, attachments }: PostedMessage): readonly Wish[] {
  const links = [...content.matchAll(LINK)].map(([link]) => bare(link));
  const queries = [...new Set(links)].map((text): Wish => ({ kind: 'query', text }));
  return [...queries, ...attachments.filter(maySound).map((file): Wish => ({ kind: 'file', file }))];
}

/** `[a song](https://…)`: the bracket is the link's own only when it was opened in it. */
function bare(link: string): string {
  const trimmed = link.replace(BEHIND, '');
  const closes = trimmed.endsWith(')') && !trimmed.includes('(');
  return closes ? bare(trimmed.slice(0, -1)) : trimmed;
}

const maySound = ({ contentType }: Attachment) => contentType === null || SOUND.test(contentType);
