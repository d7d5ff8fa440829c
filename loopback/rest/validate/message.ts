import { MessageFlags, MessageReferenceType } from 'discord-api-types/v10';
import { z } from 'zod';
import { NotInTheDouble } from '../errors.ts';
import { components, componentsV2 } from './components.ts';
import { embeds } from './embeds.ts';
import { list, maybe, parse, snowflake, text, whole } from './form.ts';

/** https://discord.com/developers/docs/resources/message#allowed-mentions-object */
const allowedMentions = z
  .object({
    parse: maybe(z.array(z.enum(['roles', 'users', 'everyone']))),
    roles: maybe(list(snowflake, 0, 100)),
    users: maybe(list(snowflake, 0, 100)),
    replied_user: maybe(z.boolean()),
  })
  .superRefine((allowed, context) => {
    for (const kind of ['roles', 'users'] as const) {
      if (!allowed.parse?.includes(kind) || !allowed[kind]?.length) continue;
      const message = `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`;
      context.addIssue({ code: 'custom', message, params: { code: 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE' } });
    }
  });

const shared = {
  flags: maybe(whole(0, 2 ** 31 - 1)),
  tts: maybe(z.boolean()),
  nonce: maybe(z.union([z.string(), z.int()])),
  enforce_nonce: maybe(z.boolean()),
  attachments: maybe(
    z.array(z.object({ id: snowflake, filename: maybe(text(1, 1024)), description: maybe(text(0, 1024)) })),
  ),
  allowed_mentions: maybe(allowedMentions),
  message_reference: maybe(z.object({ message_id: snowflake, fail_if_not_exists: maybe(z.boolean()) })),
};

/** What Discord has for messages and the double has not: dropping it in silence would prove what is not so. */
const NOT_BUILT: Readonly<Record<string, (value: unknown) => boolean>> = {
  poll: (value) => value !== null,
  sticker_ids: isFilled,
  message_reference: (value) => reference.safeParse(value).data?.type === MessageReferenceType.Forward,
};
const reference = z.object({ type: z.int().optional() });

function isFilled(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

const legacy = z.object({
  ...shared,
  content: maybe(text(0, 2000)),
  embeds: maybe(embeds),
  components: maybe(components),
});

const v2 = z
  .object({
    ...shared,
    content: maybe(z.string()),
    embeds: maybe(z.array(z.unknown())),
    components: maybe(componentsV2),
  })
  .superRefine((body, context) => {
    for (const field of ['content', 'embeds'] as const) {
      if (!body[field]?.length) continue;
      const message = `The '${field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`;
      const params = { code: 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2' };
      context.addIssue({ code: 'custom', message, params, path: [field] });
    }
  })
  .transform((body) => ({ ...body, content: body.content ?? undefined, embeds: undefined }));

/** What a bot wants a message to be. Fields left out stay as they are in an edit. */
export type MessageBody = z.output<typeof legacy>;

/** The message in a body, judged by the rules of its flags; `at` is where the body stands in the request. */
export function parseMessage(body: unknown, at: readonly string[] = [], standing = 0): MessageBody {
  const { flags, ...rest } = parse(z.looseObject({ flags: shared.flags }), body ?? {}, at);
  const missing = Object.entries(NOT_BUILT).find(([field, has]) => rest[field] !== undefined && has(rest[field]));
  if (missing !== undefined) throw new NotInTheDouble(`messages with ${missing[0]}`);
  const isV2 = (((flags ?? 0) | standing) & MessageFlags.IsComponentsV2) !== 0;
  return isV2 ? parse(v2, body ?? {}, at) : parse(legacy, body ?? {}, at);
}
