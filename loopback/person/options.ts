import {
  ApplicationCommandOptionType as Type,
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandInteractionDataBasicOption,
  type APIApplicationCommandOption,
  type APIAttachment,
} from 'discord-api-types/v10';
import type { FileToSend } from '../world.ts';
import type { ChosenId, Kind } from './resolved.ts';

/** What a person types, chooses or drops into the options of a command, by name. */
export type Typed = Readonly<Record<string, string | number | boolean | FileToSend>>;

/** The filled-in options, the ids among them, and the files as they were uploaded. */
export interface Filled {
  readonly options: APIApplicationCommandInteractionDataBasicOption[];
  readonly chosen: readonly ChosenId[];
  readonly files: readonly APIAttachment[];
}

const KINDS: Readonly<Partial<Record<Type, Kind>>> = {
  [Type.User]: 'user',
  [Type.Channel]: 'channel',
  [Type.Role]: 'role',
  [Type.Mentionable]: 'mentionable',
};

/** Fits what was typed to a command's definition, as Discord's client does before it sends anything. Throws when it does not fit. */
export function fill(
  definitions: readonly APIApplicationCommandOption[],
  typed: Typed,
  upload: (file: FileToSend) => APIAttachment,
): Filled {
  const basic = definitions.filter(isBasic);
  refuseUnknown(basic, typed);
  for (const { name, required } of basic) {
    if (required && typed[name] === undefined) throw new Error(`option "${name}" is required`);
  }
  const files: APIAttachment[] = [];
  const idOf = (file: FileToSend): string => {
    const uploaded = upload(file);
    files.push(uploaded);
    return uploaded.id;
  };
  // In the order in which they are defined.
  const given = basic.flatMap((definition) => {
    const value = typed[definition.name];
    return value === undefined ? [] : [{ definition, value }];
  });
  return {
    options: given.map(({ definition, value }) => one(definition, value, idOf)),
    chosen: given.flatMap(({ definition, value }) => {
      const kind = KINDS[definition.type];
      const types = 'channel_types' in definition ? definition.channel_types : undefined;
      return kind === undefined || typeof value !== 'string' ? [] : [{ kind, id: value, types }];
    }),
    files,
  };
}

/** Throws when something was typed into an option that the command does not have. */
export function refuseUnknown(definitions: readonly { readonly name: string }[], typed: Typed): void {
  const unknown = Object.keys(typed).find((name) => definitions.every((definition) => definition.name !== name));
  if (unknown !== undefined) throw new Error(`there is no option "${unknown}"`);
}

/** Whether an option takes a value, unlike a subcommand. */
export const isBasic = (option: APIApplicationCommandOption): option is APIApplicationCommandBasicOption =>
  option.type !== Type.Subcommand && option.type !== Type.SubcommandGroup;

function one(
  definition: APIApplicationCommandBasicOption,
  value: Typed[string],
  idOf: (file: FileToSend) => string,
): Filled['options'][number] {
  const { name, type } = definition;
  const refuse = (why: string): never => {
    throw new Error(`option "${name}" ${why}`);
  };
  switch (type) {
    case Type.String:
      if (typeof value !== 'string') return refuse('takes text');
      if (value === '') return refuse('is empty');
      inRange(value.length, definition.min_length, definition.max_length ?? 6000, 'characters', refuse);
      ofChoices(value, definition.choices, refuse);
      return { name, type, value };
    case Type.Integer:
    case Type.Number:
      if (typeof value !== 'number' || !Number.isFinite(value)) return refuse('takes a number');
      if (type === Type.Integer && !Number.isInteger(value)) return refuse('takes a whole number');
      inRange(value, definition.min_value, definition.max_value, '', refuse);
      ofChoices(value, definition.choices, refuse);
      return { name, type, value };
    case Type.Boolean:
      return typeof value === 'boolean' ? { name, type, value } : refuse('takes true or false');
    case Type.User:
    case Type.Channel:
    case Type.Role:
    case Type.Mentionable:
      return typeof value === 'string' ? { name, type, value } : refuse('takes an id');
    case Type.Attachment:
      return typeof value === 'object' ? { name, type, value: idOf(value) } : refuse('takes a file');
  }
}

function inRange(
  value: number,
  min: number | null | undefined,
  max: number | null | undefined,
  unit: string,
  refuse: (why: string) => never,
): void {
  if (typeof min === 'number' && value < min) refuse(`takes at least ${min} ${unit}`.trim());
  if (typeof max === 'number' && value > max) refuse(`takes at most ${max} ${unit}`.trim());
}

function ofChoices(
  value: string | number,
  choices: readonly { readonly value: string | number }[] | null | undefined,
  refuse: (why: string) => never,
): void {
  if (choices?.length && choices.every((choice) => choice.value !== value)) refuse('takes one of its choices');
}
