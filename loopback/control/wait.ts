import { z } from 'zod';
import { until } from '../until.ts';
import { answerWithin } from './people.ts';
import { guildName, guildOf, Refusal, route, userOf, waitMs, type Route } from './route.ts';

const timeoutMs = waitMs.default(30_000);
const count = z.coerce.number().int().min(1);

/** Long polls: each answers as soon as it holds, or with 408 when it did not within `timeoutMs`. */
export const WAIT_ROUTES: readonly Route[] = [
  route(
    'GET',
    '/wait/online',
    'The bot has a gateway session and a connection.',
    { timeoutMs },
    ({ loopback }, { input, signal }) =>
      within('a bot online', input.timeoutMs, signal, () => {
        const session = loopback.gateway.sessions.find(({ attached }) => attached);
        return session && { sessionId: session.id };
      }),
  ),
  route(
    'GET',
    '/wait/command',
    'A command of that name is registered.',
    { name: z.string(), timeoutMs },
    ({ loopback }, { input, signal }) =>
      within(`the command /${input.name}`, input.timeoutMs, signal, () => {
        const command = [...loopback.application.commands.values()].flat().find(({ name }) => name === input.name);
        return command && { id: command.id };
      }),
  ),
  route(
    'GET',
    '/wait/message',
    'The person sees a message whose text or embeds contain `text`, newer than the message `after`.',
    {
      person: z.string(),
      text: z.string().default(''),
      channel: z.string().optional(),
      after: z.string().regex(/^\d+$/).default('0'),
      guild: guildName,
      timeoutMs,
    },
    ({ loopback }, { input, signal }) => {
      userOf(loopback, input.person);
      const person = loopback.user(input.person, guildOf(loopback, input.guild));
      return within(`a message with "${input.text}"`, input.timeoutMs, signal, () =>
        person
          .sees(input.channel)
          .find(
            ({ id, content, embeds }) =>
              BigInt(id) > BigInt(input.after) && `${content} ${JSON.stringify(embeds)}`.includes(input.text),
          ),
      );
    },
  ),
  route(
    'GET',
    '/wait/answer',
    'An interaction that was begun here is answered, or failed.',
    { interaction: z.string(), timeoutMs },
    async ({ interactions }, { input, signal }) => {
      const interaction = interactions.get(input.interaction);
      if (!interaction) throw new Refusal(404, `no interaction ${input.interaction} was begun here`);
      await answerWithin(interaction, input.timeoutMs, signal);
      return interaction.outcome;
    },
  ),
  route(
    'GET',
    '/wait/heard',
    'The person has heard `count` packets.',
    { person: z.string(), count, timeoutMs },
    ({ loopback }, { input, signal }) => {
      const ears = loopback.voice.ears(userOf(loopback, input.person));
      return within(`${input.count} packets`, input.timeoutMs, signal, () =>
        ears.count >= input.count ? { count: ears.count } : null,
      );
    },
  ),
  route(
    'GET',
    '/wait/voice',
    '`user` (a name, or `bot`) is in the voice channel of that name or id; without `channel`: in none.',
    { user: z.string(), channel: z.string().optional(), guild: guildName, timeoutMs },
    ({ loopback }, { input, signal }) => {
      const guild = guildOf(loopback, input.guild);
      const userId = userOf(loopback, input.user);
      return within(`${input.user} in ${input.channel ?? 'no channel'}`, input.timeoutMs, signal, () => {
        const state = guild.voiceStates.get(userId);
        const channel = state && guild.channels.get(state.channelId);
        const there = [channel?.id, channel?.name].includes(input.channel);
        return there ? { channelId: channel?.id ?? null } : null;
      });
    },
  ),
  route(
    'GET',
    '/wait/sent',
    'Clients have sent `count` payloads with opcode `op` to the main gateway, in one guild when it is given.',
    { op: z.coerce.number().int(), count, guild: guildName, timeoutMs },
    ({ loopback }, { input, signal }) => {
      const guildId = input.guild === undefined ? undefined : guildOf(loopback, input.guild).id;
      return within(`${input.count} times op ${input.op}`, input.timeoutMs, signal, () => {
        const sent = loopback.gateway.sent.list(input.op, guildId);
        return sent.length >= input.count ? { count: sent.length } : null;
      });
    },
  ),
];

async function within<T>(what: string, ms: number, signal: AbortSignal, look: () => T | undefined | null): Promise<T> {
  try {
    return await until(what, look, ms, signal);
  } catch (error) {
    throw new Refusal(408, error instanceof Error ? error.message : String(error));
  }
}
