import { EventEmitter } from 'node:events';
import type { APIMessage, APIUser } from 'discord-api-types/v10';
import { DEFAULT_PERMISSIONS } from './permissions.ts';
import { snowflakes } from './snowflake.ts';
import { found } from './world/found.ts';
import type {
  DispatchedInteraction,
  VoiceChange,
  WorldApplication,
  WorldChange,
  WorldChannel,
  WorldGuild,
  WorldMember,
  WorldMessage,
  WorldOverwrite,
  WorldRole,
  WorldVoiceState,
} from './world/types.ts';
import { Uploads } from './world/uploads.ts';
import { misjudged, nextVoiceState } from './world/voice-state.ts';

export type * from './world/types.ts';
export type { FileToSend } from './world/uploads.ts';

/** Discord's memory: plain data, one emitter. Everything that anyone does goes through a method here, so every change is told once. */
export class World extends EventEmitter<{ change: [WorldChange] }> {
  readonly applications = new Map<string, WorldApplication>();
  readonly users = new Map<string, APIUser>();
  readonly guilds = new Map<string, WorldGuild>();
  /** By channel id, in order of creation. */
  readonly messages = new Map<string, Map<string, WorldMessage>>();
  readonly nextId: () => string = snowflakes(() => Date.now());
  readonly uploads = new Uploads(this.nextId);

  /** Creates a user; bots are made by `addApplication`. */
  addUser(username: string, options: { readonly bot?: boolean } = {}): APIUser {
    const user: APIUser = {
      id: this.nextId(),
      username,
      discriminator: '0',
      global_name: username.charAt(0).toUpperCase() + username.slice(1),
      avatar: null,
      ...(options.bot === true && { bot: true }),
    };
    this.users.set(user.id, user);
    return user;
  }

  /** Creates an application with its bot user. The token has the three-part form of Discord's. */
  addApplication(name: string): WorldApplication {
    const bot = this.addUser(name, { bot: true });
    const random = crypto.getRandomValues(new Uint8Array(28));
    const token = [
      Buffer.from(bot.id).toString('base64url'),
      Buffer.from(random.subarray(0, 5)).toString('base64url').slice(0, 6),
      Buffer.from(random).toString('base64url').slice(0, 38),
    ].join('.');
    const application: WorldApplication = { id: bot.id, token, bot, commands: new Map() };
    this.applications.set(application.id, application);
    return application;
  }

  /** Creates a guild with @everyone as a new guild has it. `owner` is a user's id and becomes its first member. */
  addGuild(name: string, { owner }: { readonly owner: string }): WorldGuild {
    this.#user(owner);
    const id = this.nextId();
    const guild: WorldGuild = {
      id,
      name,
      ownerId: owner,
      channels: new Map(),
      roles: new Map([[id, { id, name: '@everyone', permissions: DEFAULT_PERMISSIONS }]]),
      members: new Map([[owner, { userId: owner, roles: [], joinedAt: new Date().toISOString() }]]),
      voiceStates: new Map(),
      available: true,
    };
    this.guilds.set(id, guild);
    this.emit('change', { type: 'guild-available', guildId: id, guild });
    return guild;
  }

  /** An outage of one guild: Discord says that it is unavailable, later that it is back. */
  setGuildAvailable(guildId: string, available: boolean): void {
    const guild = this.guild(guildId);
    if (guild.available === available) return;
    guild.available = available;
    this.emit('change', { type: available ? 'guild-available' : 'guild-unavailable', guildId, guild });
  }

  /** The guild ceases to exist. */
  removeGuild(guildId: string): void {
    const guild = this.guild(guildId);
    this.guilds.delete(guildId);
    for (const channelId of guild.channels.keys()) this.messages.delete(channelId);
    this.emit('change', { type: 'guild-removed', guildId, guild });
  }

  addChannel(
    guildId: string,
    name: string,
    type: WorldChannel['type'],
    options: { readonly userLimit?: number; readonly overwrites?: readonly WorldOverwrite[] } = {},
  ): WorldChannel {
    const guild = this.guild(guildId);
    const { userLimit = 0, overwrites = [] } = options;
    const channel = { id: this.nextId(), guildId, type, name, userLimit, status: null, overwrites: [...overwrites] };
    guild.channels.set(channel.id, channel);
    this.emit('change', { type: 'channel-created', guildId, channel });
    return channel;
  }

  /** Deletes a channel with its messages, and whoever was in it is out of voice. */
  deleteChannel(channelId: string): void {
    const channel = this.#channel(channelId);
    const { guildId } = channel;
    this.guild(guildId).channels.delete(channelId);
    this.messages.delete(channelId);
    for (const userId of this.voiceMembers(guildId, channelId)) this.setVoiceState(guildId, userId, null);
    this.emit('change', { type: 'channel-deleted', guildId, channel });
  }

  /** Sets the overwrite of a role or member in a channel, in place of an earlier one. */
  setOverwrite(channelId: string, overwrite: WorldOverwrite): void {
    const others = this.#channel(channelId).overwrites.filter(({ id }) => id !== overwrite.id);
    this.changeChannel(channelId, { overwrites: [...others, overwrite] });
  }

