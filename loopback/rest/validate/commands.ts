import {
  ApplicationCommandOptionType as Type,
  ApplicationCommandType,
  type APIApplicationCommandOption,
  type APIApplicationCommandOptionChoice,
} from 'discord-api-types/v10';
import { z } from 'zod';
import { list, maybe, says, text, typed, whole } from './form.ts';

/** https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-naming */
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const isName = (name: string): boolean => NAME.test(name) && name === name.toLowerCase();

const localizations = (max: number) => maybe(z.record(z.string(), maybe(text(1, max))));
const named = {
  name: z.string().refine(isName, says('STRING_TYPE_REGEX', 'String value did not match validation regex.')),
  name_localizations: localizations(32),
  description: text(1, 100),
  description_localizations: localizations(100),
};
const choices = <Value extends z.ZodType>(value: Value) =>
  maybe(list(z.object({ name: text(1, 100), name_localizations: localizations(100), value }), 0, 25));
const basic = { ...named, required: maybe(z.boolean()) };
const completes = { ...basic, autocomplete: maybe(z.boolean()) };
const range = (value: z.ZodType<number>) => ({
  choices: choices(value),
  min_value: maybe(value),
  max_value: maybe(value),
});
const number = z
  .number()
  .refine((value) => Math.abs(value) <= 2 ** 53, says('NUMBER_TYPE_MAX', 'float value should be within 2^53.'));
const integer = whole(-(2 ** 53), 2 ** 53);

const simple = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal(Type.String),
      ...completes,
      choices: choices(text(1, 100)),
      min_length: maybe(whole(0, 6000)),
      max_length: maybe(whole(1, 6000)),
    }),
    z.object({ type: z.literal(Type.Integer), ...completes, ...range(integer) }),
    z.object({ type: z.literal(Type.Number), ...completes, ...range(number) }),
    z.object({ type: z.literal(Type.Boolean), ...basic }),
    z.object({ type: z.literal(Type.User), ...basic }),
    z.object({ type: z.literal(Type.Channel), ...basic, channel_types: maybe(z.array(z.int())) }),
    z.object({ type: z.literal(Type.Role), ...basic }),
    z.object({ type: z.literal(Type.Mentionable), ...basic }),
    z.object({ type: z.literal(Type.Attachment), ...basic }),
  ])
  .superRefine((option, context) => {
    const complain = (code: string, message: string, path: string) =>
      context.addIssue({ code: 'custom', message, params: { code }, path: [path] });
    if (option.type !== Type.String && option.type !== Type.Integer && option.type !== Type.Number) return;
    if (option.autocomplete && option.choices?.length) {
      complain(
        'APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES_MUTUALLY_EXCLUSIVE',
        'Autocomplete and choices cannot both be set',
        'choices',
      );
    }
    const [least, most, field] =
      option.type === Type.String
        ? [option.min_length, option.max_length, 'max_length']
        : [option.min_value, option.max_value, 'max_value'];
    if (typeof least === 'number' && typeof most === 'number' && least > most) {
      complain('APPLICATION_COMMAND_OPTION_RANGE_INVALID', 'The maximum must not be less than the minimum', field);
    }
    const names = (option.choices ?? []).map(({ name }) => name);
    if (new Set(names).size < names.length) {
      complain(
        'APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS',
        'Option choice name already exists',
        'choices',
      );
    }
  });

/** Names are unique in a list of options, and required ones stand before the others. */
const ordered = <Schema extends z.ZodType<readonly { name: string; required?: boolean | null | undefined }[]>>(
  schema: Schema,
) =>
  schema.superRefine((options, context) => {
    options.forEach(({ name, required }, index) => {
      const complain = (code: string, message: string) =>
        context.addIssue({ code: 'custom', message, params: { code }, path: [index] });
      const before = options.slice(0, index);
      if (before.some((other) => other.name === name)) {
        complain('APPLICATION_COMMAND_OPTION_NAME_ALREADY_EXISTS', 'Option name already exists');
      }
      if (required && before.some((other) => !other.required)) {
        complain(
          'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
          'Required options must be placed before non-required options',
        );
      }
    });
  });

