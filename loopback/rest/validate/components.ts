import { ButtonStyle, ComponentType, type APIMessageTopLevelComponent } from 'discord-api-types/v10';
import { z } from 'zod';
import { list, maybe, says, snowflake, text, typed, url, whole } from './form.ts';

const id = maybe(whole(0, 2 ** 31 - 1));
const customId = text(1, 100);
const emoji = z.object({ id: maybe(snowflake), name: maybe(z.string()), animated: maybe(z.boolean()) });
const disabled = maybe(z.boolean());

const button = z
  .object({
    type: z.literal(ComponentType.Button),
    id,
    style: z.enum(ButtonStyle),
    label: maybe(text(0, 80)),
    emoji: maybe(emoji),
    custom_id: maybe(customId),
    url: maybe(url('http', 'https', 'discord').and(text(1, 512))),
    sku_id: maybe(snowflake),
    disabled,
  })
  .superRefine(({ style, label, emoji: picture, custom_id, url: target, sku_id }, context) => {
    const complain = (code: string, message: string, path: string) =>
      context.addIssue({ code: 'custom', message, params: { code }, path: [path] });
    const [given, needed] =
      style === ButtonStyle.Link
        ? [target, 'url']
        : style === ButtonStyle.Premium
          ? [sku_id, 'sku_id']
          : [custom_id, 'custom_id'];
    if (given === undefined || given === null) {
      complain(
        'BASE_TYPE_REQUIRED',
        needed === 'url' ? 'A url is required' : `A ${needed.replace('_', ' ')} is required`,
        needed,
      );
    }
    if (custom_id && target)
      complain(
        'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
        'A custom id and url cannot both be specified',
        'custom_id',
      );
    else if (custom_id && needed !== 'custom_id')
      complain(
        'BUTTON_COMPONENT_CUSTOM_ID_NOT_ALLOWED',
        'A custom id cannot be specified for this button',
        'custom_id',
      );
    else if (target && needed !== 'url')
      complain('BUTTON_COMPONENT_URL_NOT_ALLOWED', 'A url cannot be specified for this button', 'url');
    if (!label && !picture && style !== ButtonStyle.Premium)
      complain('BUTTON_COMPONENT_LABEL_REQUIRED', 'A label or emoji is required', 'label');
  });

const select = {
  id,
  custom_id: customId,
  placeholder: maybe(text(0, 150)),
  min_values: maybe(whole(0, 25)),
  max_values: maybe(whole(1, 25)),
  disabled,
  default_values: maybe(z.array(z.object({ id: snowflake, type: z.enum(['user', 'role', 'channel']) }))),
};

const option = z.object({
  label: text(1, 100),
  value: text(1, 100),
  description: maybe(text(0, 100)),
  emoji: maybe(emoji),
  default: maybe(z.boolean()),
});

const stringSelect = z
  .object({ type: z.literal(ComponentType.StringSelect), ...select, options: list(option, 1, 25) })
  .superRefine(({ options }, context) => {
    options.forEach(({ value }, index) => {
      if (options.findIndex((other) => other.value === value) === index) return;
      const params = { code: 'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED' };
      context.addIssue({
        code: 'custom',
        message: 'The specified option value is already used',
        params,
        path: ['options', index],
      });
    });
  });

const interactive = z.discriminatedUnion('type', [
  button,
  stringSelect,
  z.object({ type: z.literal(ComponentType.UserSelect), ...select }),
  z.object({ type: z.literal(ComponentType.RoleSelect), ...select }),
  z.object({ type: z.literal(ComponentType.MentionableSelect), ...select }),
  z.object({ type: z.literal(ComponentType.ChannelSelect), ...select, channel_types: maybe(z.array(z.int())) }),
]);

const row = z
  .object({ type: z.literal(ComponentType.ActionRow), id, components: list(interactive, 1, 5) })
  .superRefine(({ components }, context) => {
    components.forEach(({ type }, index) => {
      const alone =
        components.length === 1 || (type === ComponentType.Button && components[0]?.type === ComponentType.Button);
      if (alone || index === 0) return;
      const params = { code: 'COMPONENT_LAYOUT_WIDTH_EXCEEDED' };
      context.addIssue({
        code: 'custom',
        message: 'The specified component exceeds the maximum width',
        params,
        path: ['components', index],
      });
    });
  });

const textDisplay = z.object({ type: z.literal(ComponentType.TextDisplay), id, content: text(1, 4000) });
const media = z.object({ url: url('http', 'https', 'attachment') });
const thumbnail = z.object({
  type: z.literal(ComponentType.Thumbnail),
  id,
  media,
  description: maybe(text(0, 1024)),
  spoiler: disabled,
});
const section = z.object({
  type: z.literal(ComponentType.Section),
  id,
  components: list(textDisplay, 1, 3),
  accessory: z.discriminatedUnion('type', [button, thumbnail]),
});
const gallery = z.object({
  type: z.literal(ComponentType.MediaGallery),
  id,
  items: list(z.object({ media, description: maybe(text(0, 1024)), spoiler: disabled }), 1, 10),
});
const separator = z.object({
  type: z.literal(ComponentType.Separator),
  id,
  divider: disabled,
  spacing: maybe(whole(1, 2)),
});
const container = z.object({
  type: z.literal(ComponentType.Container),
  id,
  accent_color: maybe(whole(0, 0xff_ff_ff)),
  spoiler: disabled,
  components: list(z.discriminatedUnion('type', [row, textDisplay, section, gallery, separator]), 1, 40),
});

/** Everything in a tree of components, parents before their children. */
export function flatten(components: readonly unknown[], at: readonly (string | number)[] = []): Placed[] {
  return components.flatMap((component, index) => {
    if (typeof component !== 'object' || component === null) return [];
    const path = [...at, index];
    const children = 'components' in component && Array.isArray(component.components) ? component.components : [];
    const accessory = 'accessory' in component ? flatten([component.accessory], [...path, 'accessory']) : [];
    return [{ component, path }, ...flatten(children, [...path, 'components']), ...accessory];
  });
}

interface Placed {
  readonly component: object;
  readonly path: readonly (string | number)[];
}

const withUniqueIds = <Schema extends z.ZodType<readonly unknown[]>>(schema: Schema) =>
  schema.superRefine((components, context) => {
    const seen = new Set<unknown>();
    for (const { component, path } of flatten(components)) {
      if (!('custom_id' in component) || typeof component.custom_id !== 'string') continue;
      const params = { code: 'COMPONENT_CUSTOM_ID_DUPLICATED' };
      const message = 'Component custom id cannot be duplicated';
      if (seen.has(component.custom_id))
        context.addIssue({ code: 'custom', message, params, path: [...path, 'custom_id'] });
      seen.add(component.custom_id);
    }
  });

const rows = withUniqueIds(list(z.discriminatedUnion('type', [row]), 0, 5));
const layout = withUniqueIds(
  z
    .array(z.discriminatedUnion('type', [row, textDisplay, section, gallery, separator, container]))
    .refine(
      (all) => flatten(all).length <= 40,
      says('COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED', 'The maximum number of components is 40'),
    ),
);

/** Up to five rows: https://discord.com/developers/docs/components/reference#legacy-message-component-behavior */
export const components = typed<APIMessageTopLevelComponent[]>(() => rows);

/** What a message with the flag IsComponentsV2 may hold: 40 components, counting nested ones. */
export const componentsV2 = typed<APIMessageTopLevelComponent[]>(() => layout);