  /** Replaces settings of a channel. A new limit puts nobody out: https://discord.com/developers/docs/resources/channel */
  changeChannel(channelId: string, change: Partial<Pick<WorldChannel, 'userLimit' | 'overwrites' | 'status'>>): void {
    const channel = Object.assign(this.#channel(channelId), change);
    this.emit('change', { type: 'channel-changed', guildId: channel.guildId, channel });
    this.#judgeSpeakers(channel.guildId);
  }

  addRole(guildId: string, name: string, permissions: bigint): WorldRole {
    const role = { id: this.nextId(), name, permissions };
    this.guild(guildId).roles.set(role.id, role);
    this.emit('change', { type: 'role-created', guildId, role });
    return role;
  }

  /** The guild's id names @everyone. */
  setRolePermissions(guildId: string, roleId: string, permissions: bigint): void {
    const role = found(this.guild(guildId).roles.get(roleId), 'role', roleId);
    role.permissions = permissions;
    this.emit('change', { type: 'role-changed', guildId, role });
    this.#judgeSpeakers(guildId);
  }

  addMember(guildId: string, userId: string, roles: readonly string[] = []): WorldMember {
    const member = { userId: this.#user(userId).id, roles: [...roles], joinedAt: new Date().toISOString() };
    this.guild(guildId).members.set(userId, member);
    this.emit('change', { type: 'member-added', guildId, member });
    this.#judgeSpeakers(guildId);
    return member;
  }

  /** The member leaves or is kicked; it leaves voice first. */
  removeMember(guildId: string, userId: string): void {
    const { members } = this.guild(guildId);
    const member = found(members.get(userId), 'member', userId);
    this.setVoiceState(guildId, userId, null);
    members.delete(userId);
    this.emit('change', { type: 'member-removed', guildId, member });
  }

  /**
   * Joins, moves, mutes or (null) leaves. Asks no permission: that is for whoever acts. Leaving when not in voice is no
   * change; everything else is told even when nothing differs, as Discord answers a repeated op 4.
   */
  setVoiceState(guildId: string, userId: string, change: VoiceChange | null): WorldVoiceState | null {
    const guild = this.guild(guildId);
    found(guild.members.get(userId), 'member', userId);
    const previous = guild.voiceStates.get(userId) ?? null;
    const channelId = change === null ? null : change.channelId === undefined ? previous?.channelId : change.channelId;
    if (channelId === undefined) throw new Error(`user ${userId} is in no voice channel`);
    if (channelId === null && previous === null) return null;
    const channel = channelId === null ? null : found(guild.channels.get(channelId), 'channel', channelId);
    const state = channel === null ? null : nextVoiceState(guild, channel, userId, change);
    if (state === null) guild.voiceStates.delete(userId);
    else guild.voiceStates.set(userId, state);
    this.emit('change', { type: 'voice-state', guildId, userId, state, previous });
    return state;
  }

  /** Moves a member who is in voice, as a moderator does; the session stays. */
  moveMember(guildId: string, userId: string, channelId: string): WorldVoiceState | null {
    found(this.guild(guildId).voiceStates.get(userId), 'voice state', userId);
    return this.setVoiceState(guildId, userId, { channelId });
  }

  /** The ids of everyone in a voice channel, or of those in it who are as asked. */
  voiceMembers(guildId: string, channelId: string, fits = (_state: WorldVoiceState) => true): string[] {
    const states = [...this.guild(guildId).voiceStates.values()];
    return states.filter((state) => state.channelId === channelId && fits(state)).map(({ userId }) => userId);
  }

  createMessage(message: WorldMessage): WorldMessage {
    const { id, channel_id } = message.message;
    const inChannel = this.messages.get(channel_id) ?? new Map<string, WorldMessage>();
    this.messages.set(channel_id, inChannel.set(id, message));
    this.emit('change', { type: 'message-created', message });
    return message;
  }

  /** Replaces fields of a message. `pinged` is for a message that is first read now: the answer in place of "thinking". */
  editMessage(channelId: string, id: string, fields: Partial<APIMessage>, pinged?: readonly string[]): WorldMessage {
    const before = found(this.messages.get(channelId)?.get(id), 'message', id);
    const message = { ...before, message: { ...before.message, ...fields }, pinged: pinged ?? before.pinged };
    this.messages.get(channelId)?.set(id, message);
    this.emit('change', { type: 'message-edited', message });
    return message;
  }

  deleteMessage(channelId: string, id: string): void {
    const { guildId, onlyFor } = found(this.messages.get(channelId)?.get(id), 'message', id);
    this.messages.get(channelId)?.delete(id);
    this.emit('change', { type: 'message-deleted', guildId, channelId, id, onlyFor });
  }

  /** Hands an interaction to its application. */
  dispatch(applicationId: string, interaction: DispatchedInteraction): void {
    this.emit('change', { type: 'interaction', applicationId, interaction });
  }

  /** The guild with this id; throws when there is none. */
  guild(guildId: string): WorldGuild {
    return found(this.guilds.get(guildId), 'guild', guildId);
  }

  /** The channel with this id, in whichever guild. */
  channel(channelId: string): WorldChannel | undefined {
    for (const guild of this.guilds.values()) {
      const channel = guild.channels.get(channelId);
      if (channel !== undefined) return channel;
    }
    return undefined;
  }

  /** Permissions have changed: whoever is in voice and may now speak, or no longer may, is told of. */
  #judgeSpeakers(guildId: string): void {
    for (const userId of misjudged(this.guild(guildId))) this.setVoiceState(guildId, userId, {});
  }

  #user = (userId: string): APIUser => found(this.users.get(userId), 'user', userId);
  #channel = (channelId: string): WorldChannel => found(this.channel(channelId), 'channel', channelId);
}
