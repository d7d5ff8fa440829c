import type {
  ChannelType,
  APIApplicationCommand,
  APIApplicationCommandInteraction,
  APIApplicationCommandAutocompleteInteraction,
  APIMessage,
  APIMessageComponentInteraction,
  APIUser,
} from 'discord-api-types/v10';

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
  userLimit: number;
  /** What stands below a voice channel's name; null: nothing. */
  status: string | null;
  overwrites: readonly WorldOverwrite[];
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
  /** Whom it notified when it was sent: user ids, role ids, `everyone`, `here`. */
  readonly pinged: readonly string[];
}

export type DispatchedInteraction =
  | APIApplicationCommandInteraction
  | APIApplicationCommandAutocompleteInteraction
  | APIMessageComponentInteraction;

/** What has happened in the world, in order. The gateway tells the bots that may know. */
export type WorldChange =
  | { readonly type: 'message-created'; readonly message: WorldMessage }
  | { readonly type: 'message-edited'; readonly message: WorldMessage }
  | {
      readonly type: 'message-deleted';
      readonly guildId: string;
      readonly channelId: string;
      readonly id: string;
      readonly onlyFor: string | null;
    }
  | {
      readonly type: 'voice-state';
      readonly guildId: string;
      readonly userId: string;
      /** null: the member left voice. */
      readonly state: WorldVoiceState | null;
      readonly previous: WorldVoiceState | null;
    }
  | { readonly type: 'interaction'; readonly applicationId: string; readonly interaction: DispatchedInteraction }
  | {
      readonly type: 'guild-available' | 'guild-unavailable' | 'guild-removed';
      readonly guildId: string;
      /** Still whole after 'guild-removed', so that its members can be told. */
      readonly guild: WorldGuild;
    }
  | {
      readonly type: 'channel-created' | 'channel-changed' | 'channel-deleted';
      readonly guildId: string;
      readonly channel: WorldChannel;
    }
  | { readonly type: 'role-created' | 'role-changed'; readonly guildId: string; readonly role: WorldRole }
  | { readonly type: 'member-added' | 'member-removed'; readonly guildId: string; readonly member: WorldMember };

/** What changes of a member's voice state; what is left out stays. `channelId: null` leaves. */
export interface VoiceChange {
  readonly channelId?: string | null;
  /** Given by the gateway for bots; without it the session is kept, or a fresh one is made on joining. */
  readonly sessionId?: string;
  readonly selfMute?: boolean;
  readonly selfDeaf?: boolean;
  readonly serverMute?: boolean;
  readonly serverDeaf?: boolean;
  readonly suppress?: boolean;
}
