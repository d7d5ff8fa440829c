import { ChannelType, type APIApplicationCommandOptionChoice, type APIUser } from 'discord-api-types/v10';
import type { Interactions } from './interactions.ts';
import type { Interaction, Person, SeenMessage } from './people.ts';
import { has, joinRefusal, permissionsIn } from './permissions.ts';
import { autocompletion, slashCommand } from './person/commands.ts';
import { messageCommand } from './person/message-command.ts';
import type { Typed } from './person/options.ts';
import { press } from './person/press.ts';
import { say } from './person/say.ts';
import type { World, WorldChannel, WorldMessage } from './world.ts';
import { seen } from './world/seen.ts';

interface Origin {
  readonly guildId: string;
  readonly name: string;
  /** An existing user, such as the guild's owner, instead of a new one. */
  readonly userId?: string;
}

/** Puts a person in front of a client: a user who is a member of the guild. */
export function createPerson(world: World, interactions: Interactions, { guildId, name, userId }: Origin): Person {
  const user = userId === undefined ? world.addUser(name) : world.users.get(userId);
  if (user === undefined) throw new Error(`there is no user ${userId}`);
  if (!world.guild(guildId).members.has(user.id)) world.addMember(guildId, user.id);
  return new Member(world, interactions, guildId, user, name);
}

class Member implements Person {
  readonly name: string;
  readonly #world: World;
  readonly #interactions: Interactions;
  readonly #guildId: string;
  readonly #user: APIUser;

  constructor(world: World, interactions: Interactions, guildId: string, user: APIUser, name: string) {
    this.#world = world;
    this.#interactions = interactions;
    this.#guildId = guildId;
    this.#user = user;
    this.name = name;
  }

  get id(): string {
    return this.#user.id;
  }

  join(channel: string): void {
    this.#enter(this.#channel(channel));
  }

  move(channel: string): void {
    if (!this.#world.guild(this.#guildId).voiceStates.has(this.id))
      throw new Error(`${this.name} is in no voice channel`);
    this.#enter(this.#channel(channel));
  }

  leave(): void {
    this.#world.setVoiceState(this.#guildId, this.id, null);
  }

  async slash(name: string, options: Typed = {}, where: { readonly channel?: string } = {}): Promise<Interaction> {
    const channel = this.#visible(where.channel);
    return this.#interactions.begin(slashCommand(this.#scene(channel), name, options), this.#user, channel);
  }

  async autocomplete(
    name: string,
    options: Typed,
    focused: string,
  ): Promise<readonly APIApplicationCommandOptionChoice[]> {
    const channel = this.#visible();
    const interaction = autocompletion(this.#scene(channel), name, options, focused);
    return this.#interactions.begin(interaction, this.#user, channel).completed();
  }

  say(content: string, more: Parameters<Person['say']>[1] = {}): SeenMessage {
    const { channel, files = [], replyTo = null } = more;
    return seen(say(this.#scene(this.#visible(channel)), content, files, replyTo));
  }

  async useOn(messageId: string, command: string): Promise<Interaction> {
    const { channel, message } = this.#find(messageId);
    return this.#interactions.begin(messageCommand(this.#scene(channel), message, command), this.#user, channel);
  }

  async press(messageId: string, customId: string, values: readonly string[] = []): Promise<Interaction> {
    const { channel, message } = this.#find(messageId);
    return this.#interactions.begin(press(this.#scene(channel), message, customId, values), this.#user, channel);
  }

  sees(channel?: string): readonly SeenMessage[] {
    return this.#messages(this.#visible(channel)).map(seen);
  }

  #enter(channel: WorldChannel): void {
    const refusal = joinRefusal(this.#world.guild(this.#guildId), channel, this.id);
    if (refusal !== null) throw new Error(`${this.name} cannot join #${channel.name}: ${refusal}`);
    // A person has one voice connection, over all guilds.
    for (const { id, voiceStates } of this.#world.guilds.values()) {
      if (id !== this.#guildId && voiceStates.has(this.id)) this.#world.setVoiceState(id, this.id, null);
    }
    this.#world.setVoiceState(this.#guildId, this.id, { channelId: channel.id });
  }

  #find(messageId: string): { readonly channel: WorldChannel; readonly message: WorldMessage } {
    for (const channel of this.#world.guild(this.#guildId).channels.values()) {
      const message = this.#messages(channel).find(({ message }) => message.id === messageId);
      if (message !== undefined) return { channel, message };
    }
    throw new Error(`${this.name} sees no message ${messageId}`);
  }

  #messages({ id }: WorldChannel) {
    if (!this.#canView(id)) return [];
    const all = [...(this.#world.messages.get(id)?.values() ?? [])];
    return all.filter(({ onlyFor }) => onlyFor === null || onlyFor === this.id);
  }

  #visible(nameOrId?: string): WorldChannel {
    const channels = [...this.#world.guild(this.#guildId).channels.values()];
    const first = channels.find(({ id, type }) => type === ChannelType.GuildText && this.#canView(id));
    const channel = nameOrId === undefined ? first : this.#channel(nameOrId);
    if (channel === undefined || !this.#canView(channel.id)) throw new Error(`${this.name} sees no such text channel`);
    return channel;
  }

  #canView(channelId: string): boolean {
    const guild = this.#world.guild(this.#guildId);
    const channel = guild.channels.get(channelId);
    return channel !== undefined && has(permissionsIn(guild, channel, this.id), 'ViewChannel');
  }

  #channel(nameOrId: string): WorldChannel {
    const { channels } = this.#world.guild(this.#guildId);
    const channel = channels.get(nameOrId) ?? [...channels.values()].find(({ name }) => name === nameOrId);
    if (channel === undefined) throw new Error(`there is no channel ${nameOrId}`);
    return channel;
  }

  #scene = (channel: WorldChannel) => ({ world: this.#world, channel, user: this.#user });
}
