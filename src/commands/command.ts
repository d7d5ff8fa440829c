import type {
  ContextMenuCommandBuilder,
  EmbedBuilder,
  SlashCommandBuilder,
  SlashCommandOptionsOnlyBuilder,
  SlashCommandSubcommandsOnlyBuilder,
} from 'discord.js';
import type { Favourites } from '../library/favourites.ts';
import type { OwnTracks } from '../library/own-tracks.ts';
import type { Playlists } from '../library/playlists.ts';
import type { Displays } from '../now-playing/displays.ts';
import type { Players } from '../player/players.ts';
import type { SkipVotes } from '../player/skip-votes.ts';
import type { SettingsControls } from '../settings/settings-manager.ts';
import type { Lyrics } from '../sources/lyrics.ts';
import type { SponsorBlock } from '../sources/sponsorblock.ts';
import type { Sources } from '../sources/source.ts';
import type { TextFiles } from '../sources/text-files.ts';
import type { VoiceControls, VoiceReports } from '../voice/voice-reports.ts';

/** What a person's command is allowed to know: who, where, and with which options. Made by the router from the interaction. */
export interface CommandContext {
  readonly guildId: string;
  readonly userId: string;
  readonly textChannelId: string;
  /** The voice channel that the person is in, or null. */
  readonly voiceChannelId: string | null;
  /** The option's value, or null when it was left out. */
  string(name: string): string | null;
  integer(name: string): number | null;
  boolean(name: string): boolean | null;
  /** The id of the person who was chosen. */
  user(name: string): string | null;
  /** The id of the role, or of the channel, that was chosen. */
  role(name: string): string | null;
  channel(name: string): string | null;
  /** The file that was given. Its address is good for about a day, and nobody can renew it. */
  attachment(name: string): Attachment | null;
  /** Decides for all: a DJ, somebody who manages the server, or one who is alone with the bot. */
  readonly isDj: boolean;
  /** The people who are in the bot's voice channel now, or in the person's while the bot is in none. */
  readonly present: readonly string[];
  /** The entry whose button was pressed; left out where a command was typed. */
  readonly entryId?: string;
  /** Shows how far it is in place of the answer, which takes that away again; not every one of many. Never throws. */
  progress(reply: Reply): void;
  /** Aborted when the bot stops or when the interaction can no longer be answered. */
  readonly signal: AbortSignal;
}

/** A file that somebody gave. All of it is as the person and Discord say: neither name nor type prove anything. */
export interface Attachment {
  readonly url: string;
  readonly filename: string;
  readonly sizeBytes: number;
  readonly contentType: string | null;
}

/** A button below an answer, and what its press does. */
export type ReplyAction = 'retry' | 'reconnect' | `cancel:${string}`;

/** A menu below an answer. Choosing one of its options is /play with that option's value, `next` or at the end. */
export interface ReplyMenu {
  readonly next: boolean;
  readonly options: readonly { readonly label: string; readonly value: string; readonly description: string }[];
}

/** What a command says: a line, or a line with an embed and buttons. Public unless `ephemeral`. */
export type Reply =
  | string
  | {
      readonly content?: string;
      readonly embeds?: readonly EmbedBuilder[];
      readonly actions?: readonly ReplyAction[];
      readonly menu?: ReplyMenu;
      readonly files?: readonly ReplyFile[];
    };

/** A file that hangs below an answer. */
export interface ReplyFile {
  readonly name: string;
  readonly contents: string;
}

/** Which conditions must hold before the command runs: a row of discord/guards.ts. */
export type Needs =
  | 'guild'
  | 'join-voice-channel'
  | 'same-voice-channel'
  | 'dj'
  | 'dj-join'
  | 'manage-voice'
  | 'manage-guild';

/** Somebody who is typing into an option that completes. */
export interface TypingContext {
  readonly guildId: string;
  readonly userId: string;
  /** What stands there so far. */
  readonly text: string;
  /** The name of the option, and of the subcommand that it belongs to. */
  readonly option: string;
  readonly subcommand: string | null;
  /** What another option has so far, or null. */
  string(name: string): string | null;
}

/** What may be meant: a name for people, and the value that the option then has. */
export interface Choice {
  readonly name: string;
  readonly value: string | number;
}

/** A slash command is data and one function that returns what to say; failures are thrown. */
export interface Command {
  readonly data: SlashCommandBuilder | SlashCommandOptionsOnlyBuilder;
  readonly needs: Needs;
  /** Only the person who asked sees the answer. */
  readonly ephemeral?: boolean;
  run(context: CommandContext, services: CommandServices): Promise<Reply>;
  /** What may be meant in an option that completes, at once and without network. */
  complete?(typing: TypingContext, services: CommandServices): readonly Choice[];
}

/** What one command among several of a common name does. */
export type Subcommand = Pick<Command, 'needs' | 'ephemeral' | 'run'>;

/** Several commands under one name, each a row by the word that is typed behind it. */
export interface CommandGroup extends Pick<Command, 'complete'> {
  readonly data: SlashCommandSubcommandsOnlyBuilder;
  readonly subcommands: Readonly<Record<string, Subcommand>>;
}

/** A message, as far as there may be music in it. */
export interface PostedMessage {
  readonly content: string;
  readonly attachments: readonly Attachment[];
}

/** A command in the menu of messages. Discord shows its name alone. */
export interface MessageCommand extends Pick<Command, 'needs' | 'ephemeral'> {
  readonly data: ContextMenuCommandBuilder;
  /** What it does, for the documentation. */
  readonly description: string;
  run(context: CommandContext, message: PostedMessage, services: CommandServices): Promise<Reply>;
}

/** How the connection to Discord is, beside voice. */
export interface GatewayReports {
  /** Round trip of the last heartbeat of the guild's shard in milliseconds; null before the first. */
  pingMs(guildId: string): number | null;
}

/** What commands may use, as the narrow interfaces that they need. */
export interface CommandServices {
  readonly players: Players;
  readonly settings: SettingsControls;
  readonly skipVotes: Pick<SkipVotes, 'cast'>;
  readonly sources: Sources;
  readonly lyrics: Pick<Lyrics, 'find'>;
  readonly sponsorBlock: Pick<SponsorBlock, 'available'>;
  readonly voice: VoiceReports & VoiceControls;
  readonly gateway: GatewayReports;
  readonly displays: Displays;
  readonly playlists: Playlists;
  readonly favourites: Favourites;
  /** Files of text that people give. */
  readonly files: Pick<TextFiles, 'read'>;
  /** What a person has kept, for suggestions. */
  readonly ownTracks: Pick<OwnTracks, 'of'>;
}
