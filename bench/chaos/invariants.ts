import type { SentCommand } from '../../loopback/gateway/sent-log.ts';

const MINUTE_MS = 60_000;
/** Op 4 a minute: https://discord.com/developers/docs/events/gateway#rate-limiting allows a shard 120 payloads of all kinds. */
export const MOST_OP4 = { guild: 5, shard: 60 } as const;

/** The most moments that lie within one minute. */
export function mostInAMinute(moments: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [index, at] of moments.entries()) {
    while (at - (moments[first] ?? at) >= MINUTE_MS) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

/** How many there were in the minute before `now`. */
export const op4InLastMinute = (sent: readonly Pick<SentCommand, 'at'>[], now: number): number =>
  sent.filter(({ at }) => now - at < MINUTE_MS).length;

/** The most op 4 in any minute: of one guild, and of all. */
export function op4Peaks(sent: readonly Pick<SentCommand, 'op' | 'at' | 'd'>[]) {
  const joins = sent.filter(({ op }) => op === 4);
  const byGuild = Map.groupBy(joins, ({ d }) => (d as { readonly guild_id?: string }).guild_id);
  const peaks = [...byGuild.values()].map((ofGuild) => mostInAMinute(ofGuild.map(({ at }) => at)));
  return { guild: Math.max(0, ...peaks), shard: mostInAMinute(joins.map(({ at }) => at)) };
}

/** When each guild that asked for too much in a minute asked for what, in seconds since the first op 4 of all. */
export function excesses(sent: readonly Pick<SentCommand, 'op' | 'at' | 'd'>[]): string[] {
  const joins = sent.filter(({ op }) => op === 4);
  const start = joins[0]?.at ?? 0;
  const byGuild = Map.groupBy(joins, ({ d }) => (d as { readonly guild_id?: string }).guild_id);
  return [...byGuild]
    .filter(([, ofGuild]) => mostInAMinute(ofGuild.map(({ at }) => at)) > MOST_OP4.guild)
    .map(([guildId, ofGuild]) => `guild ${guildId}: ${ofGuild.map((one) => inWords(one, start)).join(', ')}`);
}

function inWords({ at, d }: Pick<SentCommand, 'at' | 'd'>, start: number): string {
  const { channel_id: channelId } = d as { readonly channel_id?: string | null };
  return `${channelId === null ? 'leave' : 'join'} ${((at - start) / 1_000).toFixed(1)}`;
}

export function judgeOp4({ guild, shard }: { readonly guild: number; readonly shard: number }): string[] {
  return [
    ...(guild > MOST_OP4.guild ? [`${guild} op 4 in a minute for one guild`] : []),
    ...(shard > MOST_OP4.shard ? [`${shard} op 4 in a minute on one shard`] : []),
  ];
}

/** What people read when the bot takes what happened for somebody's will. */
const KICKED = 'Somebody disconnected me';
/** Faults that are a kick, or that leave nothing to tell one by. */
const LIKE_A_KICK = /kick|move|drag|stage|event|4014|4022/;

/** Nobody may be blamed for a kick in a guild where nothing like it was thrown. `thrown` are the faults there, in words. */
export function judgeBlame(told: readonly string[], thrown: readonly string[]): string[] {
  if (thrown.some((fault) => LIKE_A_KICK.test(fault))) return [];
  return told.filter((content) => content.includes(KICKED)).map((content) => `nobody did that: "${content}"`);
}

/**
 * discord.js identifies twice on one connection when an earlier one was lost while it waited for its turn to identify
 * (@discordjs/ws 1.2.3, seen here); Discord closes that connection, and it begins anew.
 */
const DOUBLE_IDENTIFY = 'gateway: closed with 4005 (Already authenticated.)';

/** What the double calls a mistake of the bot, as far as the bot could have done otherwise. */
export const mistakes = (problems: readonly string[]): string[] =>
  problems.filter((problem) => problem !== DOUBLE_IDENTIFY);