const subcommand = z.object({
  type: z.literal(Type.Subcommand),
  ...named,
  options: maybe(ordered(list(simple, 0, 25))),
});
const group = z.object({ type: z.literal(Type.SubcommandGroup), ...named, options: ordered(list(subcommand, 1, 25)) });
const nested = ordered(list(z.discriminatedUnion('type', [subcommand, group]), 0, 25));
const flat = ordered(list(simple, 0, 25));
const isNested = (options: unknown): boolean =>
  Array.isArray(options) && [Type.Subcommand, Type.SubcommandGroup].includes(options[0]?.type);

const options = typed<APIApplicationCommandOption[]>((given) => (isNested(given) ? nested : flat));

const command = z
  .object({
    type: maybe(z.enum(ApplicationCommandType)),
    name: text(1, 32),
    name_localizations: localizations(32),
    description: maybe(text(0, 100)),
    description_localizations: localizations(100),
    options: maybe(options),
    default_member_permissions: maybe(z.string().regex(/^\d{1,30}$/)),
    dm_permission: maybe(z.boolean()),
    nsfw: maybe(z.boolean()),
    contexts: maybe(z.array(whole(0, 2))),
    integration_types: maybe(z.array(whole(0, 1))),
  })
  .superRefine(({ type, name, description, options: given }, context) => {
    const complain = (code: string, message: string, path: string) =>
      context.addIssue({ code: 'custom', message, params: { code }, path: [path] });
    if ((type ?? ApplicationCommandType.ChatInput) === ApplicationCommandType.ChatInput) {
      if (!isName(name)) complain('APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid', 'name');
      if (!description) complain('BASE_TYPE_REQUIRED', 'This field is required', 'description');
    } else {
      if (description)
        complain(
          'APPLICATION_COMMAND_DESCRIPTION_NOT_ALLOWED',
          'Context menu commands cannot have description',
          'description',
        );
      if (given?.length)
        complain('APPLICATION_COMMAND_OPTIONS_NOT_ALLOWED', 'Context menu commands cannot have options', 'options');
    }
  })
  .refine((body) => size(body) <= 8000, says('APPLICATION_COMMAND_TOO_LARGE', 'Command exceeds maximum size (8000)'));

/** Names, descriptions and string values together: https://discord.com/developers/docs/interactions/application-commands */
function size(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + size(item), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce((sum, [key, item]) => {
    const counts = typeof item === 'string' && ['name', 'description', 'value'].includes(key);
    return sum + (counts ? Array.from(item).length : key.endsWith('localizations') ? 0 : size(item));
  }, 0);
}

/** What a developer wants a command to be. */
export type CommandBody = z.output<typeof command>;

/** One command, as POST takes it. */
export const commandBody: z.ZodType<CommandBody> = command;

/** Some fields of one command, as PATCH takes them; they are judged together with those that stay. */
export const commandChanges = z.record(z.string(), z.unknown());

/** A whole set of commands, as PUT takes it. At most 100 of each type. */
export const commandBodies = z.array(command).superRefine((all, context) => {
  all.forEach(({ name, type }, index) => {
    if (all.findIndex((other) => other.name === name && (other.type ?? 1) === (type ?? 1)) === index) return;
    const params = { code: 'APPLICATION_COMMANDS_DUPLICATE_NAME' };
    context.addIssue({ code: 'custom', message: 'Application command names must be unique', params, path: [index] });
  });
});

const completions = list(
  z.object({ name: text(1, 100), name_localizations: localizations(100), value: z.union([text(0, 100), z.number()]) }),
  0,
  25,
);

/** What an autocomplete answers. */
export const autocompletion = z.object({ choices: typed<APIApplicationCommandOptionChoice[]>(() => completions) });
