import type { Needs } from '../commands/command.ts';
import { TenutoError } from '../lib/errors.ts';

/** A voice channel that a person is in, as far as joining it matters. */
export interface VoiceRoom {
  readonly id: string;
  /** What the bot may do there. */
  readonly view: boolean;
  readonly connect: boolean;
  readonly speak: boolean;
  /** No place is left, and the bot has no permission to join nevertheless. */
  readonly full: boolean;
}

/** Whether the person may decide about the voice connection, and which role gives that beside "Manage Server". */
export interface Standing {
  readonly manages: boolean;
  readonly djRole: string;
}

/** Who asked from where, and where the bot is: all that a guard looks at. */
export interface Situation {
  readonly guildId: string | null;
  /** The voice channel that the person is in. */
  readonly person: VoiceRoom | null;
  readonly standing: Standing;
  /** The voice channel that the bot is in, and how many people are there. */
  readonly bot: { readonly channelId: string; readonly listeners: number } | null;
}

/** What is wrong, or null. */
type Condition = (situation: Situation) => TenutoError | null;

const inGuild: Condition = ({ guildId }) => (guildId === null ? new TenutoError('NOT_IN_GUILD') : null);

const inVoice: Condition = ({ person }) => (person === null ? new TenutoError('NOT_IN_VOICE') : null);

/** Nobody pulls the bot away from people who listen; from an empty channel it may come. */
const notBusyElsewhere: Condition = ({ person, bot }) =>
  bot !== null && bot.channelId !== person?.id && bot.listeners > 0 ? elsewhere(bot.channelId) : null;

/** Without a channel of its own (it left, or is on its way back) the bot obeys anyone who is in voice. */
const withBot: Condition = ({ person, bot }) =>
  bot !== null && bot.channelId !== person?.id ? elsewhere(bot.channelId) : null;

const mayJoin: Condition = ({ person, bot }) => {
  if (person === null) return null;
  if (!person.view) return new TenutoError('CANNOT_VIEW');
  if (!person.speak) return new TenutoError('CANNOT_SPEAK', mention(person.id));
  if (person.id === bot?.channelId) return null;
  if (!person.connect) return new TenutoError('CANNOT_CONNECT', mention(person.id));
  return person.full ? new TenutoError('CHANNEL_FULL', mention(person.id)) : null;
};

const managesVoice: Condition = ({ standing: { manages, djRole } }) =>
  manages ? null : new TenutoError('NOT_A_MANAGER', djRole);

/** Who may use what: every condition of the row must hold, and the first that does not is told. */
const GUARDS: Readonly<Record<Needs, readonly Condition[]>> = {
  guild: [inGuild],
  'same-voice-channel': [inGuild, inVoice, withBot],
  'manage-voice': [inGuild, managesVoice],
  'join-voice-channel': [inGuild, inVoice, notBusyElsewhere, mayJoin],
};

/** Throws the TenutoError of the first condition that does not hold. */
export function guard(needs: Needs, situation: Situation): void {
  for (const condition of GUARDS[needs]) {
    const problem = condition(situation);
    if (problem) throw problem;
  }
}

// Discord shows a channel's mention by name to those who may see it, and it pings nobody.
const mention = (channelId: string) => `<#${channelId}>`;
const elsewhere = (channelId: string) => new TenutoError('OTHER_VOICE_CHANNEL', mention(channelId));
