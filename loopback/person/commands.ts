import {
  ApplicationCommandOptionType as Type,
  ApplicationCommandType,
  InteractionType,
  type APIApplicationCommand,
  type APIApplicationCommandInteractionDataBasicOption,
  type APIApplicationCommandInteractionDataOption,
  type APIApplicationCommandOption,
  type APIAttachment,
} from 'discord-api-types/v10';
import type { DispatchedInteraction, FileToSend, WorldApplication } from '../world.ts';
import { ATTACHMENT_LIMIT, envelope, type Scene } from './envelope.ts';
import { fill, isBasic, refuseUnknown, type Typed } from './options.ts';
import { registered } from './registered.ts';
import { resolve } from './resolved.ts';

/** A command as a person found it: the words after its name chose a subcommand. */
interface Chosen {
  readonly application: WorldApplication;
  readonly command: APIApplicationCommand;
  readonly options: readonly APIApplicationCommandOption[];
  /** Puts filled-in options back under the subcommand and its group. */
  readonly wrap: <Kind extends InteractionType>(
    options: APIApplicationCommandInteractionDataBasicOption<Kind>[],
  ) => APIApplicationCommandInteractionDataOption<Kind>[];
}

/** The interaction of a typed slash command, for instance `play` or `config volume`. Throws when Discord's client would not send it. */
export function slashCommand(place: Omit<Scene, 'application'>, words: string, typed: Typed): DispatchedInteraction {
  const { application, command, options: definitions, wrap } = choose(place, words);
  const scene = { ...place, application };
  const { options, chosen, files } = fill(definitions, typed, (file) => upload(scene, file));
  const wrapped = wrap<InteractionType.ApplicationCommand>(options);
  const data = {
    ...naming(command),
    ...(wrapped.length > 0 && { options: wrapped }),
    ...(chosen.length + files.length > 0 && { resolved: { ...resolve(scene, chosen), ...withFiles(files) } }),
  };
  return { ...envelope(scene, InteractionType.ApplicationCommand), data };
}

/** The interaction of typing into an option that completes. Other options count as far as they are typed. */
export function autocompletion(
  place: Omit<Scene, 'application'>,
  words: string,
  typed: Typed,
  focused: string,
): DispatchedInteraction {
  const { application, command, options: definitions, wrap } = choose(place, words);
  const basic = definitions.filter(isBasic);
  refuseUnknown(basic, typed);
  const completes = basic.some((option) => option.name === focused && 'autocomplete' in option && option.autocomplete);
  if (!completes) throw new Error(`option "${focused}" does not complete`);
  const options = basic.flatMap(
    (option): APIApplicationCommandInteractionDataBasicOption<InteractionType.ApplicationCommandAutocomplete>[] => {
      const given = typed[option.name] ?? (option.name === focused ? '' : undefined);
      // A file is uploaded when the command is sent; until then an id stands for it.
      const value = typeof given === 'object' ? place.world.nextId() : given;
      if (value === undefined) return [];
      const focus = option.name === focused && { focused: true };
      const { name, type } = option;
      switch (type) {
        case Type.String:
        case Type.Integer:
          return [{ name, type, value: String(value), ...focus }];
        case Type.Number:
          return [{ name, type, value: String(value), ...focus }];
        case Type.Boolean:
          return [{ name, type, value: value === true }];
        case Type.User:
        case Type.Channel:
        case Type.Role:
        case Type.Mentionable:
        case Type.Attachment:
          return [{ name, type, value: String(value) }];
      }
    },
  );
  const data = { ...naming(command), options: wrap<InteractionType.ApplicationCommandAutocomplete>(options) };
  return { ...envelope({ ...place, application }, InteractionType.ApplicationCommandAutocomplete), data };
}

const withFiles = (files: readonly APIAttachment[]) =>
  files.length > 0 && { attachments: Object.fromEntries(files.map((file) => [file.id, file])) };

/** Only the person and the application ever see a file that a command was given. */
function upload({ world, application, user }: Scene, file: FileToSend): APIAttachment {
  if (file.bytes.byteLength > ATTACHMENT_LIMIT) throw new Error(`${user.username}'s file is too large for Discord`);
  return world.uploads.add(file, { applicationId: application.id });
}

const naming = ({ id, name, guild_id }: APIApplicationCommand) => ({
  id,
  name,
  type: ApplicationCommandType.ChatInput as const,
  ...(guild_id !== undefined && { guild_id }),
});

function choose(place: Omit<Scene, 'application'>, words: string): Chosen {
  const [name = '', ...path] = words.replace(/^\//, '').split(' ');
  const found = registered(place, ApplicationCommandType.ChatInput, name, `/${name}`);
  return { ...found, ...descend(found.command.options ?? [], path, name) };
}

function descend(
  options: readonly APIApplicationCommandOption[],
  [next, ...rest]: readonly string[],
  name: string,
): Pick<Chosen, 'options' | 'wrap'> {
  if (next === undefined) {
    if (options.some((option) => !isBasic(option))) throw new Error(`/${name} needs a subcommand`);
    return { options, wrap: (filled) => filled };
  }
  const branch = options.find((option) => option.name === next);
  if (branch?.type === Type.Subcommand && rest.length === 0) {
    const { type } = branch;
    return { options: branch.options ?? [], wrap: (filled) => [{ type, name: next, options: filled }] };
  }
  const leaf =
    branch?.type === Type.SubcommandGroup ? branch.options?.find((option) => option.name === rest[0]) : undefined;
  if (branch?.type !== Type.SubcommandGroup || leaf === undefined)
    throw new Error(`/${name} has no subcommand "${next}"`);
  return {
    options: leaf.options ?? [],
    wrap: (filled) => [
      { type: branch.type, name: next, options: [{ type: leaf.type, name: leaf.name, options: filled }] },
    ],
  };
}
