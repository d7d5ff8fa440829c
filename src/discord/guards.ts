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

/** What a person may decide in the server. */
export interface Standing {
  /** Has "Manage Server". */
  readonly manages: boolean;
  /** Has the role of those who decide about the music. */
  readonly dj: boolean;
  /** That role, as people are told of it. */
  readonly djRole: string;
}

/** What the guild has decided, as far as it is about this person and this place. */
export interface HouseRules {
  /** What is done to the music of all is the business of those who have the role. */
  readonly djOnly: boolean;
  readonly blocked: boolean;
  /** The text channels for commands, where this is none of them. */
  readonly channels: readonly string[];
}

/** Who asked from where, and where the bot is: all that a guard looks at. */
export interface Situation {
  readonly guildId: string | null;
  /** The voice channel that the person is in. */
  readonly person: VoiceRoom | null;
  readonly standing: Standing;
  readonly rules: HouseRules;
  /** The voice channel that the bot is in, and how many people are there. */
  readonly bot: { readonly channelId: string; readonly listeners: number } | null;
  /** The people in that channel, or, while the bot is in none, in the person's. */
  readonly present: readonly string[];
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

const notBlocked: Condition = ({ rules }) => (rules.blocked ? new TenutoError('BLOCKED_PERSON') : null);

const inAllowedChannel: Condition = ({ rules: { channels } }) =>
  channels.length === 0 ? null : new TenutoError('OTHER_TEXT_CHANNEL', channels.slice(0, 3).map(mention).join(', '));

const managesVoice: Condition = ({ standing: { manages, dj, djRole } }) =>
  manages || dj ? null : new TenutoError('NOT_A_MANAGER', djRole);

const managesGuild: Condition = ({ standing }) => (standing.manages ? null : new TenutoError('NOT_MANAGING'));

const decides: Condition = (situation) =>
  !situation.rules.djOnly || isDj(situation) ? null : new TenutoError('NOT_A_DJ', situation.standing.djRole);

const WELCOME = [inGuild, notBlocked, inAllowedChannel];

/** Who may use what: every condition of the row must hold, and the first that does not is told. */
const GUARDS: Readonly<Record<Needs, readonly Condition[]>> = {
  guild: WELCOME,
  'same-voice-channel': [...WELCOME, inVoice, withBot],
  dj: [...WELCOME, inVoice, withBot, decides],
  'dj-join': [...WELCOME, inVoice, notBusyElsewhere, mayJoin, decides],
  'manage-voice': [...WELCOME, managesVoice],
  // Those who manage the server can always take back what would keep them out.
  'manage-guild': [inGuild, managesGuild],
  'join-voice-channel': [...WELCOME, inVoice, notBusyElsewhere, mayJoin],
};

/** Whether a person decides for all: a DJ, somebody who manages the server, or one who is alone with the bot. */
export function isDj({ standing, person, bot, present }: Situation): boolean {
  const together = person !== null && (bot === null || bot.channelId === person.id);
  return standing.manages || standing.dj || (together && present.length === 1);
}

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
