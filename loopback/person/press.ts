import {
  ButtonStyle,
  ComponentType,
  InteractionType,
  type APIActionRowComponent,
  type APIComponentInMessageActionRow,
  type APIMessageComponentInteractionData,
  type APIMessageTopLevelComponent,
  type APIStringSelectComponent,
} from 'discord-api-types/v10';
import type { DispatchedInteraction, WorldMessage } from '../world.ts';
import { envelope, type Scene } from './envelope.ts';
import { resolve, type Kind } from './resolved.ts';

type Pressable = Extract<APIComponentInMessageActionRow, { custom_id: string }>;

/** The interaction of pressing a button or choosing in a select menu. Throws when a person could not have done it. */
export function press(
  place: Omit<Scene, 'application'>,
  { message }: WorldMessage,
  customId: string,
  values: readonly string[],
): DispatchedInteraction {
  const component = (message.components ?? []).flatMap(pressable).find(({ custom_id }) => custom_id === customId);
  if (component === undefined) throw new Error(`message ${message.id} has no component "${customId}"`);
  if (component.disabled) throw new Error(`component "${customId}" is disabled`);
  const application = place.world.applications.get(message.application_id ?? message.author.id);
  if (application === undefined) throw new Error(`message ${message.id} is not of an application`);
  const scene = { ...place, application };
  return { ...envelope(scene, InteractionType.MessageComponent), message, data: data(scene, component, [...values]) };
}

function pressable(component: APIMessageTopLevelComponent): Pressable[] {
  switch (component.type) {
    case ComponentType.ActionRow:
      return inRow(component);
    case ComponentType.Container:
      return component.components.flatMap(pressable);
    case ComponentType.Section:
      return component.accessory.type === ComponentType.Button && 'custom_id' in component.accessory
        ? [component.accessory]
        : [];
    case ComponentType.File:
    case ComponentType.MediaGallery:
    case ComponentType.Separator:
    case ComponentType.TextDisplay:
      return [];
  }
}

const inRow = ({ components }: APIActionRowComponent<APIComponentInMessageActionRow>): Pressable[] =>
  components.filter((component): component is Pressable => 'custom_id' in component && !isLink(component));

const isLink = (component: APIComponentInMessageActionRow): boolean =>
  component.type === ComponentType.Button && component.style === ButtonStyle.Link;

function data(scene: Scene, component: Pressable, values: string[]): APIMessageComponentInteractionData {
  const { custom_id } = component;
  if (component.type === ComponentType.Button) {
    if (values.length > 0) throw new Error(`button "${custom_id}" takes no values`);
    return { custom_id, component_type: component.type };
  }
  const { min_values = 1, max_values = 1 } = component;
  if (values.length < min_values || values.length > max_values) {
    throw new Error(`menu "${custom_id}" takes ${min_values} to ${max_values} values`);
  }
  const behind = (kind: Kind) =>
    resolve(
      scene,
      values.map((id) => ({ kind, id })),
    );
  switch (component.type) {
    case ComponentType.StringSelect:
      refuseUnknown(component, values);
      return { custom_id, component_type: component.type, values };
    case ComponentType.UserSelect:
      return { custom_id, component_type: component.type, values, resolved: { users: {}, ...behind('user') } };
    case ComponentType.RoleSelect:
      return { custom_id, component_type: component.type, values, resolved: { roles: {}, ...behind('role') } };
    case ComponentType.ChannelSelect:
      return { custom_id, component_type: component.type, values, resolved: { channels: {}, ...behind('channel') } };
    case ComponentType.MentionableSelect:
      return { custom_id, component_type: component.type, values, resolved: behind('mentionable') };
  }
}

function refuseUnknown({ custom_id, options }: APIStringSelectComponent, values: readonly string[]): void {
  const unknown = values.find((value) => options.every((option) => option.value !== value));
  if (unknown !== undefined) throw new Error(`menu "${custom_id}" has no value "${unknown}"`);
}
