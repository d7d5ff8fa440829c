import type { EmbedBuilder, SlashCommandBuilder, SlashCommandOptionsOnlyBuilder } from 'discord.js';
import type { Displays } from '../now-playing/displays.ts';
import type { Players } from '../player/players.ts';
import type { Sources } from '../sources/source.ts';
import type { VoiceReports } from '../voice/voice-reports.ts';

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
  /** Aborted when the bot stops or when the interaction can no longer be answered. */
  readonly signal: AbortSignal;
}

/** What a command says: a line, or a line with an embed. Public unless `ephemeral`. */
export type Reply = string | { readonly content?: string; readonly embeds?: readonly EmbedBuilder[] };

/** Which conditions must hold before the command runs: a row of discord/guards.ts. */
export type Needs = 'guild' | 'join-voice-channel' | 'same-voice-channel';

/** A slash command is data and one function that returns what to say; failures are thrown. */
export interface Command {
  readonly data: SlashCommandBuilder | SlashCommandOptionsOnlyBuilder;
  readonly needs: Needs;
  /** Only the person who asked sees the answer. */
  readonly ephemeral?: boolean;
  run(context: CommandContext, services: CommandServices): Promise<Reply>;
}

/** What commands may use, as the narrow interfaces that they need. */
export interface CommandServices {
  readonly players: Players;
  readonly sources: Sources;
  readonly voice: VoiceReports;
  readonly displays: Displays;
}
