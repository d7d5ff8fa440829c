import type { APIEmbed } from 'discord-api-types/v10';
import { z } from 'zod';
import { list, maybe, REQUIRED, says, text, typed, url, whole } from './form.ts';

const link = url('http', 'https');
const picture = z.object({ url: url('http', 'https', 'attachment') });

const embed = z
  .object({
    title: maybe(text(0, 256)),
    description: maybe(text(0, 4096)),
    url: maybe(link),
    timestamp: maybe(
      z
        .string()
        .refine(
          (time) => !Number.isNaN(Date.parse(time)),
          says('DATE_TIME_TYPE_PARSE', 'Could not parse. Should be ISO8601.'),
        ),
    ),
    color: maybe(whole(0, 0xff_ff_ff)),
    footer: maybe(z.object({ text: text(1, 2048), icon_url: maybe(picture.shape.url) })),
    image: maybe(picture),
    thumbnail: maybe(picture),
    author: maybe(z.object({ name: text(1, 256), url: maybe(link), icon_url: maybe(picture.shape.url) })),
    fields: maybe(list(z.object({ name: text(1, 256), value: text(1, 1024), inline: maybe(z.boolean()) }), 0, 25)),
  })
  .refine(
    ({ title, description, image, thumbnail, author, footer, fields }) =>
      [title, description, image, thumbnail, author, footer, fields?.[0]].some(
        (part) => part !== undefined && part !== null && part !== '',
      ),
    { ...says(REQUIRED.code, REQUIRED.message), path: ['description'] },
  );

function length({ title, description, footer, author, fields }: z.output<typeof embed>): number {
  const texts = [
    title,
    description,
    footer?.text,
    author?.name,
    ...(fields ?? []).flatMap(({ name, value }) => [name, value]),
  ];
  return texts.reduce((sum, part) => sum + Array.from(part ?? '').length, 0);
}

const all = list(embed, 0, 10).refine(
  (given) => given.reduce((sum, one) => sum + length(one), 0) <= 6000,
  says('MAX_EMBED_SIZE_EXCEEDED', 'Embed size exceeds maximum size of 6000'),
);

/** https://discord.com/developers/docs/resources/message#embed-object-embed-limits */
export const embeds = typed<APIEmbed[]>(() => all);
