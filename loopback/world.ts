import { EventEmitter } from 'node:events';
import {
  ChannelType,
  type APIApplicationCommand,
  type APIApplicationCommandInteraction,
  type APIApplicationCommandAutocompleteInteraction,
  type APIMessage,
  type APIMessageComponentInteraction,
  type APIUser,
} from 'discord-api-types/v10';
import { snowflakes } from './snowflake.ts';

/** A bot's account: what a developer would have created at Discord before starting the program. */
export interface WorldApplication {
  readonly id: string;
  readonly token: string;
  readonly bot: APIUser;
  /** Registered commands: `global`, and by guild id. */
  readonly commands: Map<'global' | (string & {}), APIApplicationCommand[]>;
}

/** Allow and deny are permission bit sets as Discord counts them. `id` is a role's or a user's. */
export interface WorldOverwrite {
  readonly id: string;
  readonly type: 'role' | 'member';
  readonly allow: bigint;
  readonly deny: bigint;
}

export interface WorldChannel {
  readonly id: string;
  readonly guildId: string;
  readonly type: ChannelType.GuildText | ChannelType.GuildVoice | ChannelType.GuildStageVoice;
  readonly name: string;
  readonly userLimit: number;
  readonly overwrites: WorldOverwrite[];
}

export interface WorldRole {
  readonly id: string;
  readonly name: string;
  permissions: bigint;
}

export interface WorldMember {
  readonly userId: string;
  readonly roles: string[];
  readonly joinedAt: string;
}

/** Where a member is in voice. Members in no channel have no state. */
export interface WorldVoiceState {
  readonly guildId: string;
  readonly userId: string;
  readonly channelId: string;
  readonly sessionId: string;
  readonly selfMute: boolean;
  readonly selfDeaf: boolean;
  readonly serverMute: boolean;
  readonly serverDeaf: boolean;
  readonly suppress: boolean;
}

export interface WorldGuild {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly channels: Map<string, WorldChannel>;
  /** The role whose id is the guild's is @everyone. */
  readonly roles: Map<string, WorldRole>;
  readonly members: Map<string, WorldMember>;
  readonly voiceStates: Map<string, WorldVoiceState>;
  available: boolean;
}

/** A message as it is stored; `onlyFor` names the one person who sees an ephemeral one. */
export interface WorldMessage {
  readonly message: APIMessage;
  readonly guildId: string;
  readonly onlyFor: string | null;
}

export type DispatchedInteraction =
  | APIApplicationCommandInteraction
  | APIApplicationCommandAutocompleteInteraction
  | APIMessageComponentInteraction;

/** What has happened in the world, in order. The gateway tells the bots that may know. */
export type WorldChange =
  | { readonly type: 'message-created'; readonly message: WorldMessage }
  | { readonly type: 'message-edited'; readonly message: WorldMessage }
  | { readonly type: 'message-deleted'; readonly guildId: string; readonly channelId: string; readonly id: string }
  | {
      readonly type: 'voice-state';
      readonly guildId: string;
      readonly userId: string;
      /** null: the member left voice. */
      readonly state: WorldVoiceState | null;
      readonly previous: WorldVoiceState | null;
    }
  | { readonly type: 'interaction'; readonly applicationId: string; readonly interaction: DispatchedInteraction }
  | { readonly type: 'guild-available' | 'guild-unavailable' | 'guild-removed'; readonly guildId: string }
  | { readonly type: 'channel-changed' | 'channel-deleted'; readonly guildId: string; readonly channel: WorldChannel }
  | { readonly type: 'role-changed'; readonly guildId: string; readonly role: WorldRole };

/** Discord's memory: plain data, one emitter. Everything that anyone does goes through a method here, so every change is told once. */
export class World extends EventEmitter<{ change: [WorldChange] }> {
  readonly applications = new Map<string, WorldApplication>();
  readonly users = new Map<string, APIUser>();
  readonly guilds = new Map<string, WorldGuild>();
  /** By channel id, in order of creation. */
  readonly messages = new Map<string, Map<string, WorldMessage>>();
  readonly nextId: () => string = snowflakes();

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
}
